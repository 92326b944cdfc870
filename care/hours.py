"""Business time: when staff work, and when so many of their minutes have passed. Pure functions.

The rules are data (`data/hours.yml`, or the file of GUIDE_HOURS_FILE).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from care.errors import SettingsError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LONGEST_SEARCH = 400  # days: rules that are closed for longer are refused


@dataclass(frozen=True)
class Span:
    """Local time since midnight, its end not included."""

    start: timedelta
    end: timedelta


@dataclass(frozen=True)
class Hours:
    """When staff work: the spans of each weekday, Monday first."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date]


@cache
def load(path: Path) -> Hours:
    """Raises SettingsError, which says what is wrong with the file."""
    try:
        return parse(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError):
        raise SettingsError(f"{path.name} cannot be read") from None


def parse(data: Any) -> Hours:
    if not isinstance(data, dict) or not isinstance(data.get("weekdays"), dict):
        raise SettingsError("business hours need time_zone and weekdays")
    unknown = set(data["weekdays"]) - set(WEEKDAYS)
    if unknown:
        raise SettingsError(f"not a weekday: {', '.join(map(str, sorted(unknown, key=str)))}")
    week = tuple(_spans(day, data["weekdays"].get(day)) for day in WEEKDAYS)
    if not any(week):
        raise SettingsError("no weekday is open")
    holidays = frozenset(_date(value) for value in data.get("holidays") or ())
    return Hours(_zone(data.get("time_zone")), week, holidays)


def is_open(hours: Hours, at: datetime) -> bool:
    day = at.astimezone(hours.zone).date()
    return any(start <= at < end for start, end in open_on(hours, day))


def add_minutes(hours: Hours, start: datetime, minutes: int) -> datetime:
    """The moment when so many business minutes have passed since `start`.

    Nought minutes outside business time end where the next span begins.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _spans_from(hours, start):
        begin = max(opens, start)
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise SettingsError("the business hours are closed for more than a year")


def opens_on(hours: Hours, day: date) -> datetime:
    """The first business moment of this day, or else of the next that is open."""
    return add_minutes(hours, moment(hours.zone, day, timedelta(0)), 0)


def open_on(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """The day's business time in UTC. A span that the clocks jump over is left out."""
    if day in hours.holidays:
        return []
    found = [
        (moment(hours.zone, day, span.start), moment(hours.zone, day, span.end))
        for span in hours.week[day.weekday()]
    ]
    return [(start, end) for start, end in found if start < end]


def _spans_from(hours: Hours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Business time from `start` on; a gap of more than a year ends it."""
    day = start.astimezone(hours.zone).date()
    closed = 0
    while closed < LONGEST_SEARCH:
        ahead = [span for span in open_on(hours, day) if span[1] > start]
        yield from ahead
        closed = 0 if ahead else closed + 1
        day += DAY


def moment(zone: ZoneInfo, day: date, since_midnight: timedelta) -> datetime:
    """The first moment when the clock on the wall shows at least this time."""
    local = datetime.combine(day, time()) + since_midnight
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if _shown(zone, found) != local:  # the clocks jump over it
        found = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        while _shown(zone, found) < local:
            found += MINUTE
    return found


def _shown(zone: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _spans(day: str, listed: Any) -> tuple[Span, ...]:
    if not isinstance(listed or [], list):
        raise SettingsError(f"{day}: not a list of spans")
    spans = tuple(_span(day, text) for text in listed or [])
    if any(later.start < span.end for span, later in pairwise(spans)):
        raise SettingsError(f"{day}: spans overlap or are not in order")
    return spans


def _span(day: str, text: Any) -> Span:
    found = SPAN.fullmatch(str(text))
    if found is None:
        raise SettingsError(f'{day}: not a span such as "09:00-17:30": {text!r}')
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    span = Span(
        timedelta(hours=start_hour, minutes=start_minute),
        timedelta(hours=end_hour, minutes=end_minute),
    )
    if not span.start < span.end <= DAY:
        raise SettingsError(f"{day}: a span ends after it begins, by 24:00: {text!r}")
    return span


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise SettingsError(f"not a date such as 2027-01-01: {value!r}") from None


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(f"not a time zone such as America/New_York: {name!r}") from None
