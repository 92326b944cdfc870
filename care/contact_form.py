"""The contact form as a pure function: what one message means for the details asked for.

The values that it keeps are the form's slots; a phone number or an e-mail address is only ever
a reference such as `[phone-1]`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from care import best_time, contact_told, my_data, wording
from care.contact_told import REACH

TIME_LIMIT = 120
WORDS_OF_A_TIME = 4  # so short and with a time in it, it is no question
WORDS_OF_A_FULL_NAME = 4
TRIES_BEFORE_HELP = 2
PHONE_SLOTS = ("contact_voicemail", "contact_texting")
SLOTS = (
    "contact_for",
    "contact_name",
    "contact_reach",
    "contact_time",
    *PHONE_SLOTS,
    "contact_consent",
)
CHANGE = "contact_change"
MINOR, CANCELLED = "utter_contact_minor", "utter_contact_cancelled"
TRIES = "contact_tries"
VALUE_LABELS = {"inform", "unsure"}
ANSWERS = VALUE_LABELS | {"affirm", "deny", "contact_skip", "contact_why", CHANGE}
OWN_DATA = "delete_my_data"
ENDINGS = {
    "contact_cancel": CANCELLED,
    "request_cancel": CANCELLED,
    "stop_messages": CANCELLED,
    "goodbye": "utter_goodbye",
    OWN_DATA: "utter_delete_my_data",
}
SKIPPED: dict[str, object] = {
    "contact_for": "self",
    "contact_name": "",
    "contact_time": "",
    "contact_voicemail": False,
    "contact_texting": False,
}
Values = Mapping[str, Any]


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


@dataclass(frozen=True)
class Step:
    """What the message did: slots to set, approved texts to say, and whether the form ends."""

    values: dict[str, Any] = field(default_factory=dict)
    say: tuple[str, ...] = ()
    ends: bool = False


def step(values: Values, turn: Turn) -> Step | None:
    """None when the message is no answer, so that the dialogue can answer it and come back."""
    if is_minor([turn.text]):
        return Step(say=(MINOR,), ends=True)
    if turn.asked is None:
        return Step(values=_plain(turn, contact_told.told(turn.text, turn.entities)))
    if turn.label in ENDINGS and not _is_a_time(turn):
        return Step(say=(_ending(turn),), ends=True)
    return (
        _told(values, turn)
        or _answer(turn)
        or _correction(values, turn)
        or _remark(turn)
        or (_failed_try(values, turn) if turn.label in ANSWERS else None)
    )


def _ending(turn: Turn) -> str:
    """What ends the form; who asks about their own data may want to see them."""
    return my_data.response_to(turn.text) if turn.label == OWN_DATA else ENDINGS[turn.label]


def is_minor(texts: Iterable[str]) -> bool:
    """Did somebody under 18 write these? The last word on the writer's age counts."""
    minor = False
    for text in texts:
        said = text.lower().replace("\u2019", "'")
        if any(re.search(pattern, said) for pattern in _words()["minor"]):
            minor = True
        elif re.search(_words()["adult"], said):
            minor = False
    return minor


def _told(values: Values, turn: Turn) -> Step | None:
    """All that a message with a number or an address tells, whatever was asked; a name with more.

    What was asked and is not in it is asked again.
    """
    asked, names = turn.asked or "", turn.asked == "contact_name"
    reach = REACH.search(turn.text)
    if turn.label not in VALUE_LABELS and not (reach and "?" not in turn.text):
        return None
    if not reach and not (names and best_time.span(turn.text)):
        return None
    found = _plain(turn, contact_told.told(turn.text, turn.entities, names_first=names))
    if (asked == "contact_reach" and set(found) == {"contact_reach"}) or (
        names and not reach and "contact_name" not in found
    ):
        return None
    changed = any(values.get(slot) not in (None, value) for slot, value in found.items())
    say = ("utter_contact_changed",) if changed else ("utter_contact_noted",)
    if asked == CHANGE:
        found["contact_consent"] = None
    return Step(values={**found, TRIES: 0}, say=() if asked in found and not changed else say)


def _plain(turn: Turn, found: dict[str, Any]) -> dict[str, Any]:
    """With the best time said so that both sides mean the same."""
    if turn.at and found.get("contact_time"):
        found["contact_time"] = best_time.read(found["contact_time"], turn.at, turn.zone)
    return found


def _is_a_time(turn: Turn) -> bool:
    """ "Tomorrow morning" sounds like a goodbye, but not when a time was asked for."""
    asked = turn.asked == "contact_time" and turn.label == "goodbye"
    return asked and _parse_time(turn) is not None


def missing(values: Values) -> str | None:
    """The next slot to ask for; None when nothing is left to ask."""
    if values.get("contact_consent") == "change":
        return CHANGE
    by_phone = str(values.get("contact_reach") or "").startswith("[phone-")
    for slot in SLOTS:
        if values.get(slot) is None and (by_phone or slot not in PHONE_SLOTS):
            return slot
    return None


