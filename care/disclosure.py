"""That the guide is no person: said when somebody asks, and when they come back after a while.

It is one line, before the answer. Words and patterns are data (`data/conversation/disclosure.yml`).
"""

import re
from datetime import timedelta
from functools import cache

from care import wording
from care.safety import normalise
from care.settings import Settings
from care.transcript import Waiting

ASKED = "utter_not_a_person/"
LONG, SHORT = "utter_reminder/long", "utter_reminder/short"
# For whoever hands a conversation back from a member of staff to the guide.
AFTER_PERSON = "utter_reminder/after_person"
CLAUSES = re.compile(r"[.,;:?!\n]+|\b(?:and|but|because|cuz)\b", re.IGNORECASE)


def line(settings: Settings, waiting: Waiting) -> str | None:
    """The name of the line that the answer to a message begins with; None if it needs none."""
    return (asked(waiting.said.text) if _is_typed(waiting) else None) or due(
        settings, waiting.quiet
    )


def asked(text: str) -> str | None:
    """The plain answer to "are you a person?" and its like, anywhere in a message."""
    return next((name for clause in _clauses(text) if (name := _answer(clause))), None)


def is_all_they_ask(waiting: Waiting) -> bool:
    """Can this message be answered without the assistant?"""
    clauses = _clauses(waiting.said.text)
    return _is_typed(waiting) and bool(clauses) and all(map(_answer, clauses))


def due(settings: Settings, quiet: timedelta) -> str | None:
    """The reminder for somebody who comes back after so long."""
    if quiet >= timedelta(days=settings.reminder_days):
        return LONG
    return SHORT if quiet >= timedelta(hours=settings.short_reminder_hours) else None


def _is_typed(waiting: Waiting) -> bool:
    return waiting.said.button is None


def _clauses(text: str) -> list[str]:
    """The parts of a message that could be a question each, without what only leads up to it."""
    beside, _ = _patterns()
    plain = (beside.sub("", normalise(part)).strip() for part in CLAUSES.split(text))
    return [clause for clause in plain if clause]


def _answer(clause: str) -> str | None:
    _, rows = _patterns()
    return next((ASKED + name for name, pattern in rows if pattern.fullmatch(clause)), None)


@cache
def _patterns() -> tuple[re.Pattern[str], list[tuple[str, re.Pattern[str]]]]:
    data = wording.load_yaml(wording.DATA / "conversation" / "disclosure.yml")
    beside = re.compile(rf"^(?:(?:{data['beside']})\b\s*)+|(?:\s*\b(?:{data['beside']}))+$")
    parts = data["parts"]
    rows = [
        (row["answer"], re.compile(wording.fill(row["pattern"], parts))) for row in data["asked"]
    ]
    return beside, rows
