"""Deletes what a person asks to forget and what has been kept long enough."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from care import (
    audit,
    conversations,
    counting,
    demo,
    opt_outs,
    ownership,
    privacy,
    requests,
    shifts,
    ticket_records,
)
from care.db import Core, empty_log, now
from care.models import (
    Alert,
    AnswerRating,
    ChannelAddress,
    Clarification,
    Consent,
    Conversation,
    DeletionRequest,
    Delivery,
    DeliveryPart,
    LiveChat,
    Message,
    Misunderstanding,
    PrivateValue,
    StaffInvitation,
    StaffSession,
    Ticket,
    TicketEvent,
)
from care.transcript import opened, reword

REMOVED = "[...]"
DAYS_PER_MONTH = 30.44
SHOWN_DONE = timedelta(days=90)  # how long a provider's request to delete can be looked up
DAYS_PER_YEAR = 365.25
SYSTEM = "system"


def forget(core: Core, conversation_id: str, ends: bool = False) -> None:
    """Deletes a conversation's words and personal values; its empty row stays, open or ended.

    Of its tickets only what holds nothing personal is kept: that there was one, and the proof
    of consent and of its withdrawal. Raises UnknownConversationError if it is to end and has.
    """
    with core.transaction() as session:
        session.get(Conversation, conversation_id, with_for_update=True)
        if ends:
            conversations.locked(session, conversation_id).ended_at = now()
        mine = select(Ticket).where(Ticket.conversation_id == conversation_id).with_for_update()
        erased = requests.erase(core, session, session.scalars(mine).all(), requests.VISITOR)
        _delete_words(session, [conversation_id])
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(expects=None, topic=None, crisis=None, owner=ownership.GUIDE, language="en")
        )
        session.execute(delete(LiveChat).where(LiveChat.conversation_id == conversation_id))
        requests.record_all(session, erased, requests.VISITOR)
    empty_log(core.engine)


def forget_contact(core: Core, conversation_id: str) -> None:
    """Deletes contact details that must not be kept, also where they were said or repeated."""
    with core.transaction() as session:
        mine = PrivateValue.conversation_id == conversation_id
        values = [
            privacy.opened(core, row) for row in session.scalars(select(PrivateValue).where(mine))
        ]
        said = select(Message).where(Message.conversation_id == conversation_id)
        for row in session.scalars(said):
            text = opened(core, row).text
            without = _without(text, values, by_visitor=row.author == "visitor")
            if without != text:
                reword(core, row, without)
        session.execute(delete(PrivateValue).where(mine))
    empty_log(core.engine)


def _without(text: str, values: Collection[str], by_visitor: bool) -> str:
    """The guide says numbers of its own, such as the hotline; a visitor's are all the visitor's."""
    for found in reversed(privacy.find(text) if by_visitor else []):
        text = text[: found.start] + REMOVED + text[found.end :]
    for value in values:
        text = text.replace(value, REMOVED)
    return text


def purge(core: Core, at: datetime) -> list[str]:
    """Deletes what is past its time at `at`; returns the ids of the conversations deleted.

    A chat without a ticket goes after `session_hours`, one with a ticket after
    `transcript_days`, a ticket with its events after `ticket_months`, the audit log's entries
    after `audit_years`. A ticket's proof of consent is kept `consent_years`, and so is an opt-out
    that was taken back; one that stands stays. What goes is in the daily counts by then.
    """
    counting.count(core, at)
    keep = core.settings
    with core.transaction() as session:
        erased, numbers = _purge_tickets(core, session, at)
        with_ticket = select(Ticket.conversation_id).where(Ticket.conversation_id.is_not(None))
        gone = session.scalars(
            select(Conversation.id).where(
                (Conversation.active_at < at - timedelta(days=keep.transcript_days))
                | (
                    (Conversation.active_at < at - timedelta(hours=keep.session_hours))
                    & Conversation.id.not_in(with_ticket)
                )
            )
        ).all()
        _delete_conversations(session, gone)
        used = select(Conversation.address_id).where(Conversation.address_id.is_not(None))
        session.execute(delete(ChannelAddress).where(ChannelAddress.id.not_in(used)))
        session.execute(delete(DeletionRequest).where(DeletionRequest.done_at < at - SHOWN_DONE))
        shifts.purge(session, at)
        opt_outs.purge(session, at - timedelta(days=keep.consent_years * DAYS_PER_YEAR))
        oldest = at - timedelta(hours=keep.desk_session_hours)
        session.execute(delete(StaffSession).where(StaffSession.created_at < oldest))
        session.execute(delete(StaffInvitation).where(StaffInvitation.expires_at < at))
        requests.record_all(session, erased, SYSTEM)
        for number in numbers:
            audit.append(session, SYSTEM, "ticket.deleted", number)
        if gone or numbers or erased:
            audit.append(session, SYSTEM, "purge", detail=f"{len(gone)} chats")
        audit.purge(session, at - timedelta(days=keep.audit_years * DAYS_PER_YEAR))
    empty_log(core.engine)
    return list(gone)


def remove_demo(core: Core, by: str) -> int:
    """Deletes the tickets that were made up to show the desk, with all they came with; how many."""
    with core.transaction() as session:
        talks = [talk for talk in session.scalars(demo.talks()) if talk]
        over = update(LiveChat).where(LiveChat.ticket_id.in_(demo.ids()))
        session.execute(over.where(LiveChat.ended_at.is_(None)).values(ended_at=now()))
        numbers = _delete_tickets(session, Ticket.id.in_(demo.ids()))
        _delete_conversations(session, talks)
        for number in numbers:
            audit.append(session, by, "ticket.deleted", number, demo.LABEL)
    empty_log(core.engine)
    return len(numbers)


def _delete_conversations(session: Session, gone: Collection[str]) -> None:
    _delete_words(session, gone)
    session.execute(
        update(Ticket).where(Ticket.conversation_id.in_(gone)).values(conversation_id=None)
    )
    session.execute(delete(LiveChat).where(LiveChat.conversation_id.in_(gone)))
    session.execute(delete(Conversation).where(Conversation.id.in_(gone)))


def _delete_words(session: Session, gone: Collection[str]) -> None:
    session.execute(delete(Clarification).where(Clarification.conversation_id.in_(gone)))
    session.execute(delete(AnswerRating).where(AnswerRating.conversation_id.in_(gone)))
    session.execute(delete(Misunderstanding).where(Misunderstanding.conversation_id.in_(gone)))
    on_their_way = select(Delivery.id).where(Delivery.conversation_id.in_(gone))
    session.execute(delete(DeliveryPart).where(DeliveryPart.delivery_id.in_(on_their_way)))
    session.execute(delete(Delivery).where(Delivery.conversation_id.in_(gone)))
    session.execute(delete(Message).where(Message.conversation_id.in_(gone)))
    session.execute(delete(PrivateValue).where(PrivateValue.conversation_id.in_(gone)))


def _purge_tickets(
    core: Core, session: Session, at: datetime
) -> tuple[list[requests.Change], list[str]]:
    """The changes to record, and the numbers of the tickets that are gone altogether."""
    old = Ticket.created_at < at - timedelta(days=core.settings.ticket_months * DAYS_PER_MONTH)
    proven = Ticket.id.in_(select(Consent.ticket_id))
    expired = select(Ticket).where(old, proven, Ticket.erased_at.is_(None)).with_for_update()
    changes = requests.erase(core, session, session.scalars(expired).all(), SYSTEM)
    years = timedelta(days=core.settings.consent_years * DAYS_PER_YEAR)
    gone = _delete_tickets(session, old & ~proven)
    return changes, gone + _delete_tickets(session, Ticket.erased_at < at - years)


def _delete_tickets(session: Session, condition: ColumnElement[bool]) -> list[str]:
    """Deletes tickets with all that belongs to them, but for a chat going on; their numbers."""
    talks = select(LiveChat.ticket_id).where(LiveChat.ended_at.is_(None))
    old = select(Ticket.id, Ticket.number).where(condition, Ticket.id.not_in(talks))
    mine = old.with_for_update()
    found = session.execute(mine).all()
    ids = [ticket_id for ticket_id, _ in found]
    ticket_records.delete_of(session, ids)
    session.execute(delete(Consent).where(Consent.ticket_id.in_(ids)))
    session.execute(delete(Alert).where(Alert.ticket_id.in_(ids)))
    session.execute(delete(LiveChat).where(LiveChat.ticket_id.in_(ids)))
    session.execute(delete(TicketEvent).where(TicketEvent.ticket_id.in_(ids)))
    session.execute(delete(Ticket).where(Ticket.id.in_(ids)))
    return [number for _, number in found]
