"""Tickets that were made up to show the desk: how they are told from real ones.

The mark is a label outside the fixed list, so that nobody at the desk can set it or take it off.
It keeps a ticket out of alerts and of the daily counts.
"""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from care.models import Ticket, TicketLabel

LABEL = "demo"


def mark(session: Session, ticket: Ticket) -> None:
    session.add(TicketLabel(name=LABEL, ticket_id=ticket.id))


def is_marked(session: Session, ticket: Ticket) -> bool:
    return session.get(TicketLabel, (LABEL, ticket.id)) is not None


def ids() -> Select[int]:
    """The ids of all such tickets."""
    return select(TicketLabel.ticket_id).where(TicketLabel.name == LABEL)


def talks() -> Select[str | None]:
    """The ids of the conversations they came from."""
    named = Ticket.conversation_id.is_not(None)
    return select(Ticket.conversation_id).where(named, Ticket.id.in_(ids()))
