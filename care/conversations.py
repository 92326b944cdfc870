"""Conversations: started, written to, answered. Stored before acknowledged, answered once."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from care import feedback, live_chat, misunderstood, opt_outs, requests, tickets
from care.db import Core, now
from care.errors import UnknownConversationError
from care.models import Conversation, Message
from care.ownership import CLOSED, GUIDE, STAFF, asks_for_guide
from care.transcript import (
    ANSWERED,
    FAILED,
    RECEIVED,
    WITH_STAFF,
    Inbound,
    Line,
    Outcome,
    Said,
    Waiting,
    add_inbound,
    add_line,
    opened,
)

SPOKEN_LIMIT = 100

# Makes the answer to a message from the names of the guide's texts before it.
AtOnce = Callable[[tuple[str, ...]], Outcome]


@dataclass(frozen=True)
class Received:
    """What became of an inbound message: its place, and what it added to the transcript.

    `said` is empty if the same `external_id` was stored before. `waiting` is the message itself
    when it is the next to be answered. `left_person`: the guide answers again from here on.
    `ended`: it was answered at once, and no question stays.
    """

    seq: int
    said: Sequence[Said] = ()
    waiting: Waiting | None = None
    left_person: bool = False
    ended: bool = False


def start(core: Core, channel: str, greeting: Iterable[Line] = ()) -> tuple[str, list[Said]]:
    """A new conversation with its first lines. Returns its id, 128 random bits in hex."""
    conversation = Conversation(id=secrets.token_hex(16), channel=channel, last_seq=0)
    with core.transaction() as session:
        session.add(conversation)
        session.flush()
        said = [add_line(core, session, conversation, line) for line in greeting]
    return conversation.id, said


def receive(
    core: Core, conversation_id: str, inbound: Inbound, at_once: AtOnce | None = None
) -> Received:
    """Stores one message of the visitor; with `at_once` it is answered in the same stroke."""
    with core.transaction() as session:
        conversation = locked(session, conversation_id)
        if (known := _stored_as(session, conversation_id, inbound.external_id)) is not None:
            return Received(known)
        if conversation.owner == CLOSED:  # the closing line said that the guide answers then
            conversation.owner = GUIDE
        leaves = not at_once and asks_for_guide(conversation.owner, inbound.text, inbound.button)
        state = ANSWERED if at_once or leaves else RECEIVED
        said = add_inbound(core, session, conversation, inbound, state)
        if at_once is not None:
            outcome = at_once(_spoken(core, session, conversation, said.seq))
            lines = _conclude(core, session, conversation, outcome)
            return Received(said.seq, [said, *lines], ended=not outcome.aside)
        if leaves:
            left = conversation.owner == STAFF
            back = live_chat.back_to_guide(core, session, conversation)
            return Received(said.seq, [said, *back], left_person=left)
        session.flush()
        older = _oldest_unanswered(session, conversation_id) != said.seq
        waiting = None if older else _waiting(core, session, conversation, said)
        return Received(said.seq, [said], waiting)


def _stored_as(session: Session, conversation_id: str, external_id: str) -> int | None:
    """The place of the message that the sender gave this id, if it came before."""
    mine = Message.conversation_id == conversation_id
    return session.scalar(select(Message.seq).where(mine, Message.external_id == external_id))


def answer(core: Core, conversation_id: str, seq: int, outcome: Outcome) -> list[Said]:
    """Stores the answer to the visitor's message `seq`; nothing if it had one already.

    A message that was deleted meanwhile, by the visitor's own wish, is answered too. An answer
    that is lost is given again, since its message is still unanswered. If a person has taken the
    conversation over, an answer is dropped unless it is the reply to a danger or meant to stand.
    """
    with core.transaction(repeatable=True) as session:
        conversation = locked(session, conversation_id)
        stands = outcome.crisis is not None or outcome.beside_staff
        dropped = conversation.owner == STAFF and not stands
        state = WITH_STAFF if dropped else ANSWERED
        moved = _move(session, conversation_id, seq, state)
        if dropped or (not moved and _exists(session, conversation_id, seq)):
            return []
        if moved:
            misunderstood.note(session, conversation_id, seq, outcome.lines)
        return _conclude(core, session, conversation, outcome)


def give_up(core: Core, conversation_id: str, seq: int, line: Line) -> list[Said]:
    """Stops trying to answer message `seq`, and says so; it stays in the transcript."""
    with core.transaction() as session:
        conversation = locked(session, conversation_id)
        moved = _move(session, conversation_id, seq, FAILED)
        if not moved or conversation.owner == STAFF:
            return []
        return [add_line(core, session, conversation, line)]


def say(core: Core, conversation_id: str, line: Line) -> list[Said]:
    """Stores a line of the guide's that answers nothing, such as word of a breakdown.

    Nothing while a person has the conversation.
    """
    with core.transaction() as session:
        conversation = locked(session, conversation_id)
        if conversation.owner == STAFF:
            return []
        return [add_line(core, session, conversation, line)]


def history(core: Core, conversation_id: str, after: int = 0) -> list[Said]:
    """All messages beyond place `after`, in order; of an ended conversation too."""
    with core.snapshot() as session:
        return _said(core, session, conversation_id, after)


def lately(core: Core, conversation_id: str, within: timedelta, most: int) -> list[str]:
    """What the visitor wrote there within that time, oldest first; the last `most` of it."""
    with core.snapshot() as session:
        rows = session.scalars(
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.author == "visitor",
                Message.created_at > now() - within,
            )
            .order_by(Message.seq.desc())
            .limit(most)
        ).all()
    return [opened(core, row).text for row in reversed(rows)]


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
        seq = _oldest_unanswered(session, conversation_id)
        if seq is None:
            return None
        mine = Message.conversation_id == conversation_id
        row = session.scalars(select(Message).where(mine, Message.seq == seq)).one()
        return _waiting(core, session, conversation, opened(core, row))


def _oldest_unanswered(session: Session, conversation_id: str) -> int | None:
    mine = Message.conversation_id == conversation_id
    return session.scalar(select(func.min(Message.seq)).where(mine, Message.state == RECEIVED))


def _waiting(core: Core, session: Session, conversation: Conversation, said: Said) -> Waiting:
    return Waiting(
        said=said,
        channel=conversation.channel,
        expects=conversation.expects,
        topic=conversation.topic,
        crisis=conversation.crisis,
        quiet=_quiet(session, conversation, said),
        owner=conversation.owner,
        spoken=_spoken(core, session, conversation, said.seq),
        request=requests.standing(session, conversation.id),
    )


def _quiet(session: Session, conversation: Conversation, said: Said) -> timedelta:
    """How long nothing was said before a message; the transcript itself is the only state."""
    last = session.scalar(
        select(Message.created_at)
        .where(Message.conversation_id == conversation.id, Message.seq < said.seq)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return said.at - (last or conversation.created_at)


def _spoken(core: Core, session: Session, conversation: Conversation, seq: int) -> tuple[str, ...]:
    """In a crisis: the names of the guide's texts before message `seq`, oldest first."""
    if conversation.crisis is None:
        return ()
    rows = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == "guide",
            Message.seq < seq,
        )
        .order_by(Message.seq.desc())
        .limit(SPOKEN_LIMIT)
    )
    return tuple(opened(core, row).response or "" for row in rows)[::-1]


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
        conversation = locked(session, conversation_id)
        conversation.ended_at = now()
        live_chat.visitor_left(session, conversation)


