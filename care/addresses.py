"""Where people are on a channel such as text messages: sealed, and found by a keyed hash alone."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.db import Core, one_at_a_time
from care.models import ChannelAddress, Conversation
from care.settings import Settings


@dataclass(frozen=True)
class Address:
    """A person on a channel, and the address of ours that they write to."""

    channel: str
    person: str
    ours: str


def digest(settings: Settings, channel: str, person: str) -> str:
    """Tells a person's address again without holding it."""
    message = f"{channel}:{person}".encode()
    return hmac.new(settings.address_secret, message, hashlib.sha256).hexdigest()


def conversation(core: Core, address: Address) -> str:
    """The id of the open conversation with a person; begins one if there is none."""
    found = digest(core.settings, address.channel, address.person)
    with core.snapshot() as session:
        known = _known(session, address.channel, found)
        if known and (talk := _open(session, known)) and _opened(core, known) == address:
            return talk
    with core.transaction() as session:
        return within(core, session, address).id


def within(core: Core, session: Session, address: Address) -> Conversation:
    """The same in a transaction, for writing."""
    found = digest(core.settings, address.channel, address.person)
    talk = _begun(core, session, address, found)
    return session.get_one(Conversation, talk, with_for_update=True)


def of_conversation(core: Core, session: Session, conversation: Conversation) -> Address | None:
    """Where its person is; None on the web."""
    if conversation.address_id is None:
        return None
    row = session.get(ChannelAddress, conversation.address_id)
    return _opened(core, row) if row else None


def context(row: ChannelAddress) -> str:
    return f"address:{row.digest}"


def _known(session: Session, channel: str, found: str) -> ChannelAddress | None:
    return session.scalar(
        select(ChannelAddress).where(
            ChannelAddress.channel == channel, ChannelAddress.digest == found
        )
    )


def _open(session: Session, row: ChannelAddress) -> str | None:
    return session.scalar(
        select(Conversation.id).where(
            Conversation.address_id == row.id, Conversation.ended_at.is_(None)
        )
    )


def _begun(core: Core, session: Session, address: Address, found: str) -> str:
    one_at_a_time(session, int(found[:15], 16))  # two messages may come at once
    row = _known(session, address.channel, found)
    if row is None:
        row = ChannelAddress(channel=address.channel, digest=found, address=b"")
        session.add(row)
    if not row.address or _opened(core, row) != address:
        body = json.dumps({"person": address.person, "ours": address.ours}).encode()
        row.address = core.cipher.encrypt(body, context(row).encode())
    session.flush()
    if talk := _open(session, row):
        return talk
    begun = Conversation(id=secrets.token_hex(16), channel=address.channel, address_id=row.id)
    begun.last_seq = 0
    session.add(begun)
    session.flush()
    return begun.id


def _opened(core: Core, row: ChannelAddress) -> Address:
    body = json.loads(core.cipher.decrypt(row.address, context(row).encode()))
    return Address(row.channel, body["person"], body["ours"])
