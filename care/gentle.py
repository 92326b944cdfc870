"""Outside danger: a gentle line for what may hint at it, and words for who lost someone.

Texts and patterns are data (`data/crisis/gentle.yml`); the classifier's doubt is the other sign.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from care import wording
from care.safety import variants
from care.transcript import Line, Said

UNCLEAR, LOSS_LINE, LOSS = "utter_gentle/unclear", "utter_gentle/loss_line", "utter_gentle/loss"
# Replies that answer nothing: words for the loss are said in their place.
NO_ANSWER = {
    "utter_affirm",
    "utter_deny",
    "utter_out_of_scope",
    "utter_share_feelings",
    "utter_unsure",
    "utter_unsure_twice",
}
REST = 8  # messages of the visitor from one such line to the next
LIFELINE = re.compile(r"\b988\b")


def hints_at_danger(text: str) -> bool:
    """Is there despair in the words, about anything at all?"""
    return _found("hints", text)


def tells_of_loss(text: str) -> bool:
    """Does the message tell of somebody who died by suicide, of drugs or of drinking?"""
    return _found("losses", text)


def is_only_a_past_loss(text: str) -> bool:
    """Nothing but such a loss and when it was: no danger now, though it has the words of one."""
    return any(past.fullmatch(words) for words in variants(text) for past in _past())


def is_due(before: Sequence[Said], answer: Iterable[Line]) -> bool:
    """Not if the answer names the lifeline already, nor soon after the last such line."""
    if any(LIFELINE.search(line.text) for line in answer):
        return False
    messages = [said.seq for said in before if said.author == "visitor"]
    since = messages[-(REST - 1)] if len(messages) >= REST else 0
    return not any(_is_gentle(said) for said in before if said.seq > since)


def _is_gentle(said: Said) -> bool:
    return said.author == "guide" and any(line in said.text for line in _lines())


@cache
def _lines() -> frozenset[str]:
    return frozenset(
        wording.text(name, channel).text
        for plain in (UNCLEAR, LOSS_LINE, LOSS)
        for name in (plain, plain + wording.SPANISH)
        for channel in ("web", "sms")
    )


def _found(rows: str, text: str) -> bool:
    return any(pattern.search(words) for words in variants(text) for pattern in _patterns(rows))


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "gentle.yml")
    return data


def _written(rows: str) -> list[str]:
    return [row["pattern"].replace("{close}", _data()["close"]) for row in _data()[rows]]


@cache
def _patterns(rows: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b(?:{pattern})\b") for pattern in _written(rows))


@cache
def _past() -> tuple[re.Pattern[str], ...]:
    when = _data()["when"]
    return tuple(
        re.compile(rf"(?:(?:{when}) )?(?:i )?(?:mi \w+ )?(?:{loss}) (?:{when})")
        for loss in _written("losses")
    )
