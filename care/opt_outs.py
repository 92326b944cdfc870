"""Who wants no more messages on a channel: a ledger by keyed hash, which outlives the chat."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from care import addresses
from care.addresses import Address
from care.db import Core, now
from care.models import Consent, Conversation, Message, OptEvent, Ticket

OUT, IN = "out", "in"
TEXTS = "text_message"  # the purpose of the consent that an opt-out withdraws


def is_out(core: Core, session: Session, channel: str, person: str) -> bool:
    found = addresses.digest(core.settings, channel, person)
    newest = select(OptEvent.kind).where(OptEvent.channel == channel, OptEvent.digest == found)
    return session.scalar(newest.order_by(OptEvent.id.desc()).limit(1)) == OUT


def all_of(core: Core, session: Session, address: Address) -> Sequence[OptEvent]:
    """All that is on record of a person, the oldest first."""
    found = addresses.digest(core.settings, address.channel, address.person)
    mine = select(OptEvent).where(OptEvent.channel == address.channel, OptEvent.digest == found)
    return session.scalars(mine.order_by(OptEvent.id)).all()


def wants_none(core: Core, address: Address) -> bool:
    with core.snapshot() as session:
        return is_out(core, session, address.channel, address.person)


def wants_none_in(core: Core, session: Session, conversation: Conversation) -> bool:
    """The same of the person of a conversation; on the page nobody opts out."""
    address = addresses.of_conversation(core, session, conversation)
    return address is not None and is_out(core, session, address.channel, address.person)


def record(core: Core, session: Session, address: Address, kind: str, source: str) -> None:
    """Writes it down, unless it stands so already. Whoever opts out withdraws consent to texts."""
    if is_out(core, session, address.channel, address.person) == (kind == OUT):
        return
    found = addresses.digest(core.settings, address.channel, address.person)
    session.add(OptEvent(channel=address.channel, digest=found, kind=kind, source=source))
    session.flush()


def wants_again(core: Core, address: Address, message_id: str) -> None:
    """Where writing to us is to want answers: takes an opt-out back, but for a message that is
    known, as it may be the one that opted out.
    """
    if not wants_none(core, address):
        return
    known = select(Message.id).where(Message.external_id == message_id)
    with core.transaction() as session:
        if session.scalar(known.limit(1)) is None:
            record(core, session, address, IN, "visitor")


def record_for(
    core: Core, session: Session, conversation: Conversation, kind: str, source: str
) -> None:
    """The same for the person of a conversation, who takes back their consent with it."""
    address = addresses.of_conversation(core, session, conversation)
    if address is None:
        return
    record(core, session, address, kind, source)
    if kind == OUT:
        mine = select(Ticket.id).where(Ticket.conversation_id == conversation.id)
        session.execute(
            update(Consent)
            .where(
                Consent.ticket_id.in_(mine),
                Consent.purpose == TEXTS,
                Consent.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now())
        )


def agreed(session: Session, ticket_id: int) -> bool:
    """Is there a consent to texts that was not withdrawn?"""
    consent = select(Consent.id).where(
        Consent.ticket_id == ticket_id,
        Consent.purpose == TEXTS,
        Consent.withdrawn_at.is_(None),
    )
    return session.scalar(consent.limit(1)) is not None


def purge(session: Session, before: datetime) -> None:
    """What was overtaken goes after its time; who is out stays out."""
    later = aliased(OptEvent)
    overtaken = (
        select(later.id)
        .where(
            later.channel == OptEvent.channel,
            later.digest == OptEvent.digest,
            later.id > OptEvent.id,
        )
        .exists()
    )
    old = OptEvent.at < before
    session.execute(delete(OptEvent).where(old, overtaken | (OptEvent.kind == IN)))
