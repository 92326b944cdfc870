"""Outside danger: a gentle line for what may hint at it, and words for who lost someone.

Texts and patterns are data (`data/crisis/gentle.yml`); the classifier's doubt is the other sign.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from care import wording
from care.safety import variants
from care.transcript import Line, Said

UNCLEAR, LOSS_LINE, LOSS = "utter_gentle/unclear", "utter_gentle/loss_line", "utter_gentle/loss"
MIXING = "utter_gentle/mixing"
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
NAMED = re.compile(r"\{([a-z]+)\}")
LIFELINE = re.compile(r"\b988\b")


def hints_at_danger(text: str) -> bool:
    """Is there despair in the words, about anything at all?"""
    return _found("hints", text)


def tells_of_loss(text: str) -> bool:
    """Does the message tell of somebody who died by suicide, of drugs or of drinking?"""
    return _found("losses", text)


def asks_to_mix(text: str) -> bool:
    """Does the message ask about two things together that slow the breathing?"""
    return _found("mixing", text)


def is_only_a_past_loss(text: str) -> bool:
    """Nothing but such a loss and when it was: no danger now, though it has the words of one."""
    return any(past.fullmatch(words) for words in variants(text) for past in _past())


def is_due(before: Sequence[Said], answer: Iterable[Line]) -> bool:
    """Not if the answer names the lifeline already, nor soon after the last such line."""
    if any(LIFELINE.search(line.text) for line in answer):
        return False
    return not _said_lately(before, _lines())


def is_warning_due(before: Sequence[Said]) -> bool:
    """The warning about mixing is not given again soon."""
    return not _said_lately(before, {wording.text(MIXING, c).text for c in ("web", "sms")})


def _said_lately(before: Sequence[Said], lines: Collection[str]) -> bool:
    messages = [said.seq for said in before if said.author == "visitor"]
    since = messages[-(REST - 1)] if len(messages) >= REST else 0
    lately = (said for said in before if said.author == "guide" and said.seq > since)
    return any(line in said.text for said in lately for line in lines)


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
    return [_spelled_out(row["pattern"]) for row in _data()[rows]]


def _spelled_out(pattern: str) -> str:
    """With the lists of words that it names; these may name others."""
    return NAMED.sub(lambda name: _spelled_out(_data()[name[1]]), pattern)


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
