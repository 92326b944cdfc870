"""What staff must act on, and what became of it."""

from datetime import date, datetime

from sqlalchemy import Computed, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from care.db import now
from care.models.base import Base

# The queue's order (care/queue.py): urgent, what is due, what is not, what is done; erased: hidden.
QUEUE_RANK = (
    "CASE WHEN erased_at IS NOT NULL THEN 9 WHEN status = 'resolved' THEN 4"
    " WHEN priority = 'urgent' AND due_at IS NOT NULL THEN 0 WHEN priority = 'urgent' THEN 1"
    " WHEN due_at IS NOT NULL THEN 2 ELSE 3 END"
)
QUEUE_AT = "coalesce(due_at, created_at)"


class Ticket(Base):
    """A request that staff must act on. It outlives its conversation.

    `due_at` is when the next step is due; nothing is as long as it is empty.
    One that is erased keeps its number, kind and times, and no details.
    """

    __tablename__ = "tickets"
    # Holds all that the queue is filtered by, so that no ticket is read that is not shown.
    __table_args__ = (
        Index(
            "ix_tickets_queue",
            "queue_rank",
            "queue_at",
            "id",
            "status",
            "claimed_by",
            "kind",
            "channel",
            "language",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    request_key: Mapped[str] = mapped_column(String(128), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    priority: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), index=True)
    channel: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8), default="en")
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    follow_up_on: Mapped[date | None]
    details: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
    cancelled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    queue_rank: Mapped[int] = mapped_column(Computed(QUEUE_RANK), nullable=True, deferred=True)
    queue_at: Mapped[datetime] = mapped_column(Computed(QUEUE_AT), nullable=True, deferred=True)


class TicketEvent(Base):
    """What happened to a ticket: a row for every change, never altered.

    `detail` is a word of ours (an outcome, a priority, a colleague's name) or a date, never a
    visitor's.
    """

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)


class LiveChat(Base):
    """One stretch of a conversation with a person: asked for or not, taken, ended.

    `late_at` is when the visitor was told that nobody has come yet, `heard_at` when staff were
    last heard.
    """

    __tablename__ = "live_chats"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    asked_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    staff: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class Alert(Base):
    """Word to one recipient about one ticket, stored with it. Pending as long as it has a next try.

    `key` names the ticket, the round, the step and the recipient: the same word is stored once.
    """

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    key: Mapped[str] = mapped_column(String(96), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    round: Mapped[int]
    step: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(64))


class Consent(Base):
    """Proof of what a person agreed to: the exact text, its version, when and where."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(32))
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
