"""What is kept without a person in it: the audit log, daily counts."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from care.models.base import Base


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
