"""How an answer in danger is recognised: the patterns of `data/crisis/next.yml`.

Every pattern carries examples that it must catch. Texts are normalised first (`safety.variants`).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import wording
from care.safety import variants

TOLD = 12  # words; a longer story may hold a question


@dataclass(frozen=True)
class Row:
    answer: str
    after: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...] = ()  # of danger, in which it holds; all if empty


def asks_for_contact(text: str) -> bool:
    """Does the message itself ask that somebody calls or writes?"""
    asks, unless = _patterns("contact")
    return any(asks.search(m) and not unless.search(m) for m in variants(text))


def tells_only(text: str) -> bool:
    """A few words about how things stand ("my brother is crying"), with no wish or question."""
    tells, unless = _patterns("telling")
    if "?" in text or len(text.split()) > TOLD:
        return False
    return any(tells.match(m) and not unless.search(m) for m in variants(text))


@cache
def data() -> dict[str, Any]:
    read: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "next.yml")
    return read


@cache
def answers() -> list[Row]:
    around = data()["beside"]
    return [
        Row(
            answer=row["answer"],
            after=row["after"],
            kinds=tuple(row.get("kinds", ())),
            pattern=re.compile(f"(?:(?:{around}) )*(?:{row['pattern']})(?: (?:{around}))*"),
        )
        for row in data()["answers"]
    ]


@cache
def beside() -> re.Pattern[str]:
    """A message that has nothing but such words."""
    return re.compile(f"(?:{data()['beside']})(?: (?:{data()['beside']}))*")


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What says so, and what makes it say something else."""
    row = data()[name]
    return re.compile(rf"\b(?:{row['says']})\b"), re.compile(rf"\b(?:{row['unless']})\b")
