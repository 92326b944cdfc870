"""The deterministic screen for danger: no I/O after start, no model, no database.

Patterns are data (`data/crisis/phrases.yml`); every one carries an example that it must catch.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import wording

LEET = str.maketrans("013457@$", "oieastas")
MIXED_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[0-9@$])[\w@$]+")
SPELLED_OUT = re.compile(r"\b(?:\w[ .\-_*]+){3,}\w\b")
NOT_TEXT = re.compile(r"[^\w\s@$]")


@dataclass(frozen=True)
class Finding:
    """What the screen saw: the kind of danger, and for whom."""

    kind: str
    about: str


def screen(text: str) -> Finding | None:
    """The danger that a message speaks of, or None."""
    for variant in variants(text):
        cleared = _clear(variant)
        for pattern, finding in _patterns():
            if pattern.search(cleared):
                return finding
    return None


def normalise(text: str) -> str:
    """Lower case, no accents, no apostrophes, no emoji, letters for look-alike digits."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['\u2018\u2019\u02bc`\u00b4]", "", plain)
    plain = MIXED_WORD.sub(lambda word: word[0].translate(LEET), plain)
    plain = "".join(c if c.isalnum() or c.isspace() else " " for c in NOT_TEXT.sub(" ", plain))
    return " ".join(plain.split())


def variants(text: str) -> list[str]:
    """Stretched letters once or twice ("diiie", "killl"), and letters spelled out, joined."""
    joined = SPELLED_OUT.sub(lambda run: re.sub(r"[ .\-_*]", "", run[0]), text)
    found: dict[str, None] = {}
    for source in (text, joined):
        plain = normalise(source)
        for kept in (r"\1\1", r"\1"):
            found[re.sub(r"(\w)\1{2,}", kept, plain)] = None
    return list(found)


def _clear(text: str) -> str:
    """Figures of speech, past events and questions for information are taken out first."""
    for pattern in _harmless():
        text = pattern.sub(" ", text)
    return text


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "phrases.yml")
    return data


@cache
def _patterns() -> list[tuple[re.Pattern[str], Finding]]:
    return [
        (re.compile(row["pattern"]), Finding(kind, row.get("about", "any")))
        for kind, rows in _data()["phrases"].items()
        for row in rows
    ]


@cache
def _harmless() -> list[re.Pattern[str]]:
    return [re.compile(row["pattern"]) for row in _data()["not"]]
