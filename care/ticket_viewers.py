"""Who looks at a ticket just now, and who writes there: so that two do not do the same thing."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import roles
from care.db import Core, now
from care.errors import UnknownTicketError
from care.models import Ticket, TicketViewer
from care.roles import Permission

HERE = timedelta(seconds=20)  # an open page says so every five seconds, a hidden one less often
TYPING = timedelta(seconds=8)
FORGOTTEN = timedelta(minutes=3)


@dataclass(frozen=True)
class Viewer:
    """A colleague at a ticket."""

    name: str
    typing: bool = False


def here(core: Core, number: str, by: str, *, typing: bool = False) -> Sequence[Viewer]:
    """Says that `by` has the ticket open; returns who else has."""
    at = now()
    with suppress(IntegrityError):  # another page of theirs said so this moment
        _renew(
            core, number, TicketViewer(username=by, seen_at=at, typing_at=at if typing else None)
        )
    with core.snapshot() as session:
        ticket_id = session.scalar(select(Ticket.id).where(Ticket.number == number)) or 0
        found = at_tickets(session, [ticket_id], at).get(ticket_id, ())
    return [viewer for viewer in found if viewer.name != by]


def _renew(core: Core, number: str, viewer: TicketViewer) -> None:
    with core.transaction(repeatable=True) as session:
        roles.check(session, viewer.username, Permission.QUEUE)
        ticket_id = session.scalar(select(Ticket.id).where(Ticket.number == number))
        if ticket_id is None:
            raise UnknownTicketError
        viewer.ticket_id = ticket_id
        session.merge(viewer)
        old = TicketViewer.seen_at < viewer.seen_at - FORGOTTEN
        session.execute(delete(TicketViewer).where(old))


def at_tickets(
    session: Session, ticket_ids: Collection[int], at: datetime
) -> Mapping[int, Sequence[Viewer]]:
    """Who is at each of these tickets, if anybody."""
    rows = session.scalars(
        select(TicketViewer)
        .where(TicketViewer.ticket_id.in_(ticket_ids), TicketViewer.seen_at > at - HERE)
        .order_by(TicketViewer.username)
    )
    found: dict[int, list[Viewer]] = {}
    for row in rows:
        typing = row.typing_at is not None and row.typing_at > at - TYPING
        found.setdefault(row.ticket_id, []).append(Viewer(row.username, typing))
    return found
