"""A person joins the chat, as far as staff decide it: take over, write, transfer, back, close.

A step that was taken already changes nothing: a form may be sent twice.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import addresses, disclosure, opt_outs, roles, staff, ticket_steps, windows
from care.addresses import Address
from care.db import Core, now
from care.errors import InvalidStepError, UnknownTicketError
from care.ladder import LIVE_CHAT
from care.live_chat import Told, announce, end, going_on, live_in, somebody_waits
from care.models import Conversation, LiveChat, Message, StaffUser, Ticket
from care.ownership import CLOSED, GUIDE, STAFF
from care.roles import Permission
from care.staff import Person
from care.ticket_events import record
from care.ticket_steps import IN_HAND
from care.transcript import Line, Said, add_line

LINE_LIMIT = 2000
LINE_ID = re.compile(r"[A-Za-z0-9_-]{8,48}")
JOINED, TRANSFERRED = "utter_live/joined", "utter_live/transferred"
# How a chat ends: the line, and the event.
ENDINGS = {
    GUIDE: (disclosure.AFTER_PERSON, "chat_returned"),
    CLOSED: ("utter_live/closed", "chat_closed"),
}


@dataclass(frozen=True)
class ChatState:
    """The chat of a ticket as the desk shows it; `holder` is who has it, `danger` its kind.

    `opted_out`: this person wants no messages. `until`: when their channel lets nobody write.
    """

    conversation_id: str
    channel: str
    owner: str
    holder: str | None
    danger: str | None
    is_over: bool
    opted_out: bool
    until: datetime | None


def state(core: Core, number: str) -> ChatState | None:
    """None if the conversation is deleted: what follows in it is none of this ticket's."""
    with core.snapshot() as session:
        linked = select(Ticket.conversation_id).where(Ticket.number == number)
        conversation_id = session.scalar(linked)
        found = session.get(Conversation, conversation_id) if conversation_id else None
        if found is None:
            return None
        chat = live_in(session, found.id)
        holder = chat.staff if chat and found.owner == STAFF else None
        return ChatState(
            conversation_id=found.id,
            channel=found.channel,
            owner=found.owner,
            holder=holder,
            danger=found.crisis,
            is_over=found.ended_at is not None,
            opted_out=opt_outs.wants_none_in(core, session, found),
            until=windows.closes_at(core.settings, found),
        )


@dataclass(frozen=True)
class Calls:
    """How many visitors wait for anybody to join, and for an answer of this member of staff."""

    waiting: int
    mine: int


def calls(core: Core, by: str) -> Calls:
    with core.snapshot() as session:
        found = session.scalars(select(LiveChat).where(LiveChat.ended_at.is_(None))).all()
        mine = [chat for chat in found if chat.staff == by and somebody_waits(session, chat)]
        return Calls(sum(chat.taken_at is None for chat in found), len(mine))


def take_over(core: Core, number: str, by: str) -> Told:
    """One winner: whoever comes second is told who was first. Claims the ticket."""
    with core.transaction() as session:
        conversation = _locked(session, number, by)
        ticket = ticket_steps.locked(session, number)
        chat, asked_for = going_on(session, conversation)
        if chat and conversation.owner == STAFF:
            if chat.staff != by:
                raise InvalidStepError(f"{chat.staff} was first: the chat is theirs.")
            return Told(conversation.id)
        _claim(session, ticket, by)
        if asked_for and asked_for.status == "open":
            ticket_steps.take(session, asked_for, by)
        chat = chat or LiveChat(conversation_id=conversation.id, ticket_id=ticket.id)
        chat.staff, chat.taken_at, chat.heard_at = by, now(), now()
        session.add(chat)
        conversation.owner, conversation.expects = STAFF, None
        said = [_introduce(core, session, conversation, JOINED, by)]
        _chat_is_due_no_more(asked_for or ticket)
        record(session, ticket, "chat_taken", by)
        return Told(conversation.id, said)


def write(core: Core, number: str, by: str, line_id: str, text: str) -> Told:
    """One line of a person to the visitor; the same `line_id` again stores nothing."""
    words = _writable(line_id, text)
    with core.transaction() as session:
        conversation = _locked(session, number, by)
        mine, key = Message.conversation_id == conversation.id, f"staff:{line_id}"
        if session.scalar(select(Message.id).where(mine, Message.external_id == key)):
            return Told(conversation.id)
        chat = _held(session, conversation, by)
        _reachable(core, session, conversation)
        chat.heard_at = now()
        person = staff.shown(session, by)
        line = Line(words, author="staff", name=person.name, role=person.role, key=key)
        said = add_line(core, session, conversation, line)
        return Told(conversation.id, [said])


@dataclass(frozen=True)
class Writer:
    """Who has a chat, as its visitor sees them, and where the visitor is if not at the page."""

    conversation_id: str
    person: Person
    address: Address | None


