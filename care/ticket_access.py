"""Tickets as staff see them: contact details hidden until there is a reason to see them.

Every look is on record. What is hidden in the details is hidden in the conversation too.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from care import (
    audit,
    conversations,
    deliveries,
    misunderstood,
    places,
    privacy,
    public_numbers,
    roles,
    ticket_about,
    tickets,
    windows,
)
from care.db import Core
from care.errors import InvalidStepError, UnknownTicketError
from care.models import Delivery, Ticket
from care.roles import Permission
from care.ticket_about import About
from care.tickets import Details, TicketView
from care.transcript import Said

HIDDEN = "[hidden]"
NEEDS = {
    "ticket.viewed": Permission.QUEUE,
    "ticket.printed": Permission.QUEUE,
    "ticket.revealed": Permission.REVEAL,
}
REASONS = ("to_call", "to_text", "to_write", "to_check", "danger")


@dataclass(frozen=True)
class Shown:
    """A ticket on somebody's screen; `noted` are the messages that the guide may learn from."""

    ticket: TicketView
    messages: Sequence[Said]
    revealed: bool
    deliveries: Mapping[int, Delivery] = field(default_factory=dict)
    opted_out: bool = False
    reply_until: datetime | None = None
    noted: Collection[int] = ()
    about: About = field(default_factory=About)


def view(core: Core, number: str, by: str) -> Shown:
    return _hidden(core, number, by, "ticket.viewed")


def printed(core: Core, number: str, by: str) -> Shown:
    """The same for paper, which leaves the desk: an entry of its own."""
    return _hidden(core, number, by, "ticket.printed")


def _hidden(core: Core, number: str, by: str, action: str) -> Shown:
    _record(core, number, by, action)
    shown = _shown(core, number)
    details, notes, hotline = shown.ticket.details, shown.about.notes, core.settings.hotline
    return replace(
        shown,
        ticket=masked(shown.ticket),
        messages=[replace(m, text=hidden_of(details, m.text, hotline)) for m in shown.messages],
        revealed=False,
        about=replace(
            shown.about, notes=[replace(n, text=hidden_of(details, n.text, hotline)) for n in notes]
        ),
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
    said = conversations.history(core, talk) if talk else []
    with core.snapshot() as session:
        row = session.scalar(select(Ticket).where(Ticket.number == number))
        if row is None:
            raise UnknownTicketError
        about = ticket_about.about(core, session, row, ticket, said)
        noted = misunderstood.places(session, talk) if talk else []
    if not talk:
        return Shown(ticket, [], revealed=True, about=about)
    return Shown(
        ticket,
        said,
        revealed=True,
        about=about,
        deliveries=deliveries.of_conversation(core, talk),
        opted_out=deliveries.is_opted_out(core, talk),
        reply_until=windows.open_until(core, talk),
        noted=noted,
    )
