"""The tables. Words and contact details are stored encrypted only (`LargeBinary` columns)."""

from datetime import UTC, date, datetime

from sqlalchemy import (
    Computed,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from care.db import now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Time-zone-aware UTC in and out, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary, str: String}  # noqa: RUF012


class Conversation(Base):
    """One person on one channel. One that has an address gets what is said by delivery.

    `owner` says who answers there (care/ownership.py); `language` is that of the texts it got.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(16), default="guide")
    language: Mapped[str] = mapped_column(String(8), default="en")
    last_seq: Mapped[int] = mapped_column(default=0)
    expects: Mapped[str | None] = mapped_column(String(64))
    topic: Mapped[str | None] = mapped_column(String(64))
    crisis: Mapped[str | None] = mapped_column(String(32))
    address_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    active_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ended_at: Mapped[datetime | None]


class Message(Base):
    """What was said. `seq` counts within the conversation, without gaps or races."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "external_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Clarification(Base):
    """What somebody picked after "did you mean": labels only, no words.

    `seq` is the place of the message that was not understood, `offered` the labels in their order.
    """

    __tablename__ = "clarifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    offered: Mapped[str]
    picked: Mapped[str] = mapped_column(String(64))
    picked_at: Mapped[datetime] = mapped_column(default=now)


class AnswerRating(Base):
    """Whether the answer at place `seq` helped: the name of its text and yes or no, no words."""

    __tablename__ = "answer_ratings"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    response: Mapped[str] = mapped_column(String(128))
    helpful: Mapped[bool]
    rated_at: Mapped[datetime] = mapped_column(default=now)


class PrivateValue(Base):
    """A phone number or an e-mail address that a reference such as `[phone-1]` stands for."""

    __tablename__ = "private_values"
    __table_args__ = (
        UniqueConstraint("conversation_id", "reference"),
        UniqueConstraint("conversation_id", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    reference: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    value: Mapped[bytes]


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


class AuditEntry(Base):
    """Who did what to what, and when; ids only. Each entry carries the hash of the one before."""

    __tablename__ = "audit_log"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


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


class StaffUser(Base):
    """Someone who may sign in to the desk. Visitors see `shown_name` and `shown_role`.

    The second factor counts from `totp_since` on; `totp_step` is the last time step used. Until
    `away_until` they are not on duty, whatever else says so.
    """

    __tablename__ = "staff_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(256))
    role: Mapped[str] = mapped_column(String(16), default="agent")
    disabled: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[bytes | None]
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    shown_name: Mapped[str | None] = mapped_column(String(64))
    shown_role: Mapped[str | None] = mapped_column(String(64))
    on_duty_until: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class StaffSession(Base):
    """A signed-in browser. Only the hash of its token is stored.

    `seen_at` is the last thing its user did, `here_at` the last sign of an open page.
    """

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_users.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    here_at: Mapped[datetime] = mapped_column(default=now)


class DutyShift(Base):
    """When somebody is on duty by the calendar."""

    __tablename__ = "duty_shifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_users.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    added_by: Mapped[str] = mapped_column(String(64))


class RecoveryCode(Base):
    """Signs in once in place of the second factor, then is gone. Only its hash is stored."""

    __tablename__ = "staff_recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_users.id"), index=True)


class StaffInvitation(Base):
    """A link that works once: to join in a role, or for a user's new password."""

    __tablename__ = "staff_invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id"))
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class ChannelAddress(Base):
    """Where a person is on a channel such as text messages: found by a keyed hash, kept sealed."""

    __tablename__ = "channel_addresses"
    __table_args__ = (UniqueConstraint("channel", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Delivery(Base):
    """One line on its way to a person, stored with the line. Pending while it has a next try.

    `rank` orders what waits: danger, replies, what was started by us. `in_flight`: nobody knows
    whether the last try reached the provider. `ticket_id`: whose consent a started text goes by.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(16))
    rank: Mapped[int]
    ticket_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    in_flight: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(String(64))
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class DeliveryPart(Base):
    """One message at the provider: a long line goes out as several."""

    __tablename__ = "delivery_parts"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    number: Mapped[int]
    provider_id: Mapped[str] = mapped_column(String(128), index=True)
    state: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)


class OptEvent(Base):
    """Somebody said "no more messages", or took it back. The newest counts; holds no address."""

    __tablename__ = "opt_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(default=now)


class DeletionRequest(Base):
    """A provider's word that somebody wants their data deleted; `person` is sealed until done."""

    __tablename__ = "deletion_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    person: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None] = mapped_column(index=True)


class Misunderstanding(Base):
    """The visitor's message at place `seq` that the guide may have to learn from: no words.

    `reason` says who found so, `answered` names the text that it got.
    """

    __tablename__ = "misunderstandings"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    answered: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    settled_at: Mapped[datetime | None]


class StaffExample(Base):
    """A message that staff made up to teach a topic; no visitor's words."""

    __tablename__ = "staff_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(64))
    text: Mapped[bytes]
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


class DailyCount(Base):
    """How often something happened on a day, such as `contacts` `of` the web channel."""

    __tablename__ = "daily_counts"

    day: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(24), primary_key=True)
    of: Mapped[str] = mapped_column(String(128), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class CountedUntil(Base):
    """Up to when all is in the daily counts; one row."""

    __tablename__ = "counted_until"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
