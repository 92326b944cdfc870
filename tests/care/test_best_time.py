from datetime import UTC, datetime

import pytest

from care import best_time

WEDNESDAY = datetime(2026, 11, 25, 15, 20, tzinfo=UTC)  # 10:20 in New York


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("tomorrow after 5", "tomorrow (Thursday) after 5 PM Eastern"),
        ("between 2 and 4 pm", "between 2 PM and 4 PM Eastern"),
        ("10 to 2", "10 AM to 2 PM Eastern"),
        ("6-8", "6 PM-8 PM Eastern"),
        ("8 tonight", "8 PM Eastern tonight (Wednesday)"),
        ("tomorrow morning before 9", "tomorrow (Thursday) morning before 9 AM Eastern"),
        ("5ish", "5 PM Eastern"),
        ("17:30", "5:30 PM Eastern"),
        ("7 central", "7 PM central"),
        ("after 5, im in texas", "after 5 PM Central, im in texas"),
        ("in an hour", "in an hour (about 11:20 AM Eastern)"),
        ("give me 20 minutes", "give me 20 minutes (about 10:40 AM Eastern)"),
        ("day after tomorrow at noon", "day after tomorrow (Friday) at noon"),
        ("mañana despues de las 5", "mañana (Thursday) despues de las 5 PM Eastern"),
        ("weekday mornings", "weekday mornings"),
        ("any time", "any time"),
        ("after my shift, i have 3 kids", "after my shift, i have 3 kids"),
        ("when the moon is blue", "when the moon is blue"),
    ],
)
def test_a_time_is_said_back_plainly(said: str, read: str) -> None:
    assert best_time.read(said, WEDNESDAY, "America/New_York") == read


def test_another_zone_is_named_as_its_clocks_are() -> None:
    assert best_time.read("after 5", WEDNESDAY, "Europe/London") == "after 5 PM GMT"
    late = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # still Wednesday in Los Angeles
    assert "tomorrow (Thursday)" in best_time.read("tomorrow", late, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("im Sam , after 5", "after 5"),
        ("evenings are best,", "evenings"),
        ("call me tomorrow between 3 and 5", "tomorrow between 3 and 5"),
        ("he has been using since monday", None),
        ("i have 2 kids", None),
    ],
)
def test_a_time_is_found_in_a_sentence(text: str, span: str | None) -> None:
    found = best_time.span(text)
    assert (text[slice(*found)] if found else None) == span
