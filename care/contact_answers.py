"""One message as the plain answer to one question of the contact form. None if it is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from care import contact_told, places, wording
from care.contact_told import REACH

TIME_LIMIT = 120
WORDS_OF_A_TIME = 4  # so short and with a time in it, it is no question
WORDS_OF_A_FULL_NAME = 4
VALUE_LABELS = {"inform", "unsure"}
SEND = "contact_send"  # a button: the yes to the last question


@dataclass(frozen=True)
class Turn:
    """One message while the form runs. `entities` hold what the assistant found: name, time.

    `asked` is None when the form starts. `at` and `zone` make a best time plain.
    """

    text: str
    label: str
    asked: str | None
    entities: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    zone: str = "UTC"


def _parse_for(turn: Turn) -> str | None:
    return _matching(turn, "self", "other")


def _parse_name(turn: Turn) -> str | None:
    if turn.label not in VALUE_LABELS or "[" in turn.text:
        return None
    entity = turn.entities.get("name", "").strip(" .,!?\n\t\"'")
    name = entity if contact_told.is_name(entity) else contact_told.words_of_a_name(turn.text)
    return name if name and len(name.split()) <= WORDS_OF_A_FULL_NAME else None


def _parse_reach(turn: Turn) -> str | None:
    found = REACH.search(turn.text)
    return found[0] if found else None


def parse_time(turn: Turn) -> str | None:
    said = " ".join(turn.text.split())
    short = len(said.split()) <= WORDS_OF_A_TIME and "?" not in said
    if not (turn.label in VALUE_LABELS | {"affirm", "goodbye"} or short) or "[" in said:
        return None
    timely = "time" in turn.entities or re.search(words()["answers"]["time"], said.lower())
    return said if timely and len(said) <= TIME_LIMIT else None


def parse_yes_no(turn: Turn) -> bool | None:
    if turn.label == SEND:
        return True if turn.asked == "contact_consent" else None
    word = {"affirm": "yes", "deny": "no"}.get(turn.label) or _matching(turn, "yes", "no")
    return None if word is None else word == "yes"


def _parse_consent(turn: Turn) -> str | None:
    return "yes" if parse_yes_no(turn) else None


def _matching(turn: Turn, *kinds: str) -> str | None:
    said = " ".join(turn.text.lower().strip(" .,!?").replace("\u2019", "'").split())
    return next((kind for kind in kinds if re.search(words()["answers"][kind], said)), None)


def _parse_place(turn: Turn) -> str | None:
    asks = "?" in turn.text and turn.label not in VALUE_LABELS
    place = None if asks else places.read(turn.text)
    return str(place) if place else None


@cache
def words() -> dict[str, Any]:
    """How people answer, and how the summary says it back."""
    found: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "words.yml")
    return found


PARSERS: Mapping[str, Callable[[Turn], Any]] = {
    "contact_for": _parse_for,
    "contact_name": _parse_name,
    "contact_reach": _parse_reach,
    "contact_time": parse_time,
    "contact_voicemail": parse_yes_no,
    "contact_texting": parse_yes_no,
    "contact_place": _parse_place,
    "contact_consent": _parse_consent,
}
