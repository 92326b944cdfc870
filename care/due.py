"""When the next step of a ticket is due: danger at once, a call back within business minutes."""

from datetime import date, datetime

from care import hours
from care.settings import Settings


def after(settings: Settings, priority: str, start: datetime) -> datetime:
    """The time by which a ticket that waits since `start` is due."""
    if priority == "urgent":
        return start
    high = priority == "high"
    minutes = settings.callback_high_minutes if high else settings.callback_minutes
    return hours.add_minutes(hours.load(settings.hours_file), start, minutes)


def on(settings: Settings, day: date) -> datetime:
    """The beginning of business on this day, or on the next that is open."""
    return hours.opens_on(hours.load(settings.hours_file), day)


def today(settings: Settings, at: datetime) -> date:
    """The staff's calendar day."""
    return at.astimezone(hours.load(settings.hours_file).zone).date()
