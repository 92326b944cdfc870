"""Conversations: started, written to, answered. Stored before acknowledged, answered once."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from care import tickets
from care.db import Core, now
from care.errors import UnknownConversationError
from care.models import Conversation, Message
from care.transcript import (
    ANSWERED,
    FAILED,
    RECEIVED,
    Inbound,
    Line,
    Outcome,
    Said,
    Waiting,
    add,
    add_line,
    opened,
)


def start(core: Core, channel: str, greeting: Iterable[Line] = ()) -> str:
    """A new conversation with its first lines. Returns its id, 128 random bits in hex."""
    conversation_id = secrets.token_hex(16)
    with core.transaction() as session:
        session.add(Conversation(id=conversation_id, channel=channel))
        session.flush()
        for line in greeting:
            add_line(core, session, conversation_id, line)
    return conversation_id


def receive(
    core: Core, conversation_id: str, inbound: Inbound, outcome: Outcome | None = None
) -> tuple[int, bool]:
    """Stores one message of the visitor; with `outcome` it is answered in the same stroke.

    Returns its place in the conversation and whether it is new: the same `external_id` again
    stores nothing.
    """
    with core.transaction() as session:
        conversation = _open_conversation(session, conversation_id)
        known = session.scalar(
            select(Message.seq).where(
                Message.conversation_id == conversation_id,
                Message.external_id == inbound.external_id,
            )
        )
        if known is not None:
            return known, False
        message = Message(
            conversation_id=conversation_id,
            author="visitor",
            state=RECEIVED if outcome is None else ANSWERED,
            external_id=inbound.external_id,
        )
        seq = add(core, session, message, {"text": inbound.text, "button": inbound.button})
        conversation.active_at = now()
        if outcome is not None:
            _conclude(core, session, conversation, outcome)
        return seq, True


def answer(core: Core, conversation_id: str, seq: int, outcome: Outcome) -> bool:
    """Stores the answer to the visitor's message `seq`; False if it had one already.

    A message that was deleted meanwhile, by the visitor's own wish, is answered too. An answer
    that is lost is given again, since its message is still unanswered.
    """
    with core.transaction(repeatable=True) as session:
        conversation = _open_conversation(session, conversation_id)
        if not _move(session, conversation_id, seq, ANSWERED) and _exists(
            session, conversation_id, seq
        ):
            return False
        _conclude(core, session, conversation, outcome)
        return True


def give_up(core: Core, conversation_id: str, seq: int) -> None:
    """Stops trying to answer message `seq`; it stays in the transcript."""
    with core.transaction() as session:
        _move(session, conversation_id, seq, FAILED)


def say(core: Core, conversation_id: str, line: Line) -> None:
    """Stores one line that answers nothing, such as word of a breakdown."""
    with core.transaction() as session:
        _open_conversation(session, conversation_id)
        add_line(core, session, conversation_id, line)


def history(core: Core, conversation_id: str, after: int = 0) -> list[Said]:
    """All messages beyond place `after`, in order; of an ended conversation too."""
    with core.snapshot() as session:
        return _said(core, session, conversation_id, after)


def news(core: Core, conversation_id: str, after: int) -> list[Said]:
    """The same for the visitor, as long as the conversation goes on."""
    with core.snapshot() as session:
        _open_conversation(session, conversation_id)
        return _said(core, session, conversation_id, after)


def _said(core: Core, session: Session, conversation_id: str, after: int) -> list[Said]:
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > after)
        .order_by(Message.seq)
    ).all()
    return [opened(core, row) for row in rows]


def next_unanswered(core: Core, conversation_id: str) -> Waiting | None:
    """The oldest message of the visitor that has no answer yet."""
    with core.snapshot() as session:
        conversation = _open_conversation(session, conversation_id)
        row = session.scalar(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.state == RECEIVED)
            .order_by(Message.seq)
            .limit(1)
        )
        if row is None:
            return None
        last = session.scalar(
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.author == "guide",
                Message.seq < row.seq,
            )
            .order_by(Message.seq.desc())
            .limit(1)
        )
        return Waiting(
            said=opened(core, row),
            channel=conversation.channel,
            expects=conversation.expects,
            crisis=conversation.crisis,
            last_response=opened(core, last).response if last else None,
        )


def unanswered(core: Core) -> list[str]:
    """The conversations in which somebody waits for an answer; asked after a restart."""
    with core.snapshot() as session:
        rows = session.scalars(
            select(Message.conversation_id)
            .join(Conversation)
            .where(Message.state == RECEIVED, Conversation.ended_at.is_(None))
            .distinct()
        )
        return list(rows)


def get(core: Core, conversation_id: str) -> Conversation:
    with core.snapshot() as session:
        return _open_conversation(session, conversation_id)


def end(core: Core, conversation_id: str) -> None:
    """The visitor leaves for good: no message goes in or out any more."""
    with core.transaction() as session:
        _open_conversation(session, conversation_id).ended_at = now()


def _open_conversation(session: Session, conversation_id: str) -> Conversation:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.ended_at is not None:
        raise UnknownConversationError
    return conversation


def _conclude(core: Core, session: Session, conversation: Conversation, outcome: Outcome) -> None:
    conversation.expects = outcome.expects
    if outcome.crisis is not None:
        conversation.crisis = outcome.crisis
        tickets.open_urgent(core, session, conversation.id, outcome.crisis)
    for line in outcome.lines:
        add_line(core, session, conversation.id, line)


def _move(session: Session, conversation_id: str, seq: int, state: str) -> bool:
    moved = session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq == seq,
            Message.state == RECEIVED,
        )
        .values(state=state)
        .returning(Message.id)
    )
    return moved.first() is not None


def _exists(session: Session, conversation_id: str, seq: int) -> bool:
    mine = Message.conversation_id == conversation_id
    return session.scalar(select(Message.id).where(mine, Message.seq == seq)) is not None
