"""Which tickets are one person's: a keyed hash of each phone number, address or account they use.

Nothing is opened to find them, and the hashes go when the ticket's details go.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from care import addresses, privacy
from care.db import Core
from care.models import Conversation, Ticket, TicketContact
from care.settings import Settings

PURPOSE = "contact"  # not the hash of an address on a channel
EARLIER_LIMIT = 20


def digest(settings: Settings, contact: str) -> str:
    """Of a phone number or an e-mail address however it is written, or of a channel's own id."""
    found = privacy.find(contact)
    value = found[0].value.partition(";")[0] if found else contact.strip()
    return addresses.digest(settings, PURPOSE, value.lower())


def keep(core: Core, session: Session, ticket: Ticket, *told: str) -> None:
    """Stores what a person told, and where they write from, in place of what was stored before."""
    talk = session.get(Conversation, ticket.conversation_id) if ticket.conversation_id else None
    address = addresses.of_conversation(core, session, talk) if talk else None
    contacts = (*told, address.person if address else "")
    digests = {digest(core.settings, contact) for contact in contacts if contact}
    session.execute(delete(TicketContact).where(TicketContact.ticket_id == ticket.id))
    session.add_all(TicketContact(digest=each, ticket_id=ticket.id) for each in digests)


def reached_by(session: Session, settings: Settings, contact: str) -> Sequence[int]:
    """The ids of the tickets whose person is reached so."""
    wanted = TicketContact.digest == digest(settings, contact)
    return session.scalars(select(TicketContact.ticket_id).where(wanted)).all()


def of_same_person(session: Session, ticket: Ticket) -> Sequence[Ticket]:
    """Their other tickets, the newest first: of the same conversation, or reached the same way."""
    mine = select(TicketContact.digest).where(TicketContact.ticket_id == ticket.id)
    alike = select(TicketContact.ticket_id).where(TicketContact.digest.in_(mine))
    ids = set(session.scalars(alike))
    if ticket.conversation_id:
        talk = Ticket.conversation_id == ticket.conversation_id
        ids |= set(session.scalars(select(Ticket.id).where(talk)))
    others = select(Ticket).where(Ticket.id.in_(ids - {ticket.id}), Ticket.erased_at.is_(None))
    newest = others.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(EARLIER_LIMIT)
    return session.scalars(newest).all()
