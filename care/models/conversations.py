"""What is said, and what is known of a conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.db import now
from care.models.base import Base


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
