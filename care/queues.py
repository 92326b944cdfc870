"""How many wait in each queue of the database, and for how long: for whoever watches the guide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from care.db import Core
from care.models import Alert, Delivery, LiveChat, Message, Misunderstanding, Ticket
from care.outbox import QUEUED
from care.transcript import RECEIVED


@dataclass(frozen=True)
class Queue:
    """Nobody waits: zero of both."""

    waiting: int
    oldest_seconds: float


Queues = dict[str, Queue]


def look(core: Core, at: datetime) -> Queues:
    """Raises StorageDownError."""
    with core.snapshot() as session:
        return {name: _queue(session, query, at) for name, query in _queries(at).items()}


def _queue(session: Session, query: Select[Any], at: datetime) -> Queue:
    waiting, since = session.execute(query).one()
    return Queue(waiting, max((at - since).total_seconds(), 0.0) if since else 0.0)


def _queries(at: datetime) -> dict[str, Select[Any]]:
    open_tickets = _of(Ticket.created_at).where(Ticket.status == "open")
    urgent = Ticket.priority == "urgent"
    return {
        "messages": _of(Message.created_at).where(Message.state == RECEIVED),
        "alerts": _of(Alert.due_at).where(Alert.next_try_at.is_not(None), Alert.due_at <= at),
        "undelivered_alerts": _of(Alert.dead_at).where(
            Alert.dead_at.is_not(None), Alert.sent_at.is_(None), Alert.stopped_at.is_(None)
        ),
        "deliveries": _of(Delivery.created_at).where(Delivery.state == QUEUED),
        "open_tickets": open_tickets,
        "open_urgent_tickets": open_tickets.where(urgent),
        "overdue_tickets": _of(Ticket.due_at).where(
            Ticket.status != "resolved", Ticket.due_at <= at
        ),
        "chats_waiting": _of(LiveChat.asked_at).where(
            LiveChat.taken_at.is_(None), LiveChat.ended_at.is_(None)
        ),
        "to_learn": _of(Misunderstanding.created_at).where(Misunderstanding.settled_at.is_(None)),
    }


def _of(column: Any) -> Select[Any]:
    return select(func.count(column), func.min(column))
