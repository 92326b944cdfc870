"""Who works at the desk, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from care.db import now
from care.models.base import Base


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


class StaffExample(Base):
    """A message that staff made up to teach a topic; no visitor's words."""

    __tablename__ = "staff_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(64))
    text: Mapped[bytes]
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
