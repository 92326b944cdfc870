"""The audit log as auditors read it: by who, what, number and day. Every look is on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, func, select

from care import audit, roles
from care.audit import Verdict
from care.db import Core
from care.models import AuditEntry
from care.roles import Permission

PAGE = 50


@dataclass(frozen=True)
class Sought:
    """What is looked for; what is empty is not asked for. Days are UTC, both included."""

    by: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None

    def names(self) -> str:
        """Which of them are asked for, for the record."""
        return " ".join(name for name, value in vars(self).items() if value)


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    seq: int
    at: datetime
    by: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Found:
    """One page, the newest first; `before` asks for the next one, if there is more."""

    entries: Sequence[Entry]
    before: int | None


def search(core: Core, by: str, sought: Sought, before: int | None = None) -> Found:
    with core.transaction() as session:
        roles.check(session, by, Permission.AUDIT)
        audit.append(session, by, "audit.viewed", detail=sought.names())
    rows = select(AuditEntry).where(*_conditions(sought)).order_by(AuditEntry.seq.desc())
    if before is not None:
        rows = rows.where(AuditEntry.seq < before)
    with core.snapshot() as session:
        found = session.scalars(rows.limit(PAGE + 1)).all()
    shown = found[:PAGE]
    more = shown[-1].seq if len(found) > PAGE else None
    return Found([_entry(row) for row in shown], more)


def verify(core: Core, by: str, noted: str | None = None) -> Verdict:
    """Walks the whole chain; see `audit.verify`."""
    with core.transaction() as session:
        roles.check(session, by, Permission.AUDIT)
        audit.append(session, by, "audit.verified")
    return audit.verify(core, noted)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.by:
        found.append(func.lower(AuditEntry.by) == sought.by.lower())
    if sought.action:
        found.append(AuditEntry.action.startswith(sought.action, autoescape=True))
    if sought.subject:
        found.append(func.lower(AuditEntry.subject) == sought.subject.lower())
    if sought.first:
        found.append(AuditEntry.at >= datetime.combine(sought.first, time.min, UTC))
    if sought.last:
        found.append(AuditEntry.at <= datetime.combine(sought.last, time.max, UTC))
    return found


def _entry(row: AuditEntry) -> Entry:
    return Entry(row.seq, row.at, row.by, row.action, row.subject, row.detail)
