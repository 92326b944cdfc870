"""The queue as staff see it, a page at a time; of the tickets only those shown are opened.

The urgent come first, always; then what is due soonest, then what is not due. What is done is
looked for by its state and comes newest first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from care import audit, ladder, roles, ticket_access, ticket_notes, ticket_viewers, tickets
from care.db import Core, now
from care.errors import InvalidStepError
from care.models import Ticket, TicketEvent, TicketLabel, UtcDateTime
from care.roles import Permission
from care.ticket_viewers import Viewer
from care.tickets import Details, TicketView

PAGE = 50
URGENT, DONE = 1, 4  # the last rank that is urgent, and the rank of what is done
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLACE = re.compile(r"([0-4])-(\d{1,17})-(\d{1,9})")

WAITING, RESOLVED = "waiting", "resolved"
CRISIS = "crisis"
CHOICES = {
    "status": (WAITING, "open", "claimed", "contacted", RESOLVED),
    "whose": ("mine", "nobody"),
    "kind": ("callback", ladder.LIVE_CHAT, CRISIS),
    "channel": ("web", "sms", "messenger", "whatsapp"),
    "language": ("en", "es"),
    "overdue": ("yes",),
}


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; empty is all. `after` is the place the page begins behind."""

    status: str = WAITING
    whose: str = ""
    kind: str = ""
    channel: str = ""
    language: str = ""
    overdue: str = ""
    label: str = ""
    after: str = ""

    @classmethod
    def read(cls, given: dict[str, str]) -> Self:
        """Raises InvalidStepError that names a filter which cannot be."""
        known = {f.name: given.get(f.name, "").strip() for f in fields(cls)}
        filters = cls(**known | {"status": known["status"] or WAITING})
        allowed: dict[str, Any] = {**CHOICES, "label": ticket_notes.labels()}
        for name, choices in allowed.items():
            if (value := getattr(filters, name)) and value not in choices:
                raise InvalidStepError(f"The list cannot be narrowed so: {name}.")
        if filters.after and not PLACE.fullmatch(filters.after):
            raise InvalidStepError("There is no such page of the list.")
        return filters

    def chosen(self) -> dict[str, str]:
        """What differs from the plain queue, for a link."""
        plain = type(self)()
        return {k: v for k, v in vars(self).items() if v != getattr(plain, k)}


@dataclass(frozen=True)
class Listed:
    """A ticket in the list, its contact details hidden."""

    ticket: TicketView
    labels: Sequence[str] = ()
    viewers: Sequence[Viewer] = ()


@dataclass(frozen=True)
class Page:
    """Tickets in their order; `after` leads to the next page, if there is one."""

    rows: Sequence[Listed]
    after: str = ""


def page(core: Core, by: str, filters: Filters) -> Page:
    with core.snapshot() as session:
        roles.check(session, by, Permission.QUEUE)
        wanted = _ordered(_narrowed(select(Ticket), filters, by), filters)
        # With its place in the order, which is loaded for nothing else.
        placed = wanted.add_columns(Ticket.queue_rank, Ticket.queue_at).limit(PAGE + 1)
        found = session.execute(placed).all()
        shown = [row[0] for row in found[:PAGE]]
        after = _place(*found[PAGE - 1]) if len(found) > PAGE else ""
        return Page(listed(core, session, shown), after)


def listed(core: Core, session: Session, rows: Sequence[Ticket]) -> list[Listed]:
    ids = [row.id for row in rows]
    labels = ticket_notes.labels_of(session, ids)
    viewers = ticket_viewers.at_tickets(session, ids, now())
    return [
        Listed(
            ticket_access.masked(tickets.view(core, row)),
            labels.get(row.id, ()),
            viewers.get(row.id, ()),
        )
        for row in rows
    ]


def version(core: Core) -> int:
    """Grows with every change of any ticket."""
    with core.snapshot() as session:
        return session.scalar(select(func.max(TicketEvent.id))) or 0


def exported(core: Core, by: str, filters: Filters) -> Sequence[TicketView]:
    """The list as it leaves the desk: on record, and without any detail of a person."""
    with core.transaction() as session:
        roles.check(session, by, Permission.EXPORT)
        all_of_it = replace(filters, after="")
        rows = session.scalars(_ordered(_narrowed(select(Ticket), all_of_it, by), all_of_it)).all()
        audit.append(session, by, "ticket.exported", detail=f"{len(rows)} tickets")
    return [tickets.view(core, row, Details()) for row in rows]


def _narrowed(query: Select[Any], filters: Filters, by: str) -> Select[Any]:
    rank = Ticket.queue_rank
    query = query.where(rank == DONE if filters.status == RESOLVED else rank < DONE)
    if filters.status not in {WAITING, RESOLVED}:
        query = query.where(Ticket.status == filters.status)
    for name in ("channel", "language"):
        if value := getattr(filters, name):
            query = query.where(getattr(Ticket, name) == value)
    if filters.whose:
        query = query.where(Ticket.claimed_by == by if filters.whose == "mine" else _nobodys())
    if filters.kind:
        crisis = Ticket.kind.startswith(f"{CRISIS}/")
        query = query.where(crisis if filters.kind == CRISIS else Ticket.kind == filters.kind)
    if filters.overdue:
        query = query.where(Ticket.queue_at <= now(), Ticket.due_at.is_not(None))
    if filters.label:
        mine = TicketLabel.ticket_id == Ticket.id
        query = query.where(exists().where(TicketLabel.name == filters.label, mine))
    return query


def _nobodys() -> ColumnElement[bool]:
    return (Ticket.status == "open") & Ticket.claimed_by.is_(None)


def _ordered(query: Select[Any], filters: Filters) -> Select[Any]:
    key = (Ticket.queue_rank, Ticket.queue_at, Ticket.id)
    backwards = filters.status == RESOLVED
    if place := PLACE.fullmatch(filters.after):
        rank, micros, id_ = map(int, place.groups())
        at = literal(EPOCH + timedelta(microseconds=micros), UtcDateTime())
        here = tuple_(literal(rank), at, literal(id_))
        query = query.where(tuple_(*key) < here if backwards else tuple_(*key) > here)
    return query.order_by(*(column.desc() if backwards else column for column in key))


def _place(ticket: Ticket, rank: int, at: datetime) -> str:
    return f"{rank}-{(at - EPOCH) // timedelta(microseconds=1)}-{ticket.id}"
