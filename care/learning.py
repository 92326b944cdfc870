"""How staff teach the guide: what it did not understand, and examples in their own words.

Nothing of a visitor's words is copied: an entry is opened where it is kept, shown with references
in place of numbers, addresses and names, and gone with its conversation.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit, examples, learned_patch, own_words, redaction, roles, tickets
from care.db import Core, now
from care.errors import InvalidStepError
from care.learned_patch import NoPlaceError
from care.models import Conversation, Message, Misunderstanding, StaffExample, Ticket
from care.near_copies import normal
from care.roles import Permission
from care.settings import ROOT
from care.transcript import opened

SHOWN = 50
GONE = "This message is not kept any more, or a colleague has dealt with it."


@dataclass(frozen=True)
class Entry:
    """One message on the list; `answered` names the text that it got."""

    id: int
    reason: str
    at: datetime
    channel: str
    text: str
    answered: str | None
    in_danger: bool


@dataclass(frozen=True)
class Taught:
    """An example that staff wrote. `in_data`: this installation has it in its files."""

    id: int
    label: str
    text: str
    by: str
    at: datetime
    in_data: bool


def listed(core: Core, by: str, reason: str = "") -> tuple[Sequence[Entry], int]:
    """The newest entries, all or of one reason, and how many there are; the look is on record."""
    with core.transaction() as session:
        roles.check(session, by, Permission.LEARN)
        audit.append(session, by, "learning.viewed", detail=reason)
    waiting = select(Misunderstanding).where(Misunderstanding.settled_at.is_(None))
    if reason:
        waiting = waiting.where(Misunderstanding.reason == reason)
    with core.snapshot() as session:
        total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
        rows = session.scalars(waiting.order_by(Misunderstanding.id.desc()).limit(SHOWN)).all()
        return [entry for row in rows if (entry := _entry(core, session, row))], total


def teach(core: Core, by: str, entry: int, label: str, text: str) -> None:
    """Keeps an example in the words of staff and settles the entry. Raises InvalidStepError."""
    text = own_words.clean(text)
    if label not in examples.topics():
        raise InvalidStepError("Please choose a topic of the list.")
    examples.known()  # read before the database is locked
    with core.transaction() as session:
        roles.check(session, by, Permission.LEARN)
        row = _waiting(session, entry)
        if why := own_words.problem(text, _heard(core, session, row)):
            raise InvalidStepError(why)
        if any(normal(text) == normal(known.text) for known in _taught(core, session)):
            raise InvalidStepError("A colleague has written this example already.")
        sealed = core.cipher.encrypt(text.encode(), _context(label))
        session.add(StaffExample(label=label, text=sealed, by=by))
        row.settled_at = now()
        audit.append(session, by, "learning.taught", label)


def dismiss(core: Core, by: str, entry: int) -> None:
    """Nothing is to be learned from this one."""
    with core.transaction() as session:
        roles.check(session, by, Permission.LEARN)
        row = _waiting(session, entry)
        row.settled_at = now()
        audit.append(session, by, "learning.dismissed", detail=row.reason)


def withdraw(core: Core, by: str, example: int) -> None:
    """Deletes an example of staff's."""
    with core.transaction() as session:
        roles.check(session, by, Permission.LEARN)
        row = session.get(StaffExample, example, with_for_update=True)
        if row is None:
            raise InvalidStepError("This example is gone already.")
        session.delete(row)
        audit.append(session, by, "learning.withdrawn", row.label)


def taught(core: Core, by: str) -> list[Taught]:
    with core.snapshot() as session:
        roles.check(session, by, Permission.LEARN)
        return _taught(core, session)


def exported(core: Core, by: str) -> str:
    """The patch that adds what staff wrote to data/; that it was made is on record."""
    with core.transaction() as session:
        roles.check(session, by, Permission.LEARN)
        audit.append(session, by, "learning.exported")
    try:
        return learned_patch.patch(learned_patch.changes(ROOT, examples_by_label(core)))
    except NoPlaceError as error:
        raise InvalidStepError(f"There is no place for examples in {error}.") from None


def examples_by_label(core: Core) -> dict[str, list[str]]:
    """All that staff wrote, for whoever works at the server itself."""
    with core.snapshot() as session:
        return _by_label(_taught(core, session))


def context(row: StaffExample) -> str:
    return f"example:{row.label}"


def _by_label(written: Sequence[Taught]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in written:
        found[each.label].append(each.text)
    return dict(found)


def _taught(core: Core, session: Session) -> list[Taught]:
    rows = session.scalars(select(StaffExample).order_by(StaffExample.id))
    texts = [(r, core.cipher.decrypt(r.text, _context(r.label)).decode()) for r in rows]
    known = examples.known() if texts else {}
    return [Taught(r.id, r.label, t, r.by, r.created_at, normal(t) in known) for r, t in texts]


def _entry(core: Core, session: Session, row: Misunderstanding) -> Entry | None:
    conversation = session.get_one(Conversation, row.conversation_id)
    message = _message(session, row)
    if message is None:
        return None
    mine = select(Ticket).where(Ticket.conversation_id == row.conversation_id)
    told = [tickets.details_of(core, ticket) for ticket in session.scalars(mine)]
    return Entry(
        id=row.id,
        reason=row.reason,
        at=message.created_at,
        channel=conversation.channel,
        text=redaction.redacted(opened(core, message).text, told),
        answered=row.answered,
        in_danger=conversation.crisis is not None,
    )


def _waiting(session: Session, entry: int) -> Misunderstanding:
    row = session.get(Misunderstanding, entry, with_for_update=True)
    if row is None or row.settled_at is not None:
        raise InvalidStepError(GONE)
    return row


def _heard(core: Core, session: Session, row: Misunderstanding) -> list[str]:
    """The entry's message, and the others of the list: none of them may be copied."""
    if _message(session, row) is None:
        raise InvalidStepError(GONE)
    waiting = select(Misunderstanding).where(Misunderstanding.settled_at.is_(None))
    others = session.scalars(waiting.order_by(Misunderstanding.id.desc()).limit(SHOWN)).all()
    found = [_message(session, each) for each in (row, *others)]
    return [opened(core, message).text for message in found if message]


def _message(session: Session, row: Misunderstanding) -> Message | None:
    mine = Message.conversation_id == row.conversation_id
    return session.scalar(select(Message).where(mine, Message.seq == row.seq))


def _context(label: str) -> bytes:
    return f"example:{label}".encode()
