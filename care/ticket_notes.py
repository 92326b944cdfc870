"""What staff write on a ticket for each other: private notes, sealed, and labels from a fixed list.

Neither is ever shown to the visitor. A note is not altered; it goes with the ticket's details.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import roles, ticket_steps, wording
from care.db import Core
from care.errors import InvalidStepError
from care.models import Ticket, TicketLabel, TicketNote
from care.roles import Permission
from care.ticket_events import record

LIMIT = 4000
LABELS = wording.DATA / "desk" / "labels.yml"


@dataclass(frozen=True)
class Note:
    """One note, opened."""

    by: str
    at: datetime
    text: str


def add(core: Core, number: str, by: str, text: str) -> None:
    """Stores a note in any state of the ticket, but for one that was erased."""
    words = text.replace("\r\n", "\n").strip()
    if not words or "\x00" in words:
        raise InvalidStepError("Please write something first.")
    if len(words) > LIMIT:
        raise InvalidStepError(f"A note may have {LIMIT} characters; this has {len(words)}.")
    with core.transaction() as session:
        ticket = _for_writing(session, number, by)
        body = core.cipher.encrypt(words.encode(), context(ticket.id).encode())
        session.add(TicketNote(ticket_id=ticket.id, by=by, body=body))
        record(session, ticket, "noted", by)


def of_ticket(core: Core, session: Session, ticket: Ticket) -> Sequence[Note]:
    mine = select(TicketNote).where(TicketNote.ticket_id == ticket.id).order_by(TicketNote.id)
    return [
        Note(row.by, row.at, core.cipher.decrypt(row.body, context(ticket.id).encode()).decode())
        for row in session.scalars(mine)
    ]


def context(ticket_id: int) -> str:
    return f"note:{ticket_id}"


def set_label(core: Core, number: str, by: str, name: str, *, on: bool) -> None:
    """Puts a label on a ticket or takes it off; twice is once."""
    if name not in labels():
        raise InvalidStepError("There is no such label.")
    with core.transaction() as session:
        ticket = _for_writing(session, number, by)
        row = session.get(TicketLabel, (name, ticket.id))
        if on == (row is not None):
            return
        if row is None:
            session.add(TicketLabel(name=name, ticket_id=ticket.id))
        else:
            session.delete(row)
        record(session, ticket, "labelled" if on else "unlabelled", by, name)


def labels_of(session: Session, ticket_ids: Collection[int]) -> dict[int, list[str]]:
    """The labels of each of these tickets that has any."""
    rows = session.scalars(
        select(TicketLabel).where(TicketLabel.ticket_id.in_(ticket_ids)).order_by(TicketLabel.name)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row.name)
    return found


@cache
def labels() -> Mapping[str, str]:
    """What each label is called. They say what to do, never what a person told."""
    rows: dict[str, Any] = wording.load_yaml(LABELS)
    return {name: str(title) for name, title in rows["labels"].items()}


def _for_writing(session: Session, number: str, by: str) -> Ticket:
    roles.check(session, by, Permission.WORK)
    ticket = ticket_steps.locked(session, number)
    if ticket.erased_at is not None:
        raise InvalidStepError("This ticket's details are deleted: nothing can be added.")
    return ticket
