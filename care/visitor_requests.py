"""What to say and do when a visitor speaks of their call-back request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from care import contact_form, contact_told, conversations, requests
from care.db import Core

ASKED_TO_CANCEL, ASKED_TO_CHANGE = "utter_request_cancel_ask", "utter_request_open"
CANCELLED = "utter_request_cancelled"
CHANGE = "contact_change"
# The texts for somebody who wants no call when there is none to cancel.
NOTHING_TO_CANCEL = {"stop_messages": "utter_stop_messages"}


@dataclass(frozen=True)
class Move:
    """One approved text; with `slots`, even none, the contact form goes on from there."""

    say: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, Any] | None = None


def start(core: Core, conversation_id: str, text: str, label: str) -> Move:
    """A call is asked for, or a change of what was asked for (`contact_change`)."""
    if _minor(core, conversation_id, text):
        return Move(contact_form.MINOR)
    known = requests.answers_of(core, conversation_id)
    if known is None:
        gone = label == CHANGE
        return (
            about(core, conversation_id, text, label)
            if gone
            else Move("utter_request_callback", slots={})
        )
    if label == CHANGE or "contact_reach" in contact_told.told(text, {}):
        return _change(core, conversation_id, known, text)
    return Move(ASKED_TO_CHANGE, _numbered(core, conversation_id))


def about(
    core: Core, conversation_id: str, text: str, label: str, asked: str | None = None
) -> Move:
    """How the request stands; or, for whoever wants no call, whether to cancel it."""
    number = requests.number_in(text)
    found = requests.latest(core, conversation_id, number)
    if number and not found:
        return Move("utter_request_unknown", {"number": number})
    if label in {"request_status", CHANGE}:
        return (
            Move(f"utter_request_{found.state}", {"number": found.number})
            if found
            else Move("utter_request_none")
        )
    under_way = requests.under_way(core, conversation_id)
    if under_way and asked == ASKED_TO_CANCEL:
        return _cancel(core, conversation_id)
    if under_way:
        return Move(ASKED_TO_CANCEL, {"number": _listed(r.number for r in under_way)})
    if found and label not in NOTHING_TO_CANCEL:
        return Move(f"utter_request_{found.state}", {"number": found.number})
    return Move(NOTHING_TO_CANCEL.get(label, contact_form.CANCELLED))


def answer(
    core: Core, conversation_id: str, asked: str | None, yes: bool, text: str
) -> Move | None:
    """A yes or no to one of the questions above; None if none of them was asked."""
    if asked not in {ASKED_TO_CANCEL, ASKED_TO_CHANGE}:
        return None
    if not yes:
        return _kept(core, conversation_id)
    if asked == ASKED_TO_CANCEL:
        return _cancel(core, conversation_id)
    return start(core, conversation_id, text, CHANGE)


def pressed(core: Core, conversation_id: str, label: str) -> Move:
    """A button of a question above or of the form's last one, whatever was said since."""
    if label == "request_cancel_yes":
        return _cancel(core, conversation_id)
    if label == "request_keep":
        return _kept(core, conversation_id)
    return about(core, conversation_id, "", "request_status")


def leave(core: Core, conversation_id: str, refused: bool) -> Move:
    """The form is left, or its last question `refused`; a request may have been sent before."""
    if not requests.under_way(core, conversation_id):
        return Move(contact_form.CANCELLED)
    if refused:
        return _kept(core, conversation_id)
    return about(core, conversation_id, "", "request_cancel")


def _kept(core: Core, conversation_id: str) -> Move:
    numbered = _numbered(core, conversation_id)
    if not numbered["number"]:  # staff dealt with it meanwhile
        return about(core, conversation_id, "", "request_status")
    return Move("utter_request_kept", numbered)


def _cancel(core: Core, conversation_id: str) -> Move:
    numbers = requests.cancel(core, conversation_id)
    return (
        Move(CANCELLED, {"number": _listed(numbers)})
        if numbers
        else about(core, conversation_id, "", "request_status")
    )


def _change(core: Core, conversation_id: str, known: dict[str, Any], text: str) -> Move:
    """Goes straight to the last question if it was told what is new; else asks what to change."""
    told = "contact_reach" in contact_told.told(text, {})
    slots = {**known, "contact_consent": None, CHANGE: None if told else contact_form.ASKED}
    return Move("utter_request_changing", _numbered(core, conversation_id), slots)


def _minor(core: Core, conversation_id: str, text: str) -> bool:
    said = conversations.history(core, conversation_id)
    texts = [line.text for line in said if line.author == "visitor"]
    return contact_form.is_minor([*texts, text])


def _numbered(core: Core, conversation_id: str) -> dict[str, str]:
    return {"number": _listed(r.number for r in requests.under_way(core, conversation_id))}


def _listed(numbers: Iterable[str]) -> str:
    return ", ".join(numbers)
