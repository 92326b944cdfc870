"""Every change of a ticket: a row of its own and an entry of the audit log, stored with it."""

from sqlalchemy.orm import Session

from care import audit
from care.models import Ticket, TicketEvent


def record(session: Session, ticket: Ticket, kind: str, by: str, detail: str | None = None) -> None:
    """Call it last in the transaction: the audit log is written one at a time."""
    session.add(TicketEvent(ticket_id=ticket.id, kind=kind, by=by, detail=detail))
    audit.append(session, by, f"ticket.{kind}", ticket.number, detail or "")
