"""The audit log: who did what to which ticket, and when. Ids only, no words of a person.

Each entry carries the hash of the one before, so that none can be changed or taken out unseen.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from care.db import Core, now, one_at_a_time
from care.models import AuditEntry

LOCK = 0x61756469  # this log's number among PostgreSQL's advisory locks
GENESIS = "0" * 64
PURGED = "audit.purged"
BATCH = 500


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole log found; `broken` names the first entry that does not fit."""

    entries: int
    last_hash: str
    broken: int | None = None
    why: str = ""


def append(session: Session, by: str, action: str, subject: str = "", detail: str = "") -> None:
    """Adds an entry, in the transaction of what it records.

    Call it last: other writers wait from here until the transaction ends.
    """
    session.flush()
    one_at_a_time(session, LOCK)
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=now(),
        by=by,
        action=action,
        subject=subject,
        detail=detail,
        previous=last.hash if last else GENESIS,
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over the content in one form: JSON, keys in order, time in UTC to the microsecond."""
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": entry.by,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(core: Core, noted: str | None = None) -> Verdict:
    """Walks the chain. `noted` is a hash written down earlier: it must still be in the log.

    Only with such a hash, kept elsewhere, is it seen that the newest entries were cut off or all
    of them written anew.
    """
    count, seq, last_hash, found = 0, 0, GENESIS, noted is None
    with core.snapshot() as session:
        for entry in _entries(session):
            if count == 0 and _begins_after_purge(session, entry):
                seq, last_hash = entry.seq - 1, entry.previous
            why = _fault(entry, seq, last_hash)
            if why:
                return Verdict(count, last_hash, entry.seq, why)
            count, seq, last_hash = count + 1, entry.seq, entry.hash
            found = found or entry.hash == noted
    if not found:
        return Verdict(count, last_hash, seq + 1, "the entry with the noted hash is gone")
    return Verdict(count, last_hash)


def purge(session: Session, before: datetime) -> int:
    """Deletes the oldest entries; one more tells where the chain begins now."""
    kept = select(AuditEntry.seq).where(AuditEntry.at >= before).order_by(AuditEntry.seq).limit(1)
    first = session.scalar(kept)
    old = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)
    last_old = session.scalar(old.where(AuditEntry.seq < first) if first else old)
    if last_old is None:
        return 0
    append(session, "system", PURGED, str(last_old.seq), last_old.hash)
    gone = session.execute(
        delete(AuditEntry).where(AuditEntry.seq <= last_old.seq).returning(AuditEntry.seq)
    )
    return len(gone.all())


def _entries(session: Session) -> Iterator[AuditEntry]:
    after = 0
    while rows := session.scalars(
        select(AuditEntry).where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(BATCH)
    ).all():
        yield from rows
        after = rows[-1].seq
        session.expunge_all()


def _begins_after_purge(session: Session, first: AuditEntry) -> bool:
    """Does the log itself say that all before this entry was kept long enough?"""
    return (
        session.scalar(
            select(AuditEntry.seq).where(
                AuditEntry.action == PURGED,
                AuditEntry.subject == str(first.seq - 1),
                AuditEntry.detail == first.previous,
            )
        )
        is not None
    )


def _fault(entry: AuditEntry, before: int, last_hash: str) -> str:
    if entry.seq != before + 1:
        return f"entries {before + 1} to {entry.seq - 1} are missing"
    if entry.previous != last_hash:
        return "it does not follow the entry before"
    if entry.hash != hash_of(entry):
        return "its content was changed"
    return ""
