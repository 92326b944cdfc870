"""Business time, beside the wall clock read minute by minute."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from care import hours
from care.errors import SettingsError
from care.hours import Hours
from care.settings import ROOT

NEW_YORK = ZoneInfo("America/New_York")
WEEK = {day: ["09:00-12:30", "13:30-18:00"] for day in hours.WEEKDAYS[:5]}
RULES: dict[str, Any] = {
    "time_zone": "America/New_York",
    "weekdays": {**WEEK, "saturday": ["10:00-14:00"]},
    "holidays": ["2026-12-25"],
}
OFFICE = hours.parse(RULES)
NIGHT = hours.parse(
    {
        "time_zone": "America/New_York",
        "weekdays": {day: ["00:00-02:45", "03:00-03:30", "22:00-24:00"] for day in hours.WEEKDAYS},
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def after(start: str, minutes: int, rules: Hours = OFFICE) -> str:
    end = hours.add_minutes(rules, at(start), minutes).astimezone(NEW_YORK)
    return f"{end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-12-01 09:00", 60, "2026-12-01 10:00"),
        ("2026-12-01 12:00", 60, "2026-12-01 14:00"),  # over lunch
        ("2026-12-01 12:00", 30, "2026-12-01 12:30"),  # to the end of a span
        ("2026-12-01 17:30", 241, "2026-12-02 13:31"),  # over night and lunch: 30 + 210 + 1
        ("2026-12-01 03:00", 30, "2026-12-01 09:30"),
        ("2026-12-01 20:00", 0, "2026-12-02 09:00"),
        ("2026-12-05 13:00", 120, "2026-12-07 10:00"),  # over Sunday
        ("2026-12-24 17:30", 60, "2026-12-26 10:30"),  # over a holiday
    ],
)
def test_only_business_minutes_count(start: str, minutes: int, due: str) -> None:
    assert after(start, minutes) == due


def test_the_same_hours_on_the_wall_when_the_clocks_change() -> None:
    assert after("2027-03-12 17:00", 5 * 60 + 1) == "2027-03-15 09:01"  # Saturday has four
    for day in ("2027-03-12", "2027-03-15"):
        first = hours.open_on(OFFICE, date.fromisoformat(day))[0][0]
        assert first.astimezone(NEW_YORK).hour == 9
    assert hours.open_on(OFFICE, date(2027, 3, 12))[0][0].astimezone(UTC).hour == 14
    assert hours.open_on(OFFICE, date(2027, 3, 15))[0][0].astimezone(UTC).hour == 13


def test_a_night_shift_is_an_hour_shorter_in_march_and_longer_in_november() -> None:
    def minutes(day: date) -> float:
        spans = hours.open_on(NIGHT, day)
        return sum((end - start).total_seconds() / 60 for start, end in spans)

    usual = minutes(date(2027, 3, 13))
    assert usual == 165 + 30 + 120
    assert minutes(date(2027, 3, 14)) == usual - 45  # 02:00 to 03:00 is jumped over
    assert minutes(date(2027, 11, 7)) == usual + 60  # 01:00 to 02:00 comes twice


moments = st.datetimes(datetime(2026, 10, 1), datetime(2027, 12, 1)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)
changes = st.sampled_from(
    [datetime(2027, 3, 14, 5, tzinfo=UTC), datetime(2027, 11, 7, 4, tzinfo=UTC)]
)
near_changes = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), changes, st.integers(-300, 300)
)


@given(st.one_of(moments, near_changes), st.integers(1, 200), st.sampled_from([OFFICE, NIGHT]))
@hypothesis_settings(max_examples=30)
def test_whatever_the_start_as_many_minutes_were_open_as_asked(
    start: datetime, minutes: int, rules: Hours
) -> None:
    end = hours.add_minutes(rules, start, minutes)
    passed = int((end - start).total_seconds() // 60)
    opened = [hours.is_open(rules, start + timedelta(minutes=m)) for m in range(passed)]
    assert sum(opened) == minutes
    assert opened[-1]


@given(st.one_of(moments, near_changes), st.sampled_from([OFFICE, NIGHT]))
@hypothesis_settings(deadline=None)
def test_open_is_what_the_clock_on_the_wall_says(moment: datetime, rules: Hours) -> None:
    local = moment.astimezone(rules.zone)
    wall = timedelta(hours=local.hour, minutes=local.minute)
    says = local.date() not in rules.holidays and any(
        span.start <= wall < span.end for span in rules.week[local.weekday()]
    )
    assert hours.is_open(rules, moment) == says


def test_a_day_begins_with_its_first_span_or_that_of_the_next_open_day() -> None:
    assert hours.opens_on(OFFICE, date(2026, 12, 1)) == at("2026-12-01 09:00")
    assert hours.opens_on(OFFICE, date(2026, 12, 25)) == at("2026-12-26 10:00")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"time_zone": "../../etc/passwd"}, "not a time zone"),
        ({"time_zone": None}, "not a time zone"),
        ({"weekdays": {}}, "no weekday is open"),
        ({"weekdays": None}, "need time_zone and weekdays"),
        ({"weekdays": {"moonday": ["09:00-10:00"]}}, "moonday"),
        ({"weekdays": {"monday": "09:00-10:00"}}, "monday: not a list"),
        ({"weekdays": {"monday": ["9-5"]}}, "monday: not a span"),
        ({"weekdays": {"monday": ["22:00-06:00"]}}, "ends after it begins"),
        ({"weekdays": {"monday": ["22:00-24:30"]}}, "by 24:00"),
        ({"weekdays": {"monday": ["09:00-12:00", "11:00-13:00"]}}, "overlap"),
        ({"holidays": ["Christmas"]}, "Christmas"),
    ],
)
def test_rules_that_make_no_sense_say_why(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        hours.parse(RULES | change)


def test_hours_that_never_come_are_refused() -> None:
    every_day = [str(date(2026, 12, 1) + timedelta(days=n)) for n in range(500)]
    closed = hours.parse(RULES | {"holidays": every_day})
    with pytest.raises(SettingsError, match="closed"):
        hours.add_minutes(closed, at("2026-12-01 09:00"), 1)


def test_the_rules_that_come_with_the_guide_can_be_read() -> None:
    assert hours.load(ROOT / "data" / "hours.yml").holidays


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yml"):
        hours.load(tmp_path / "none.yml")
