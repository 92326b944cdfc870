"""When a text that we start may reach a phone: by day where its area code is.

An area code may lie in several time zones, and a phone may have moved; the hours hold in all zones
that are possible, so they are narrow by default.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from care.settings import Settings

ANYWHERE = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
STEP = timedelta(minutes=15)
LOOK_AHEAD = timedelta(days=8)


def zones_of(number: str) -> Sequence[str]:
    """The time zones a number may be in; all of the United States' if that is not known."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return ANYWHERE
    found = time_zones_for_number(parsed)
    is_a_place = UNKNOWN_TIMEZONE not in found and len(found) <= len(ANYWHERE)
    return found if is_a_place else ANYWHERE


def next_allowed(settings: Settings, number: str, at: datetime) -> datetime | None:
    """The first moment from `at` on; None if there is none, as zones lie too far apart."""
    zones = [ZoneInfo(name) for name in zones_of(number)]
    moment = at
    while moment < at + LOOK_AHEAD:
        if all(_is_day(settings, moment.astimezone(zone)) for zone in zones):
            return moment
        moment = _rounded(moment + STEP)
    return None


def _is_day(settings: Settings, local: datetime) -> bool:
    return settings.started_texts_from <= local.hour < settings.started_texts_until


def _rounded(moment: datetime) -> datetime:
    """Down to the step, so that a morning begins on the hour."""
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second)
    return moment - past - timedelta(microseconds=moment.microsecond)
