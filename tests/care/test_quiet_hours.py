"""A text that we start reaches a phone by day, wherever its area code may be."""

from datetime import UTC, datetime

import pytest

from care import quiet_hours
from care.settings import Settings

NEW_YORK, HONOLULU, FREE = "+12125550123", "+18085550142", "+18005550123"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "moment", "allowed"),
    [
        (NEW_YORK, "2026-07-01T14:00", "2026-07-01T14:00"),  # ten in the morning
        (NEW_YORK, "2026-07-01T13:59", "2026-07-01T14:00"),
        (NEW_YORK, "2026-07-01T20:59", "2026-07-01T20:59"),
        (NEW_YORK, "2026-07-01T21:00", "2026-07-02T14:00"),
        (NEW_YORK, "2026-01-15T14:30", "2026-01-15T15:00"),  # winter time
        (HONOLULU, "2026-07-01T14:00", "2026-07-01T20:00"),
        (FREE, "2026-07-01T14:00", "2026-07-01T20:00"),  # nobody knows where: by day everywhere
        (FREE, "2026-07-01T21:00", "2026-07-02T20:00"),
        ("nonsense", "2026-07-01T14:00", "2026-07-01T20:00"),
    ],
)
def test_the_next_moment_by_day(settings: Settings, number: str, moment: str, allowed: str) -> None:
    assert quiet_hours.next_allowed(settings, number, at(moment)) == at(allowed)


def test_hours_that_never_meet_allow_nothing(settings: Settings) -> None:
    narrow = settings.model_copy(update={"started_texts_from": 10, "started_texts_until": 11})
    assert quiet_hours.next_allowed(narrow, FREE, at("2026-07-01T14:00")) is None
