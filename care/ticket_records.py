"""What belongs to a ticket beside its details: it goes when they go."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from care.models import TicketContact, TicketLabel, TicketNote, TicketViewer

BELONGING = (TicketNote, TicketLabel, TicketContact, TicketViewer)


def delete_of(session: Session, ticket_ids: Collection[int]) -> None:
    for model in BELONGING:
        session.execute(delete(model).where(model.ticket_id.in_(ticket_ids)))
