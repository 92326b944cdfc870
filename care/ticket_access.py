"""Tickets as staff see them: contact details hidden until there is a reason to see them.

Every look is on record. What is hidden in the details is hidden in the conversation too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from care import (
    audit,
    conversations,
    deliveries,
    places,
    privacy,
    public_numbers,
    roles,
    tickets,
    windows,
)
from care.db import Core
from care.errors import InvalidStepError, UnknownTicketError
from care.models import Delivery, Ticket
from care.roles import Permission
from care.tickets import Details, TicketView
from care.transcript import Said

HIDDEN = "[hidden]"
NEEDS = {"ticket.viewed": Permission.QUEUE, "ticket.revealed": Permission.REVEAL}
REASONS = ("to_call", "to_text", "to_write", "to_check", "danger")


@dataclass(frozen=True)
class Shown:
    """A ticket on somebody's screen."""

    ticket: TicketView
    messages: Sequence[Said]
    revealed: bool
    deliveries: Mapping[int, Delivery] = field(default_factory=dict)
    opted_out: bool = False
    reply_until: datetime | None = None


def listed(core: Core, by: str) -> Sequence[TicketView]:
    with core.snapshot() as session:
        roles.check(session, by, Permission.QUEUE)
    return [masked(ticket) for ticket in tickets.listed(core)]


def exported(core: Core, by: str) -> Sequence[TicketView]:
    """The list as it leaves the desk: on record, and without any detail of a person."""
    found = tickets.listed(core)
    with core.transaction() as session:
        roles.check(session, by, Permission.EXPORT)
        audit.append(session, by, "ticket.exported", detail=f"{len(found)} tickets")
    return [replace(ticket, details=Details()) for ticket in found]


def view(core: Core, number: str, by: str) -> Shown:
    _record(core, number, by, "ticket.viewed")
    shown = _shown(core, number)
    details, hotline = shown.ticket.details, core.settings.hotline
    return replace(
        shown,
        ticket=masked(shown.ticket),
        messages=[replace(m, text=hidden_of(details, m.text, hotline)) for m in shown.messages],
        revealed=False,
    )


def reveal(core: Core, number: str, by: str, reason: str) -> Shown:
    if reason not in REASONS:
        raise InvalidStepError("Please choose a reason.")
    _record(core, number, by, "ticket.revealed", reason)
    return _shown(core, number)


def masked(ticket: TicketView) -> TicketView:
    return replace(ticket, details=hide(ticket.details))


def hide(details: Details) -> Details:
    """Whether a name, a number and an address were given still shows."""
    return replace(
        details,
        name=details.name and HIDDEN,
        phone=details.phone and HIDDEN,
        email=details.email and HIDDEN,
        place=details.place and HIDDEN,
        best_time=hidden_of(details, details.best_time),
    )


def hidden_of(details: Details, text: str, hotline: str = "") -> str:
    """A text without what these details hide; the operator's own number stays."""
    short = places.short_for(details.place)
    if short and text.strip(" .").upper() == short:
        return HIDDEN
    for word in (*places.words_for(details.place), details.name):
        text = hide_in(text, word, hotline)
    # In small letters it may be a word: "in", "or", "me".
    return re.sub(rf"(?<!\w){short}(?!\w)", HIDDEN, text) if short else text


def hide_in(text: str, name: str, hotline: str = "") -> str:
    """The text without numbers, addresses and this name; the numbers of help lines stay."""
    for found in reversed(privacy.find(text)):
        if not public_numbers.is_public(text[found.start : found.end], hotline):
            text = text[: found.start] + HIDDEN + text[found.end :]
    if name.strip():
        text = re.sub(rf"(?<!\w){re.escape(name.strip())}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text


def _record(core: Core, number: str, by: str, action: str, detail: str = "") -> None:
    with core.transaction() as session:
        roles.check(session, by, NEEDS[action])
        if session.scalar(select(Ticket.id).where(Ticket.number == number)) is None:
            raise UnknownTicketError
        audit.append(session, by, action, number, detail)


def _shown(core: Core, number: str) -> Shown:
    ticket = tickets.find(core, number)
    if ticket is None:  # deleted this moment
        raise UnknownTicketError
    talk = ticket.conversation_id
    if not talk:
        return Shown(ticket, [], revealed=True)
    return Shown(
        ticket,
        conversations.history(core, talk),
        revealed=True,
        deliveries=deliveries.of_conversation(core, talk),
        opted_out=deliveries.is_opted_out(core, talk),
        reply_until=windows.open_until(core, talk),
    )
