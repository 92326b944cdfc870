"""Key rotation: opens every sealed value with its old key and seals it with the current one."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from care import addresses, deletion_requests, learning, second_factor, ticket_notes, trackers
from care.cipher import key_id_of
from care.db import Core
from care.models import (
    ChannelAddress,
    DeletionRequest,
    Message,
    PrivateValue,
    StaffExample,
    StaffUser,
    Ticket,
    TicketNote,
)

BATCH = 500

SEALED: tuple[tuple[type[Any], str, Callable[[Any], str]], ...] = (
    (Message, "body", lambda row: f"message:{row.conversation_id}"),
    (PrivateValue, "value", lambda row: f"private:{row.conversation_id}"),
    (StaffUser, "totp_secret", second_factor.context),
    (Ticket, "details", lambda row: f"ticket:{row.number}"),
    (TicketNote, "body", lambda row: ticket_notes.context(row.ticket_id)),
    (ChannelAddress, "address", addresses.context),
    (DeletionRequest, "person", deletion_requests.context),
    (StaffExample, "text", learning.context),
)


def rotate(core: Core) -> int:
    """Renews what an older key sealed, in short transactions; rows stay readable throughout."""
    return sum(_rotate_table(core, model, name, context) for model, name, context in SEALED)


def rotate_trackers(core: Core) -> int:
    """The same for the assistant's own store."""
    return trackers.rotate(core, lambda sealed, sender_id: _renew(core, sealed, sender_id))


def _rotate_table(core: Core, model: type[Any], name: str, context: Callable[[Any], str]) -> int:
    renewed, after = 0, 0
    while True:
        with core.transaction() as session:
            rows = session.scalars(
                select(model)
                .where(model.id > after, getattr(model, name).is_not(None))
                .order_by(model.id)
                .limit(BATCH)
                .with_for_update()
            ).all()
            if not rows:
                return renewed
            for row in rows:
                after, sealed = row.id, getattr(row, name)
                if sealed and key_id_of(sealed) != core.cipher.current:
                    setattr(row, name, _renew(core, sealed, context(row)))
                    renewed += 1


def _renew(core: Core, sealed: bytes, context: str) -> bytes:
    return core.cipher.encrypt(core.cipher.decrypt(sealed, context.encode()), context.encode())
