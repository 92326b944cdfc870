"""Puts what is said to a person who has an address into the queue, in the line's transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from care.db import now
from care.models import Conversation, Delivery, Message

QUEUED = "queued"
REPLY, DANGER, RECEIPT, STARTED, GIVEN = "reply", "danger", "receipt", "started", "given"
# What waits for the same person goes out in this order, and by age within it.
RANKS = {DANGER: 0, RECEIPT: 1, REPLY: 1, STARTED: 2}


@dataclass(frozen=True)
class Order:
    """How a line is to be delivered. `ticket_id`: whose consent a text that we start goes by."""

    purpose: str
    not_before: datetime | None = None
    ticket_id: int | None = None


AS_REPLY, AS_DANGER, AS_RECEIPT, AS_GIVEN = map(Order, (REPLY, DANGER, RECEIPT, GIVEN))


def queue(session: Session, conversation: Conversation, message: Message, order: Order) -> None:
    """Nothing for a conversation without an address, nor for what was given out already."""
    if conversation.address_id is None or order.purpose == GIVEN:
        return
    session.flush()
    session.add(
        Delivery(
            conversation_id=conversation.id,
            message_id=message.id,
            channel=conversation.channel,
            purpose=order.purpose,
            rank=RANKS[order.purpose],
            ticket_id=order.ticket_id,
            state=QUEUED,
            next_try_at=order.not_before or now(),
        )
    )
