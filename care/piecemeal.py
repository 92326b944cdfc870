"""Danger told piece by piece: "I quit drinking Sunday", and some messages later "my hands shake".

No message says it alone, so the screen sees none. Pure functions over the texts of one
conversation; the parts stand in `data/crisis/parts.yml`.
"""

from collections.abc import Sequence
from datetime import timedelta

from care import language, phrases
from care.phrases import Message
from care.safety import Finding, variants

STOPPED, SIGN = "stopped_lately", "withdrawal_sign"
# What makes a piece harmless where it stands: long ago, or only asked or planned.
UNLESS = {STOPPED: ("past", "calm"), SIGN: ("past", "no_sign")}
# Withdrawal from alcohol or benzos begins and turns within this time of being told.
REMEMBERED = timedelta(hours=12)
MESSAGES = 40


def may_be_a_piece(text: str) -> bool:
    """Is it worth to look at what was said before?"""
    return bool(_pieces(text))


def told(text: str, before: Sequence[str]) -> Finding | None:
    """The danger that a message completes, with what the visitor wrote `before` it."""
    here = _pieces(text)
    if not here:
        return None
    for earlier in reversed(before):
        if here | _pieces(earlier) == {STOPPED, SIGN}:
            return Finding("withdrawal", _about(earlier, text), language=language.of(text))
    return None


def _pieces(text: str) -> set[str]:
    messages = [Message(phrases.cleared(variant)) for variant in variants(text)]
    return {piece for piece in UNLESS if any(_has(message, piece) for message in messages)}


def _has(message: Message, piece: str) -> bool:
    unless = UNLESS[piece]
    return phrases.speaks_of(message, piece) and not any(
        phrases.speaks_of(message, name) for name in unless
    )


def _about(*texts: str) -> str:
    """Another person's, if one is named and no "I quit"."""
    messages = [Message(variant) for text in texts for variant in variants(text)]
    mine = any(phrases.speaks_of(message, "i_did") for message in messages)
    other = any(phrases.speaks_of(message, "someone_close") for message in messages)
    return "other" if other and not mine else "self"
