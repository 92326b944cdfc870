"""Requests to delete somebody's data that come from a provider, for a person on its channel.

Each has a code that shows its state to whoever holds it. Whom it is about is sealed, and gone as
soon as it is done.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from care import addresses, retention
from care.db import Core, now
from care.models import ChannelAddress, Conversation, DeletionRequest

PENDING, DONE = "pending", "done"
MOST = 20


@dataclass(frozen=True)
class Request:
    """One that waits; `person` is the id that the provider gave."""

    id: int
    person: str


def ask(core: Core, channel: str, person: str) -> tuple[str, Request]:
    """Stores one; returns its code."""
    code = secrets.token_hex(16)
    row = DeletionRequest(code=code, channel=channel)
    row.person = core.cipher.encrypt(person.encode(), context(row).encode())
    with core.transaction() as session:
        session.add(row)
        session.flush()
        return code, Request(row.id, person)


def state(core: Core, code: str) -> str | None:
    with core.snapshot() as session:
        row = session.scalar(select(DeletionRequest).where(DeletionRequest.code == code))
        return None if row is None else PENDING if row.done_at is None else DONE


def waiting(core: Core, channel: str) -> list[Request]:
    with core.snapshot() as session:
        rows = session.scalars(
            select(DeletionRequest)
            .where(DeletionRequest.done_at.is_(None), DeletionRequest.channel == channel)
            .order_by(DeletionRequest.id)
            .limit(MOST)
        )
        return [Request(row.id, _opened(core, row)) for row in rows]


def erase(core: Core, channel: str, person: str) -> list[str]:
    """All that "delete my data" deletes, and the address with it; returns the conversations."""
    found = addresses.digest(core.settings, channel, person)
    with core.snapshot() as session:
        ids = list(
            session.scalars(
                select(Conversation.id)
                .join(ChannelAddress, ChannelAddress.id == Conversation.address_id)
                .where(ChannelAddress.channel == channel, ChannelAddress.digest == found)
            )
        )
    for conversation_id in ids:
        retention.forget(core, conversation_id)
    with core.transaction() as session:
        ended = {"ended_at": now(), "address_id": None}
        session.execute(update(Conversation).where(Conversation.id.in_(ids)).values(ended))
        _delete_address(session, channel, found)
    return ids


def done(core: Core, request: Request, at: datetime) -> None:
    """Whom it was about is forgotten; that it was done is kept for a while."""
    with core.transaction() as session:
        session.execute(
            update(DeletionRequest)
            .where(DeletionRequest.id == request.id)
            .values(done_at=at, person=b"")
        )


def context(row: DeletionRequest) -> str:
    return f"deletion:{row.code}"


def _opened(core: Core, row: DeletionRequest) -> str:
    return core.cipher.decrypt(row.person, context(row).encode()).decode()


def _delete_address(session: Session, channel: str, found: str) -> None:
    """Unless somebody wrote from it this very moment."""
    used = select(Conversation.address_id).where(Conversation.address_id.is_not(None))
    session.execute(
        delete(ChannelAddress).where(
            ChannelAddress.channel == channel,
            ChannelAddress.digest == found,
            ChannelAddress.id.not_in(used),
        )
    )
