"""The contact form as a pure function: what one message means for the details asked for.

The values that it keeps are the form's slots; a phone number or an e-mail address is only ever
a reference such as `[phone-1]`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from care import best_time, contact_told, my_data, places
from care.contact_answers import (
    PARSERS,
    SEND,
    TIME_LIMIT,
    VALUE_LABELS,
    Turn,
    parse_time,
    parse_yes_no,
    words,
)
from care.contact_told import REACH

TRIES_BEFORE_HELP = 2
PHONE_SLOTS = ("contact_voicemail", "contact_texting")
SLOTS = (
    "contact_for",
    "contact_name",
    "contact_reach",
    "contact_time",
    *PHONE_SLOTS,
    "contact_place",
    "contact_consent",
)
CHANGE = "contact_change"
ASKED = "asked"  # the value of that slot while it is open what to change
MINOR, CANCELLED = "utter_contact_minor", "utter_contact_cancelled"
DELETED = "utter_data_deleted"
TRIES = "contact_tries"
SAID = "contact_time_said"  # the best time in their words, and when they said it
BACK = "contact_back"
# Buttons that mean the same wherever they are pressed: the dialogue answers them.
OF_THEIR_OWN = {my_data.KEEP, "request_cancel_yes", "request_keep"}
ANSWERS = VALUE_LABELS | {"affirm", "deny", "contact_skip", "contact_why", CHANGE}
OWN_DATA = "delete_my_data"
ENDINGS = {
    "contact_cancel": CANCELLED,
    "request_cancel": CANCELLED,
    "stop_messages": CANCELLED,
    "goodbye": "utter_goodbye",
    OWN_DATA: "utter_delete_my_data",
    my_data.DELETE: DELETED,
}
SKIPPED: dict[str, object] = {
    "contact_for": "self",
    "contact_name": "",
    "contact_time": "",
    "contact_voicemail": False,
    "contact_texting": False,
    "contact_place": "",
}
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """What the message did: slots to set, approved texts to say, and whether the form ends."""

    values: dict[str, Any] = field(default_factory=dict)
    say: tuple[str, ...] = ()
    ends: bool = False


def step(values: Values, turn: Turn) -> Step | None:
    """None when the message is no answer, so that the dialogue can answer it and come back."""
    found = _step(values, turn)
    return found and replace(found, values=_settled(values, turn, found))


def _settled(values: Values, turn: Turn, found: Step) -> dict[str, Any]:
    """With what follows from an answer, so that nothing is left open that is not asked.

    Back from a question in between, the assistant asks for the first slot that is empty.
    """
    before, after = values.get("contact_reach"), {**values, **found.values}.get("contact_reach")
    more: dict[str, Any] = {}
    if _is_email(after):
        more = {s: False for s in PHONE_SLOTS if {**values, **found.values}.get(s) is None}
    elif _is_email(before):
        more = {slot: None for slot in PHONE_SLOTS if slot not in found.values}
    if CHANGE not in found.values and values.get(CHANGE) and not _still_asks(turn, found):
        more[CHANGE] = None
    return {**found.values, **more}


def _is_email(reach: object) -> bool:
    return str(reach or "").startswith("[email-")


def _still_asks(turn: Turn, found: Step) -> bool:
    """What to change is not chosen yet; the form may have begun with that question."""
    decided = "contact_consent" in found.values
    return turn.asked is None or (turn.asked == CHANGE and not decided)


def _step(values: Values, turn: Turn) -> Step | None:
    if is_minor([turn.text]):
        return Step(say=(MINOR,), ends=True)
    if turn.label in OF_THEIR_OWN:
        return None
    if turn.asked is None:
        return Step(values=_plain(values, turn, contact_told.told(turn.text, turn.entities)))
    moved = _back(values, turn) or _too_early(turn)
    if moved is None and turn.label in ENDINGS and not _is_a_time(turn):
        return Step(say=(_ending(turn),), ends=True)
    return (
        moved
        or _told(values, turn)
        or _answer(values, turn)
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
        if any(re.search(pattern, said) for pattern in words()["minor"]):
            minor = True
        elif re.search(words()["adult"], said):
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
    told = contact_told.told(turn.text, turn.entities, names_first=names)
    found = _plain(values, turn, told)
    if (asked == "contact_reach" and set(found) == {"contact_reach"}) or (
        names and not reach and "contact_name" not in found
    ):
        return None
    changed = any(values.get(slot) not in (None, value) for slot, value in told.items())
    say = ("utter_contact_changed",) if changed else ("utter_contact_noted",)
    if asked == CHANGE:
        found["contact_consent"] = None
    return Step(values={**found, TRIES: 0}, say=() if asked in found and not changed else say)


def _back(values: Values, turn: Turn) -> Step | None:
    """One question back; the answer given there is asked for anew."""
    said = " ".join(turn.text.lower().strip(" .,!?").split())
    if turn.label != BACK and not re.fullmatch(words()["back"], said):
        return None
    if turn.asked == CHANGE:
        return Step(values={"contact_consent": None, TRIES: 0}, say=("utter_contact_back",))
    earlier = SLOTS[: SLOTS.index(turn.asked or SLOTS[0])]
    before = [slot for slot in earlier if _is_asked(values, slot)]
    if not before:
        return Step(values={TRIES: 0}, say=("utter_contact_first",))
    return Step(values=_anew(before[-1]) | {TRIES: 0}, say=("utter_contact_back",))


def _too_early(turn: Turn) -> Step | None:
    """ "Yes, send it" pressed while something is asked anew: it was a yes to another summary."""
    if turn.label != SEND or turn.asked == "contact_consent":
        return None
    return Step(values={TRIES: 0}, say=("utter_contact_not_yet",))


def _anew(slot: str) -> dict[str, Any]:
    """Forgets one answer, so that it is asked for again."""
    return {slot: None} | ({SAID: None} if slot == "contact_time" else {})


def _is_asked(values: Values, slot: str) -> bool:
    by_phone = str(values.get("contact_reach") or "").startswith("[phone-")
    return by_phone or slot not in PHONE_SLOTS


def _plain(values: Values, turn: Turn, found: dict[str, Any]) -> dict[str, Any]:
    """With the best time said so that both sides mean the same, in the zone of the place told."""
    if turn.at is None or not {"contact_time", "contact_place"} & set(found):
        return found
    if found.get("contact_time"):
        found = found | {SAID: {"words": found["contact_time"], "at": turn.at.isoformat()}}
    said = found.get(SAID) or values.get(SAID)
    if not said or found.get("contact_time") == "":
        return found
    place = places.of(found.get("contact_place") or values.get("contact_place"))
    zone = best_time.where(place.zone) if place else turn.zone
    time = best_time.read(said["words"], datetime.fromisoformat(said["at"]), zone)
    return found | {"contact_time": time}


def _is_a_time(turn: Turn) -> bool:
    """ "Tomorrow morning" sounds like a goodbye, but not when a time was asked for."""
    asked = turn.asked == "contact_time" and turn.label == "goodbye"
    return asked and parse_time(turn) is not None


def missing(values: Values) -> str | None:
    """The next slot to ask for; None when nothing is left to ask."""
    if values.get(CHANGE) == ASKED:
        return CHANGE
    asked = (slot for slot in SLOTS if _is_asked(values, slot))
    return next((slot for slot in asked if values.get(slot) is None), None)


def _answer(values: Values, turn: Turn) -> Step | None:
    """The message as a plain answer to what was asked; a time may come with a place."""
    slot = turn.asked or ""
    if slot == CHANGE:
        return _choose_change(turn)
    value = PARSERS[slot](turn)
    if value is None:
        return None
    place = places.told(turn.text) if slot == "contact_time" else None
    found = {slot: value} | ({"contact_place": str(place)} if place else {})
    return Step(values=_plain(values, turn, found) | {TRIES: 0})


def _choose_change(turn: Turn) -> Step | None:
    for slot, pattern in words()["change"].items():
        if re.search(pattern, turn.text.lower()):
            return Step(values=_anew(slot) | {"contact_consent": None, TRIES: 0})
    if turn.label in {"deny", "contact_skip"}:
        return Step(values={"contact_consent": None, TRIES: 0})
    return None


def _correction(values: Values, turn: Turn) -> Step | None:
    """A new number or name in answer to another question: "no, it's 555-0123"."""
    reach = REACH.search(turn.text)
    if reach and values.get("contact_reach"):
        return Step(values={"contact_reach": reach[0], TRIES: 0}, say=("utter_contact_changed",))
    name = re.search(words()["name"]["correction"], turn.text, re.IGNORECASE)
    if name and values.get("contact_name") is not None and turn.asked != "contact_time":
        return Step(values={"contact_name": name[1], TRIES: 0}, say=("utter_contact_changed",))
    place = places.told(turn.text) if turn.label in VALUE_LABELS | {CHANGE} else None
    if place and values.get("contact_place") is not None:
        found = _plain(values, turn, {"contact_place": str(place)})
        return Step(values={**found, TRIES: 0}, say=("utter_contact_changed",))
    return None


def _remark(turn: Turn) -> Step | None:
    """Something said about the question: why, skip, change, no."""
    slot = turn.asked or ""
    if turn.label == "contact_why":
        return Step(values={TRIES: 0}, say=(f"utter_contact_why_{slot.removeprefix('contact_')}",))
    if slot == "contact_consent" and parse_yes_no(turn) is False:
        return Step(say=(CANCELLED,), ends=True)
    if slot == "contact_consent" and turn.label == CHANGE:
        return _choose_change(turn) or Step(values={CHANGE: ASKED, TRIES: 0})
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
    if turn.asked == "contact_place" and tries >= TRIES_BEFORE_HELP:
        return Step(values={"contact_place": "", TRIES: 0}, say=("utter_contact_place_left_out",))
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
