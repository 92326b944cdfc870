"""Deletes what a person asks to forget and what has been kept long enough."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from care import audit
from care.db import Core
from care.models import (
    Alert,
    Clarification,
    Consent,
    Conversation,
    Message,
    PrivateValue,
    StaffSession,
    Ticket,
    TicketEvent,
)

DAYS_PER_MONTH = 30.44
DAYS_PER_YEAR = 365.25


def forget(core: Core, conversation_id: str) -> None:
    """Deletes a conversation's words, personal values and tickets; its empty row stays open."""
    with core.transaction() as session:
        numbers = _delete_tickets(session, Ticket.conversation_id == conversation_id)
        _delete_words(session, [conversation_id])
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(expects=None, topic=None, crisis=None)
        )
        _record_deleted(session, numbers, "visitor")


def purge(core: Core, at: datetime) -> list[str]:
    """Deletes what is past its time at `at`; returns the ids of the conversations deleted.

    A chat without a ticket goes after `session_hours`, one with a ticket after
    `transcript_days`, a ticket with its events after `ticket_months`, the audit log's entries
    after `audit_years`.
    """
    keep = core.settings
    with core.transaction() as session:
        numbers = _delete_tickets(
            session,
            Ticket.created_at < at - timedelta(days=keep.ticket_months * DAYS_PER_MONTH),
        )
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
        _delete_words(session, gone)
        session.execute(
            update(Ticket).where(Ticket.conversation_id.in_(gone)).values(conversation_id=None)
        )
        session.execute(delete(Conversation).where(Conversation.id.in_(gone)))
        session.execute(
            delete(StaffSession).where(StaffSession.created_at < at - timedelta(days=1))
        )
        _record_deleted(session, numbers, "system")
        if gone or numbers:
            audit.append(session, "system", "purge", detail=f"{len(gone)} chats")
        audit.purge(session, at - timedelta(days=keep.audit_years * DAYS_PER_YEAR))
        return list(gone)


def _record_deleted(session: Session, numbers: Collection[str], by: str) -> None:
    for number in numbers:
        audit.append(session, by, "ticket.deleted", number)


def _delete_words(session: Session, conversations: Collection[str]) -> None:
    session.execute(delete(Clarification).where(Clarification.conversation_id.in_(conversations)))
    session.execute(delete(Message).where(Message.conversation_id.in_(conversations)))
    session.execute(delete(PrivateValue).where(PrivateValue.conversation_id.in_(conversations)))


def _delete_tickets(session: Session, condition: ColumnElement[bool]) -> list[str]:
    """Deletes tickets with all that belongs to them; returns their numbers."""
    mine = select(Ticket.id, Ticket.number).where(condition).with_for_update()
    found = session.execute(mine).all()
    ids = [ticket_id for ticket_id, _ in found]
    session.execute(delete(Consent).where(Consent.ticket_id.in_(ids)))
    session.execute(delete(Alert).where(Alert.ticket_id.in_(ids)))
    session.execute(delete(TicketEvent).where(TicketEvent.ticket_id.in_(ids)))
    session.execute(delete(Ticket).where(Ticket.id.in_(ids)))
    return [number for _, number in found]
