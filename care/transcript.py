"""What is said in a conversation, and how a transcript keeps it: sealed, one row a message."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from care.db import Core
from care.errors import UnknownConversationError
from care.models import Conversation, Message

RECEIVED, ANSWERED, FAILED, SENT = "received", "answered", "failed", "sent"


@dataclass(frozen=True)
class Line:
    """One line to the visitor, ready to be shown."""

    text: str
    author: str = "guide"
    buttons: tuple[dict[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    response: str | None = None


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


@dataclass(frozen=True)
class Inbound:
    """One message of the visitor; `external_id` is the sender's own and makes it unique."""

    external_id: str
    text: str
    button: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A message that waits for its answer, and where its conversation stands."""

    said: Said
    channel: str
    expects: str | None
    crisis: str | None
    last_response: str | None


@dataclass(frozen=True)
class Outcome:
    """What a turn leaves behind: lines, the form slot they ask for, a crisis that was seen."""

    lines: Sequence[Line] = ()
    expects: str | None = None
    crisis: str | None = None


def add_line(core: Core, session: Session, conversation_id: str, line: Line) -> int:
    """Stores one line to the visitor; returns its place."""
    message = Message(conversation_id=conversation_id, author=line.author, state=SENT)
    body = {
        "text": line.text,
        "buttons": list(line.buttons),
        "sources": list(line.sources),
        "response": line.response,
    }
    return add(core, session, message, body)


def add(core: Core, session: Session, message: Message, body: Mapping[str, object]) -> int:
    """Seals and stores a message at the conversation's next place, which it returns."""
    seq = session.scalar(
        update(Conversation)
        .where(Conversation.id == message.conversation_id)
        .values(last_seq=Conversation.last_seq + 1)
        .returning(Conversation.last_seq)
    )
    if seq is None:
        raise UnknownConversationError
    message.seq = int(seq)
    message.body = core.cipher.encrypt(json.dumps(body).encode(), _context(message.conversation_id))
    session.add(message)
    session.flush()
    return message.seq


def opened(core: Core, row: Message) -> Said:
    """A stored message, unsealed."""
    body = json.loads(core.cipher.decrypt(row.body, _context(row.conversation_id)))
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
    )


def _context(conversation_id: str) -> bytes:
    return f"message:{conversation_id}".encode()
