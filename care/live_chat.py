"""A person joins the chat, as far as the visitor and the clock decide it.

Every change of who answers is made in one transaction with its one line to the visitor, an event
of the ticket and an entry of the audit log. The conversation is locked first, then the ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from care import disclosure, language, lines, requests, ticket_steps, tickets, wording
from care.db import Core, now
from care.ladder import LIVE_CHAT
from care.models import Conversation, LiveChat, Message, StaffSession, StaffUser, Ticket
from care.ownership import CLOSED, GUIDE, STAFF, WAITING
from care.staff import Person
from care.ticket_events import record
from care.transcript import RECEIVED, WITH_STAFF, Said, add_line, opened

ASKED, HERE, NOBODY = "utter_live/asked", "utter_live/here", "utter_live/nobody"
STILL_WAITING, WITH_GUIDE = "utter_live/waiting", "utter_live/with_guide"
LATE, STOPPED, SILENCE = "utter_live/late", "utter_live/stopped_waiting", "utter_live/silence"
VISITOR, CLOCK = "visitor", "system"
LATELY = 20  # messages of the visitor


@dataclass(frozen=True)
class Told:
    """What a change of who answers added to a conversation; nothing if it was made before."""

    conversation_id: str
    said: Sequence[Said] = ()


def ask(core: Core, session: Session, conversation: Conversation) -> None:
    """The visitor was promised that a person is asked; stored with that promise, once."""
    if conversation.owner in {WAITING, STAFF}:
        return
    waits = select(Ticket).where(
        Ticket.conversation_id == conversation.id,
        Ticket.kind == LIVE_CHAT,
        Ticket.status == "open",
    )
    ticket = session.scalar(waits) or tickets.open_live_chat(core, session, conversation)
    conversation.owner = WAITING
    session.add(LiveChat(conversation_id=conversation.id, ticket_id=ticket.id, asked_at=now()))
    record(session, ticket, "chat_asked", VISITOR)


def back_to_guide(core: Core, session: Session, conversation: Conversation) -> list[Said]:
    """The visitor waits no more, or leaves the person."""
    was_with = conversation.owner
    chat, ticket = going_on(session, conversation)
    end(session, conversation, chat, GUIDE)
    name = disclosure.AFTER_PERSON if was_with == STAFF else STOPPED
    said = [announce(core, session, conversation, name)]
    if ticket:
        _leave(session, ticket, was_with, "chat_left")
    return said


def visitor_left(session: Session, conversation: Conversation) -> None:
    """The visitor ends the session; staff see that nobody reads on."""
    was_with = conversation.owner
    chat, ticket = going_on(session, conversation)
    if chat and ticket:
        end(session, conversation, chat, CLOSED)
        _leave(session, ticket, was_with, "visitor_gone")


def _leave(session: Session, ticket: Ticket, was_with: str, event: str) -> None:
    """What nobody has taken up yet is cancelled with it, if it was for this chat alone."""
    if was_with == WAITING and ticket.kind == LIVE_CHAT and not ticket.cancelled_at:
        requests.close(session, ticket)
        record(session, ticket, "cancelled", VISITOR)
    record(session, ticket, event, VISITOR)


def tell_late(core: Core, at: datetime) -> list[Told]:
    """Whoever waits longer than was to be expected is told so, once."""
    before = at - timedelta(minutes=core.settings.person_wait_minutes)
    late = LiveChat.taken_at.is_(None) & LiveChat.late_at.is_(None) & (LiveChat.asked_at <= before)
    return [told for found in _found(core, late) if (told := _tell_late(core, found, at))]


def _tell_late(core: Core, conversation_id: str, at: datetime) -> Told | None:
    with core.transaction() as session:
        conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
        chat, _ = going_on(session, conversation)
        if conversation.owner != WAITING or not chat or chat.late_at:
            return None
        chat.late_at = at
        name = worded(core, session, conversation, LATE)
        line = lines.fixed(core, name, conversation.channel)
        return Told(conversation_id, [add_line(core, session, conversation, line)])


def return_silent(core: Core, at: datetime) -> list[Told]:
    """Gives chats back to the guide whose member of staff is silent for too long."""
    before = at - timedelta(minutes=core.settings.person_silence_minutes)
    found = _found(core, LiveChat.heard_at <= before)
    return [told for each in found if (told := _return_silent(core, each, before))]


def _return_silent(core: Core, conversation_id: str, before: datetime) -> Told | None:
    with core.transaction() as session:
        conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
        chat, ticket = going_on(session, conversation)
        if conversation.owner != STAFF or not chat or not ticket:
            return None
        waits = somebody_waits(session, chat)
        if (_unheard_since(session, chat) if waits else _last_sign(session, chat)) > before:
            return None
        end(session, conversation, chat, GUIDE)
        said = [announce(core, session, conversation, SILENCE)]
        if waits and ticket.status in ticket_steps.IN_HAND:  # somebody was left alone
            ticket_steps.open_again(core, session, ticket)
        record(session, ticket, "chat_silent", CLOCK)
        return Told(conversation_id, said)


def somebody_waits(session: Session, chat: LiveChat) -> bool:
    """Has the visitor the last word, or has nobody written since the person joined?"""
    last = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == chat.conversation_id,
            Message.author.in_((VISITOR, "staff")),
            Message.created_at >= chat.taken_at,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()
    return last is None or last.author == VISITOR


def _unheard_since(session: Session, chat: LiveChat) -> datetime:
    """When the visitor began to wait for a line of staff."""
    wrote = session.scalar(
        select(func.min(Message.created_at)).where(
            Message.conversation_id == chat.conversation_id,
            Message.author == VISITOR,
            Message.created_at > chat.heard_at,
        )
    )
    return wrote or _moment(chat.heard_at)


def _last_sign(session: Session, chat: LiveChat) -> datetime:
    """While nobody waits, being at the desk is enough."""
    here = session.scalar(
        select(func.max(StaffSession.here_at))
        .join(StaffUser, StaffUser.id == StaffSession.user_id)
        .where(StaffUser.username == chat.staff)
    )
    return max(_moment(chat.heard_at), _moment(here))


def _moment(at: datetime | None) -> datetime:
    return at or datetime.min.replace(tzinfo=UTC)


def _found(core: Core, condition: ColumnElement[bool]) -> Sequence[str]:
    going_on = LiveChat.ended_at.is_(None)
    with core.snapshot() as session:
        return session.scalars(select(LiveChat.conversation_id).where(going_on, condition)).all()


def live_in(session: Session, conversation_id: str) -> LiveChat | None:
    """The chat that a person takes part in or is asked for."""
    mine = LiveChat.conversation_id == conversation_id
    return session.scalar(select(LiveChat).where(mine, LiveChat.ended_at.is_(None)))


def going_on(session: Session, conversation: Conversation) -> tuple[LiveChat | None, Ticket | None]:
    """The same with its ticket, locked."""
    chat = live_in(session, conversation.id)
    ticket = session.get(Ticket, chat.ticket_id, with_for_update=True) if chat else None
    return chat, ticket


def end(session: Session, conversation: Conversation, chat: LiveChat | None, owner: str) -> None:
    """From here on `owner` answers; what the person has read is not the guide's to answer."""
    if conversation.owner == STAFF:
        session.execute(
            update(Message)
            .where(Message.conversation_id == conversation.id, Message.state == RECEIVED)
            .values(state=WITH_STAFF)
        )
        conversation.expects = None
    conversation.owner = owner
    if chat:
        chat.ended_at = now()


def announce(
    core: Core,
    session: Session,
    conversation: Conversation,
    name: str,
    person: Person | None = None,
) -> Said:
    """The one line about a change that was just made: it says who answers from here on."""
    author = "guide" if conversation.owner == GUIDE else "system"
    known = {key: value for key, value in vars(person).items() if value} if person else {}
    name = worded(core, session, conversation, name)
    line = lines.fixed(core, name, conversation.channel, author, known)
    marked = replace(line, owner=conversation.owner, **known)
    return add_line(core, session, conversation, marked)


def worded(core: Core, session: Session, conversation: Conversation, name: str) -> str:
    """The text of that name in the visitor's language, as their newest clear words tell it."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author == VISITOR)
        .order_by(Message.seq.desc())
        .limit(LATELY)
    )
    said = (opened(core, row) for row in rows)
    # A button is in the language of whoever offered it.
    found = (language.of(each.text) for each in said if not each.button)
    return wording.translated([name], next(filter(None, found), None) == "es")


def worded_for(core: Core, conversation_id: str, name: str) -> str:
    with core.snapshot() as session:
        return worded(core, session, session.get_one(Conversation, conversation_id), name)
