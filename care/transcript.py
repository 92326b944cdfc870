"""What is said in a conversation, and how a transcript keeps it: sealed, one row a message."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from care import outbox, ownership, wording
from care.db import Core, now
from care.errors import StaffOwnsError
from care.models import Conversation, Message, Ticket

RECEIVED, ANSWERED, FAILED, SENT = "received", "answered", "failed", "sent"
SPANISH = "es"
WITH_STAFF = "with_staff"  # a message that a person answers


@dataclass(frozen=True)
class Line:
    """One line to the visitor, ready to be shown.

    `name` and `role` are those of a member of staff; `owner` says who answers from here on. `key`
    is the writer's own and makes a line unique. `order` is how it is delivered.
    """

    text: str
    author: str = "guide"
    buttons: tuple[dict[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    response: str | None = None
    name: str | None = None
    role: str | None = None
    owner: str | None = None
    key: str | None = None
    order: outbox.Order = outbox.AS_REPLY


@dataclass(frozen=True)
class Said:
    """One stored message, opened."""

    seq: int
    author: str
    text: str
    at: datetime
    state: str
    external_id: str | None = None
    button: str | None = None
    buttons: tuple[dict[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    response: str | None = None
    name: str | None = None
    role: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Inbound:
    """One message of the visitor; `external_id` is the sender's own and makes it unique."""

    external_id: str
    text: str
    button: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A message that waits for its answer, and where its conversation stands.

    `topic` is the label of the last topic answered, such as `faq/iop_cost`. `quiet` is how long
    nothing was said before it. `spoken` names the guide's texts so far, oldest first; it is looked
    up in a crisis only. `request` is how the last call-back request stands: `open`, `over` or none.
    """

    said: Said
    channel: str
    expects: str | None
    topic: str | None
    crisis: str | None
    quiet: timedelta
    owner: str = ownership.GUIDE
    spoken: tuple[str, ...] = ()
    request: str | None = None


@dataclass(frozen=True)
class Pick:
    """The label that somebody picked of those offered when message `seq` was not understood."""

    seq: int
    offered: tuple[str, ...]
    picked: str


@dataclass(frozen=True)
class Outcome:
    """What a turn leaves behind: lines, the form slot they ask for, a crisis that was seen.

    Without a `topic` the conversation stays with the one it had. `wants_person`: the lines promise
    that a person is asked to join. `opt` is `out` if the person wants no more messages, `in` if
    they want them again. `aside`: what was asked before is still asked. `beside_staff`: it stands
    though a person has the conversation.
    """

    lines: Sequence[Line] = ()
    expects: str | None = None
    topic: str | None = None
    crisis: str | None = None
    pick: Pick | None = None
    wants_person: bool = False
    opt: str | None = None
    aside: bool = False
    beside_staff: bool = False


def add_line(
    core: Core,
    session: Session,
    conversation: Conversation,
    line: Line,
    *,
    in_danger: bool = False,
) -> Said:
    """Stores one line to the visitor, and its delivery where they are not at a page.

    Whoever says it on whatever channel, it passes here. The conversation is locked. While staff own
    it a line of the guide raises StaffOwnsError, but for the reply to a danger and a receipt.
    """
    allowed = in_danger or line.order == outbox.AS_RECEIPT
    if conversation.owner == ownership.STAFF and line.author == "guide" and not allowed:
        raise StaffOwnsError
    message = Message(
        conversation_id=conversation.id, author=line.author, state=SENT, external_id=line.key
    )
    body = {
        "text": line.text,
        "buttons": list(line.buttons),
        "sources": list(line.sources),
        "response": line.response,
    }
    more = {"name": line.name, "role": line.role, "owner": line.owner}
    body |= {key: value for key, value in more.items() if value}
    said = add(core, session, conversation, message, body)
    if wording.is_spanish(line.response) and conversation.language != SPANISH:
        _note_spanish(session, conversation)
    outbox.queue(session, conversation, message, line.order)
    return said


def _note_spanish(session: Session, conversation: Conversation) -> None:
    """Whoever takes one of its tickets should speak it."""
    conversation.language = SPANISH
    session.execute(
        update(Ticket).where(Ticket.conversation_id == conversation.id).values(language=SPANISH)
    )


def add_inbound(
    core: Core, session: Session, conversation: Conversation, inbound: Inbound, state: str
) -> Said:
    """Stores one message of the visitor."""
    message = Message(
        conversation_id=conversation.id,
        author="visitor",
        state=state,
        external_id=inbound.external_id,
    )
    body = {"text": inbound.text, "button": inbound.button}
    said = add(core, session, conversation, message, body)
    conversation.active_at = said.at
    return said


def add(
    core: Core,
    session: Session,
    conversation: Conversation,
    message: Message,
    body: Mapping[str, Any],
) -> Said:
    """Seals and stores a message at the next place of a conversation that is locked for it."""
    conversation.last_seq += 1
    message.seq, message.created_at = conversation.last_seq, now()
    message.body = core.cipher.encrypt(json.dumps(body).encode(), _context(conversation.id))
    session.add(message)
    return _said(message, body)


def opened(core: Core, row: Message) -> Said:
    """A stored message, unsealed."""
    return _said(row, json.loads(core.cipher.decrypt(row.body, _context(row.conversation_id))))


def reword(core: Core, row: Message, text: str) -> None:
    """Puts another text in place of what was said; all else stays."""
    body = json.loads(core.cipher.decrypt(row.body, _context(row.conversation_id)))
    sealed = json.dumps({**body, "text": text}).encode()
    row.body = core.cipher.encrypt(sealed, _context(row.conversation_id))


def _said(row: Message, body: Mapping[str, Any]) -> Said:
    return Said(
        seq=row.seq,
        author=row.author,
        text=body["text"],
        at=row.created_at,
        state=row.state,
        external_id=row.external_id,
        button=body.get("button"),
        buttons=tuple(body.get("buttons") or ()),
        sources=tuple(body.get("sources") or ()),
        response=body.get("response"),
        name=body.get("name"),
        role=body.get("role"),
        owner=body.get("owner"),
    )


def _context(conversation_id: str) -> bytes:
    return f"message:{conversation_id}".encode()