def summary(values: Values) -> dict[str, str]:
    """The arguments of the text that says everything back before it is sent."""
    said = _words()["said"]
    return {
        "who": said[values.get("contact_for") or "self"],
        "name": values.get("contact_name") or said["no_name"],
        "reach": str(values.get("contact_reach") or ""),
        "time": values.get("contact_time") or said["any_time"],
        "voicemail": said["yes" if values.get("contact_voicemail") else "no"],
        "texting": said["yes" if values.get("contact_texting") else "no"],
    }


def _answer(turn: Turn) -> Step | None:
    """The message as a plain answer to what was asked."""
    slot = turn.asked or ""
    if slot == CHANGE:
        return _choose_change(turn)
    value = _PARSERS[slot](turn)
    return None if value is None else Step(values=_plain(turn, {slot: value}) | {TRIES: 0})


def _choose_change(turn: Turn) -> Step | None:
    for slot, pattern in _words()["change"].items():
        if re.search(pattern, turn.text.lower()):
            return Step(values={slot: None, "contact_consent": None, TRIES: 0})
    if turn.label in {"deny", "contact_skip"}:
        return Step(values={"contact_consent": None, TRIES: 0})
    return None


def _correction(values: Values, turn: Turn) -> Step | None:
    """A new number or name in answer to another question: "no, it's 555-0123"."""
    reach = REACH.search(turn.text)
    if reach and values.get("contact_reach"):
        return Step(values={"contact_reach": reach[0], TRIES: 0}, say=("utter_contact_changed",))
    name = re.search(_words()["name"]["correction"], turn.text, re.IGNORECASE)
    if name and values.get("contact_name") is not None and turn.asked != "contact_time":
        return Step(values={"contact_name": name[1], TRIES: 0}, say=("utter_contact_changed",))
    return None


def _remark(turn: Turn) -> Step | None:
    """Something said about the question: why, skip, change, no."""
    slot = turn.asked or ""
    if turn.label == "contact_why":
        return Step(values={TRIES: 0}, say=(f"utter_contact_why_{slot.removeprefix('contact_')}",))
    if slot == "contact_consent" and _parse_yes_no(turn) is False:
        return Step(say=(CANCELLED,), ends=True)
    if slot == "contact_consent" and turn.label == CHANGE:
        return Step(values={"contact_consent": "change", TRIES: 0})
    if turn.label not in {"contact_skip", "deny"}:
        return None
    if slot == "contact_reach":
        return Step(values={TRIES: 0}, say=("utter_contact_skip_reach",))
    return Step(values={slot: SKIPPED[slot], TRIES: 0}) if slot in SKIPPED else None


def _failed_try(values: Values, turn: Turn) -> Step:
    """Nothing usable in an answer: say so; from the second time on explain, with a way out."""
    tries = int(values.get(TRIES) or 0) + 1
    if turn.asked == "contact_time" and tries >= TRIES_BEFORE_HELP and _may_be_kept(turn):
        return Step(values={"contact_time": " ".join(turn.text.split()), TRIES: 0})
    slot = (turn.asked or "").removeprefix("contact_")
    kind = "help" if tries >= TRIES_BEFORE_HELP else "invalid"
    if slot == "reach" and "[number-" in turn.text:
        kind = "short"
    return Step(values={TRIES: tries}, say=(f"utter_contact_{slot}_{kind}",))


def _may_be_kept(turn: Turn) -> bool:
    """Said twice in words that mean no time here: they are kept, a person will read them."""
    wordy = any(letter.isalpha() for letter in turn.text)
    plain = turn.label in VALUE_LABELS and "?" not in turn.text and "[" not in turn.text
    return wordy and plain and len(turn.text) <= TIME_LIMIT


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


def _parse_time(turn: Turn) -> str | None:
    said = " ".join(turn.text.split())
    short = len(said.split()) <= WORDS_OF_A_TIME and "?" not in said
    if not (turn.label in VALUE_LABELS | {"affirm", "goodbye"} or short) or "[" in said:
        return None
    timely = "time" in turn.entities or re.search(_words()["answers"]["time"], said.lower())
    return said if timely and len(said) <= TIME_LIMIT else None


def _parse_yes_no(turn: Turn) -> bool | None:
    word = {"affirm": "yes", "deny": "no"}.get(turn.label) or _matching(turn, "yes", "no")
    return None if word is None else word == "yes"


def _parse_consent(turn: Turn) -> str | None:
    return "yes" if _parse_yes_no(turn) else None


def _matching(turn: Turn, *kinds: str) -> str | None:
    said = " ".join(turn.text.lower().strip(" .,!?").replace("\u2019", "'").split())
    return next((kind for kind in kinds if re.search(_words()["answers"][kind], said)), None)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "words.yml")
    return words


_PARSERS = {
    "contact_for": _parse_for,
    "contact_name": _parse_name,
    "contact_reach": _parse_reach,
    "contact_time": _parse_time,
    "contact_voicemail": _parse_yes_no,
    "contact_texting": _parse_yes_no,
    "contact_consent": _parse_consent,
}