def locked(session: Session, conversation_id: str) -> Conversation:
    """For writing: what one conversation gets is stored one after the other."""
    return _open_conversation(session, conversation_id, lock=True)


def _open_conversation(session: Session, conversation_id: str, lock: bool = False) -> Conversation:
    conversation = session.get(Conversation, conversation_id, with_for_update=lock)
    if conversation is None or conversation.ended_at is not None:
        raise UnknownConversationError
    return conversation


def _conclude(
    core: Core, session: Session, conversation: Conversation, outcome: Outcome
) -> list[Said]:
    if not outcome.aside:
        conversation.expects = outcome.expects
    conversation.topic = outcome.topic or conversation.topic
    if outcome.crisis is not None:
        conversation.crisis = outcome.crisis
        tickets.open_urgent(core, session, conversation.id, outcome.crisis)
    if outcome.opt is not None:
        opt_outs.record_for(core, session, conversation, outcome.opt, "visitor")
    # If what was not understood is deleted meanwhile, nothing of it is kept.
    if outcome.pick is not None and _exists(session, conversation.id, outcome.pick.seq):
        feedback.keep(session, conversation.id, outcome.pick)
    danger = outcome.crisis is not None
    said = [add_line(core, session, conversation, line, in_danger=danger) for line in outcome.lines]
    if outcome.wants_person:
        live_chat.ask(core, session, conversation)
    return said


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