def writer(core: Core, number: str, by: str) -> Writer | None:
    """None if `by` does not have this chat."""
    with core.snapshot() as session:
        roles.check(session, by, Permission.CHAT)
        found = session.scalar(
            select(Conversation)
            .join(LiveChat, LiveChat.conversation_id == Conversation.id)
            .join(Ticket, Ticket.conversation_id == Conversation.id)
            .where(
                Ticket.number == number,
                Conversation.owner == STAFF,
                LiveChat.ended_at.is_(None),
                LiveChat.staff == by,
            )
        )
        if found is None:
            return None
        address = addresses.of_conversation(core, session, found)
        return Writer(found.id, staff.shown(session, by), address)


def transfer(core: Core, number: str, by: str, to: str) -> Told:
    """Gives the chat and its ticket to a colleague."""
    with core.transaction() as session:
        conversation = _locked(session, number, by)
        chat, ticket = going_on(session, conversation)
        if chat and chat.staff == to:
            return Told(conversation.id)
        chat = _held(session, conversation, by)
        _known_colleague(session, to)
        chat.staff, chat.heard_at = to, now()
        said = [_introduce(core, session, conversation, TRANSFERRED, to)]
        if ticket:
            ticket.claimed_by = to
            record(session, ticket, "chat_transferred", by, to)
        return Told(conversation.id, said)


def hand_back(core: Core, number: str, by: str) -> Told:
    """The guide answers again; the ticket stays with whoever has it."""
    return _end_it(core, number, by, GUIDE)


def close(core: Core, number: str, by: str) -> Told:
    """Nobody answers until the visitor writes again; a ticket for this chat alone is resolved."""
    return _end_it(core, number, by, CLOSED)


def _end_it(core: Core, number: str, by: str, owner: str) -> Told:
    line, event = ENDINGS[owner]
    with core.transaction() as session:
        conversation = _locked(session, number, by)
        if conversation.owner == owner:
            return Told(conversation.id)
        chat = _held(session, conversation, by)
        ticket = session.get_one(Ticket, chat.ticket_id, with_for_update=True)
        end(session, conversation, chat, owner)
        said = [announce(core, session, conversation, line)]
        if owner == CLOSED and ticket.kind == LIVE_CHAT and ticket.status in IN_HAND:
            ticket.status, ticket.due_at, ticket.follow_up_on = "resolved", None, None
            record(session, ticket, "resolved", by)
        record(session, ticket, event, by)
        return Told(conversation.id, said)


def _claim(session: Session, ticket: Ticket, by: str) -> None:
    if ticket.status not in IN_HAND:
        ticket_steps.take(session, ticket, by)
    elif ticket.claimed_by != by:
        raise InvalidStepError(f"{ticket.claimed_by} has this ticket.")


def _chat_is_due_no_more(ticket: Ticket) -> None:
    if ticket.kind == LIVE_CHAT:
        ticket.due_at = None


def _locked(session: Session, number: str, by: str) -> Conversation:
    """The conversation of a ticket, for writing by who may. Raises NotAllowedError."""
    roles.check(session, by, Permission.CHAT)
    found = session.execute(select(Ticket.conversation_id).where(Ticket.number == number)).first()
    if found is None:
        raise UnknownTicketError
    conversation = session.get(Conversation, found[0], with_for_update=True) if found[0] else None
    if conversation is None:
        raise InvalidStepError("This conversation is deleted.")
    if conversation.ended_at is not None:
        raise InvalidStepError("The visitor has ended this chat.")
    return conversation


def _held(session: Session, conversation: Conversation, by: str) -> LiveChat:
    """The chat, if it is theirs."""
    chat, _ = going_on(session, conversation)
    if chat is None or conversation.owner != STAFF:
        raise InvalidStepError("You do not have this chat. Take it over first.")
    if chat.staff != by:
        raise InvalidStepError(f"{chat.staff} has this chat.")
    return chat


def _reachable(core: Core, session: Session, conversation: Conversation) -> None:
    """What cannot arrive is refused while its writer can still see that."""
    if opt_outs.wants_none_in(core, session, conversation):
        raise InvalidStepError("This person wants no messages: nothing can be sent to them.")
    until = windows.closes_at(core.settings, conversation)
    if until and until <= now():
        raise InvalidStepError("They wrote too long ago: this channel lets nobody write to them.")


def _known_colleague(session: Session, name: str) -> None:
    known = select(StaffUser.id).where(StaffUser.username == name, StaffUser.disabled.is_(False))
    if session.scalar(known.where(StaffUser.role.in_(roles.granting(Permission.CHAT)))) is None:
        raise InvalidStepError("Please choose a colleague.")


def _introduce(
    core: Core, session: Session, conversation: Conversation, name: str, who: str
) -> Said:
    person = staff.shown(session, who)
    if person.name and person.role:
        return announce(core, session, conversation, name, person=person)
    return announce(core, session, conversation, f"{name}_unnamed")


def _writable(line_id: str, text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not LINE_ID.fullmatch(line_id):
        raise InvalidStepError("Please reload the page and try again.")
    if not words or "\x00" in words:
        raise InvalidStepError("Please write something first.")
    if len(words) > LINE_LIMIT:
        raise InvalidStepError(f"A line may have {LINE_LIMIT} characters; this has {len(words)}.")
    return words
