"""The state or ZIP that somebody tells, and the time zone there. The list is data.

Of a ZIP+4 only the five digits are kept: the rest points at a few houses.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import spoken, wording

WORDS_OF_A_PLACE = 12  # a longer message is no answer to "which state"
ZIP_DIGITS = 5
ZIP = re.compile(r"(?<![\w.-])(\d{5})(?:[-\s]\d{4})?(?![\w-])")
DOTTED = re.compile(r"\b([a-z])\.\s?([a-z])\b\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A state, the ZIP if one was told, and the zone; of a `split` state that of most people."""

    state: str
    zone: str
    zip: str = ""
    split: bool = False

    def __str__(self) -> str:
        return f"{self.zip} ({self.state})" if self.zip else self.state


def read(said: str) -> Place | None:
    """The answer to "which state, or ZIP?"; None if it names neither."""
    words = " ".join(DOTTED.sub(r"\1\2", said).split())
    if len(words.split()) > WORDS_OF_A_PLACE:
        return None
    if digits := ZIP.search(words):
        return _of_zip(digits[1])
    if len(digits_said := spoken.digits(words)) == ZIP_DIGITS:
        return _of_zip(digits_said)
    return _named(words) or _abbreviated(words)


def told(text: str) -> Place | None:
    """A place that a longer message names beside other things: "after 5, im in texas"."""
    for there in re.finditer(_words()["there"], text, re.IGNORECASE):
        rest = text[there.end() :]
        if digits := ZIP.match(rest):
            return _of_zip(digits[1])
        if name := _names().match(rest):
            return _of_state(_states_by_name()[name[0].lower()])
    return None


def named_in(text: str) -> Place | None:
    """A state that a text names in full."""
    return _named(text)


def of(stored: object) -> Place | None:
    """A place as it was kept: `str(place)`."""
    return read(str(stored)) if stored else None


def words_for(stored: str) -> list[str]:
    """How a kept place may stand in what was said, so that it can be hidden there."""
    place = of(stored)
    if place is None:
        return [stored] if stored else []
    about = _words()["states"][place.state]
    return [w for w in (stored, place.zip, place.state, *about.get("also", ())) if w]


def short_for(stored: str) -> str:
    """The abbreviation of a kept place's state; empty without one."""
    place = of(stored)
    return str(_words()["states"][place.state]["short"]) if place else ""


def _named(text: str) -> Place | None:
    name = _names().search(text)
    return _of_state(_states_by_name()[name[0].lower()]) if name else None


def _abbreviated(words: str) -> Place | None:
    """ "TX", "austin tx": alone or last; where it is a word too, only in capital letters."""
    tokens = re.findall(r"[^\W\d_]+", words)
    last = tokens[-1] if tokens else ""
    state = _states_by_short().get(last.upper())
    shouting = words.isupper() and len(tokens) > 1
    is_word = last.lower() in _words()["words"] and (not last.isupper() or shouting)
    if state is None or is_word or (len(tokens) > 1 and not _may_end_in(words, last)):
        return None
    return _of_state(state)


def _may_end_in(words: str, last: str) -> bool:
    """In a longer message, what is written like an abbreviation or follows a comma or a town."""
    return last.isupper() or len(words.split()) <= 4  # "salt lake city ut"


def _of_zip(digits: str) -> Place | None:
    found = _zips().get(digits[:3])
    if found is None:
        return None
    state, zone = found
    return Place(state, zone, digits, bool(_words()["states"][state].get("split")))


def _of_state(state: str) -> Place:
    about = _words()["states"][state]
    return Place(state, about["zone"], split=bool(about.get("split")))


@cache
def _names() -> "re.Pattern[str]":
    """The longest first: "West Virginia" holds "Virginia"."""
    names = sorted(_states_by_name(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)


@cache
def _states_by_name() -> dict[str, str]:
    states = _words()["states"].items()
    return {name.lower(): state for state, a in states for name in (state, *a.get("also", ()))}


@cache
def _states_by_short() -> dict[str, str]:
    return {about["short"]: state for state, about in _words()["states"].items()}


@cache
def _zips() -> dict[str, tuple[str, str]]:
    """The state and the zone by a ZIP's first three digits."""
    found: dict[str, tuple[str, str]] = {}
    for state, about in _words()["states"].items():
        for zone, ranges in {about["zone"]: about["zips"], **about.get("others", {})}.items():
            for first, _, last in (span.partition("-") for span in ranges):
                numbers = range(int(first), int(last or first) + 1)
                found |= {f"{number:03d}": (state, zone) for number in numbers}
    return found


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "places.yml")
    return words
