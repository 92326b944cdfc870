"""Messages that the guide may have to learn from: places in a conversation, never a word.

They are kept as long as their conversation's words. `care.learning` is how staff work on them.
"""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from care import audit, roles
from care.db import Core
from care.errors import InvalidStepError, UnknownTicketError
from care.models import Conversation, Message, Misunderstanding, Ticket
from care.roles import Permission
from care.transcript import Line, Said, opened

NOT_HELPFUL, MARKED = "not_helpful", "marked"
BY_THE_GUIDE = {  # what it says when it does not know
    "utter_unsure": "unsure",
    "utter_unsure_twice": "unanswered",
    "utter_no_answer": "unanswered",
    "utter_out_of_scope": "out_of_scope",
}
REASONS = (*dict.fromkeys(BY_THE_GUIDE.values()), NOT_HELPFUL, MARKED)


def note(session: Session, conversation_id: str, seq: int, lines: Iterable[Line]) -> None:
    """Notes message `seq` if these lines, its answer, say that it was not understood."""
    for line in lines:
        if reason := BY_THE_GUIDE.get(line.response or ""):
            return _add(session, (conversation_id, seq), reason, line.response)


def rated(
    core: Core, session: Session, conversation_id: str, answer: tuple[int, str], helpful: bool
) -> None:
    """Notes the typed message before an answer that did not help, or takes that back.

    `answer` is its place and the name of its text; the conversation is locked.
    """
    asked = _before(core, session, conversation_id, answer[0])
    if asked is None or asked.button:
        return
    if not helpful:
        return _add(session, (conversation_id, asked.seq), NOT_HELPFUL, answer[1])
    mine = Misunderstanding.conversation_id == conversation_id
    open_still = Misunderstanding.settled_at.is_(None)
    session.execute(
        delete(Misunderstanding).where(
            mine,
            open_still,
            Misunderstanding.seq == asked.seq,
            Misunderstanding.reason == NOT_HELPFUL,
        )
    )


def mark(core: Core, number: str, by: str, seq: int) -> None:
    """Staff saw in a ticket's conversation that the guide took a message for another."""
    with core.transaction() as session:
        roles.check(session, by, Permission.WORK)
        ticket = session.scalar(select(Ticket).where(Ticket.number == number))
        if ticket is None:
            raise UnknownTicketError
        if ticket.conversation_id is None:
            raise InvalidStepError("The conversation is not kept any more.")
        session.get(Conversation, ticket.conversation_id, with_for_update=True)
        message = _at(session, ticket.conversation_id, seq)
        if message is None or message.author != "visitor":
            raise InvalidStepError("There is no message of the visitor's at this place.")
        answered = _answer_after(core, session, ticket.conversation_id, seq)
        _add(session, (ticket.conversation_id, seq), MARKED, answered, again=True)
        audit.append(session, by, "message.marked", number)


def places(session: Session, conversation_id: str) -> set[int]:
    """What is noted in one conversation, settled or not."""
    mine = Misunderstanding.conversation_id == conversation_id
    return set(session.scalars(select(Misunderstanding.seq).where(mine)))


def _add(
    session: Session, place: tuple[str, int], reason: str, answered: str | None, again: bool = False
) -> None:
    """Once for each message; `again`: also one that was dealt with is on the list anew."""
    conversation_id, seq = place
    mine = Misunderstanding.conversation_id == conversation_id
    row = session.scalar(select(Misunderstanding).where(mine, Misunderstanding.seq == seq))
    if row is None:
        row = Misunderstanding(conversation_id=conversation_id, seq=seq, answered=answered)
        session.add(row)
    elif not again:
        return
    row.reason, row.settled_at = reason, None


def _at(session: Session, conversation_id: str, seq: int) -> Message | None:
    mine = Message.conversation_id == conversation_id
    return session.scalar(select(Message).where(mine, Message.seq == seq))


def _before(core: Core, session: Session, conversation_id: str, seq: int) -> Said | None:
    """The visitor's last message before a place."""
    row = session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "visitor",
            Message.seq < seq,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return opened(core, row) if row else None


def _answer_after(core: Core, session: Session, conversation_id: str, seq: int) -> str | None:
    row = session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "guide",
            Message.seq > seq,
        )
        .order_by(Message.seq)
        .limit(1)
    )
    return opened(core, row).response if row else None
