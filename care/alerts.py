"""Staff alerts: an outbox. Stored with the ticket, sent at least once, stopped by a claim.

An alert is pending while it has a `next_try_at`. Whoever takes it moves that time ahead, by a
lease: should the taker die, the alert is due again when the lease runs out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from care import demo, duty, helpdesk, ladder
from care.db import Core, now
from care.models import Alert, Ticket

LEASE = timedelta(seconds=20)
QUICK_TRIES = 10  # about five minutes; then staff are told at the desk
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=1)
SELDOM = timedelta(minutes=10)
ERROR_LIMIT = 64


@dataclass(frozen=True)
class Due:
    """An alert taken for sending. `attempt` tells this taking from a later one."""

    id: int
    key: str
    recipient: str
    attempt: int
    number: str
    kind: str
    priority: str
    step: int
    open_for: timedelta
    ticket_due_at: datetime | None = None
    reported: bool = False


@dataclass(frozen=True)
class Refusal:
    """What the other side said of trying again: how long to wait; `final`: the same is no use."""

    wait: timedelta = timedelta()
    final: bool = False


NO_REFUSAL = Refusal()


@dataclass(frozen=True)
class Undelivered:
    """An alert that did not arrive in time. It is still tried, but seldom."""

    number: str
    kind: str
    step: int
    recipient: str
    dead_at: datetime
    error: str


def store(core: Core, session: Session, ticket: Ticket) -> None:
    """All alerts of a ticket that is nobody's, in the transaction that makes it so."""
    if demo.is_marked(session, ticket):
        return
    kind, start = ladder.kind_of(ticket.kind, ticket.priority), now()
    last = session.scalar(select(func.max(Alert.round)).where(Alert.ticket_id == ticket.id))
    turn = (last or 0) + 1
    due_at = ticket.due_at or start
    on_duty = partial(duty.names, core, session) if core.settings.people else ladder.nobody
    for planned in ladder.plan(core.settings, ladder.steps(kind), start, due_at, on_duty):
        session.add(
            Alert(
                ticket_id=ticket.id,
                key=f"{ticket.number}:{turn}:{planned.step}:{planned.recipient}",
                kind=kind,
                round=turn,
                step=planned.step,
                recipient=planned.recipient,
                due_at=planned.due_at,
                next_try_at=planned.due_at,
            )
        )


def announce(core: Core, session: Session, ticket: Ticket) -> None:
    """Word to the operator's helpdesk of a new ticket; once, whatever becomes of it later."""
    if not core.settings.helpdesk:
        return
    at = now()
    session.add(
        Alert(
            ticket_id=ticket.id,
            key=f"{ticket.number}:{helpdesk.RECIPIENT}",
            kind=helpdesk.KIND,
            round=0,
            step=helpdesk.STEP,
            recipient=helpdesk.RECIPIENT,
            due_at=at,
            next_try_at=at,
        )
    )


def stop(session: Session, ticket: Ticket, *, announcements: bool = False) -> None:
    """Somebody has the ticket: what is still pending will not go out.

    A helpdesk hears of it all the same, unless there is nothing to do any more.
    """
    pending = update(Alert).where(Alert.ticket_id == ticket.id, Alert.next_try_at.is_not(None))
    if not announcements:
        pending = pending.where(Alert.kind != helpdesk.KIND)
    session.execute(pending.values(next_try_at=None, stopped_at=now()))


def next_due(core: Core) -> datetime | None:
    with core.snapshot() as session:
        return session.scalar(select(func.min(Alert.next_try_at)))


def take(core: Core, at: datetime, most: int) -> list[Due]:
    """Takes alerts that are due, the urgent first; no other taker gets them while the lease runs.

    PostgreSQL passes over rows that another taker holds; SQLite lets in one taker at a time.
    """
    with core.transaction() as session:
        rows = session.execute(
            select(Alert, Ticket)
            .join(Ticket, Ticket.id == Alert.ticket_id)
            .where(Alert.next_try_at <= at)
            .order_by(Ticket.priority != "urgent", Alert.due_at, Alert.id)
            .limit(most)
            .with_for_update(of=Alert, skip_locked=True)
        ).all()
        for alert, _ in rows:
            alert.attempts += 1
            alert.next_try_at = at + LEASE
        return [_due(alert, ticket, at) for alert, ticket in rows]


def sent(core: Core, due: Due, at: datetime) -> None:
    with core.transaction() as session:
        session.execute(
            update(Alert)
            .where(Alert.id == due.id, Alert.sent_at.is_(None))
            .values(sent_at=at, next_try_at=None, dead_at=None, last_error=None)
        )


def failed(  # noqa: PLR0913  (each tells one thing of the try)
    core: Core, due: Due, error: str, at: datetime, jitter: float, refusal: Refusal = NO_REFUSAL
) -> bool:
    """Puts the next try off; True if it is reported from now on. `error` is the name of its class.

    Nothing changes if the ticket was claimed meanwhile, or the alert taken anew. Tries never end
    by themselves: the other side may be away for hours.
    """
    late = refusal.final or due.attempt >= QUICK_TRIES
    wait = max(SELDOM if late else wait_after(due.attempt, jitter), refusal.wait)
    with core.transaction() as session:
        settled = session.execute(
            update(Alert)
            .where(
                Alert.id == due.id,
                Alert.attempts == due.attempt,
                Alert.next_try_at.is_not(None),
            )
            .values(
                last_error=error[:ERROR_LIMIT],
                next_try_at=at + wait,
                dead_at=func.coalesce(Alert.dead_at, at) if late else None,
            )
            .returning(Alert.id)
        )
        return settled.first() is not None and late and not due.reported


def wait_after(attempt: int, jitter: float) -> timedelta:
    """Twice as long each time, up to a minute; `jitter` from 0 to 1 takes away up to half."""
    longest = min(FIRST_WAIT * (1 << (attempt - 1)), LONGEST_WAIT)
    return longest * (1 - jitter / 2)


def undelivered(core: Core) -> list[Undelivered]:
    """Not delivered in time, for tickets that are not resolved yet; the newest first."""
    with core.snapshot() as session:
        rows = session.execute(
            select(Alert, Ticket)
            .join(Ticket, Ticket.id == Alert.ticket_id)
            .where(Alert.dead_at.is_not(None), Ticket.status != "resolved")
            .order_by(Alert.dead_at.desc(), Alert.id)
        ).all()
        return [
            Undelivered(t.number, t.kind, a.step, a.recipient, a.dead_at, a.last_error or "")
            for a, t in rows
            if a.dead_at
        ]


def of_ticket(session: Session, ticket: Ticket) -> Sequence[Alert]:
    return session.scalars(
        select(Alert).where(Alert.ticket_id == ticket.id).order_by(Alert.due_at, Alert.id)
    ).all()


def _due(alert: Alert, ticket: Ticket, at: datetime) -> Due:
    return Due(
        id=alert.id,
        key=alert.key,
        recipient=alert.recipient,
        attempt=alert.attempts,
        number=ticket.number,
        kind=ticket.kind,
        priority=ticket.priority,
        step=alert.step,
        open_for=at - ticket.created_at,
        ticket_due_at=ticket.due_at,
        reported=alert.dead_at is not None,
    )
