"""The steps that staff take with a ticket: claim, contact, resolve, give back, reopen, put off.

open, then claimed by one, then contacted (each try with its outcome), then resolved. Who has
claimed a ticket works on it alone until they give it back.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import alerts, due, ladder, roles, started_texts
from care.db import Core, now
from care.errors import InvalidStepError, UnknownTicketError
from care.models import LiveChat, Ticket
from care.roles import Permission
from care.ticket_events import record

OUTCOMES = ("reached", "voicemail", "no_answer", "wrong_number")
PRIORITIES = ("urgent", "high", "normal")  # the most pressing first
FARTHEST = timedelta(days=366)
DETAIL_LIMIT = 32
URGENT = PRIORITIES[0]
IN_HAND = ("claimed", "contacted")

# In which states of a ticket each step may be taken, under the name of its event.
ALLOWED = {
    "claimed": ("open",),
    "released": IN_HAND,
    "contacted": IN_HAND,
    "texted": IN_HAND,
    "resolved": IN_HAND,
    "reopened": ("resolved",),
    "follow_up": IN_HAND,
    "priority": ("open", *IN_HAND),
}
NEEDS = dict.fromkeys(ALLOWED, Permission.WORK) | {"priority": Permission.PRIORITY}
BY_HOLDER = {"contacted", "texted", "resolved", "follow_up"}


def possible(
    status: str, *, holds: bool, may: Collection[Permission], urgent: bool = False
) -> set[str]:
    """The steps that may be taken now; `holds` says whether by the one who claimed it."""
    fit = {step for step, statuses in ALLOWED.items() if status in statuses and NEEDS[step] in may}
    if urgent:
        fit -= {"follow_up"}
    others = fit if Permission.REASSIGN in may else fit - {"released"}
    return fit if holds else others - BY_HOLDER


def claim(core: Core, number: str, by: str) -> str:
    """Who has the ticket now: `by`, or the one who was first."""
    with core.transaction() as session:
        roles.check(session, by, NEEDS["claimed"])
        ticket = locked(session, number)
        if ticket.status in IN_HAND:
            return ticket.claimed_by or "Someone"
        take(session, ticket, by)
        return by


def take(session: Session, ticket: Ticket, by: str) -> None:
    """Claims a ticket that is locked and nobody's."""
    _check(ticket, "claimed", by)
    ticket.status, ticket.claimed_by = "claimed", by
    alerts.stop(session, ticket)
    record(session, ticket, "claimed", by)


def release(core: Core, number: str, by: str) -> None:
    """Gives the ticket back; its alerts start anew. A supervisor may do it for who went home."""
    with _step(core, number, "released", by) as (session, ticket):
        if ticket.claimed_by not in {by, None}:
            roles.check(session, by, Permission.REASSIGN)
        open_again(core, session, ticket)


def contact(core: Core, number: str, by: str, outcome: str) -> None:
    """One try to reach the person. Whoever was not reached is due again."""
    if outcome not in OUTCOMES:
        raise InvalidStepError("Please say how the contact went.")
    with _step(core, number, "contacted", by, outcome) as (_, ticket):
        ticket.status, ticket.follow_up_on = "contacted", None
        again = due.after(core.settings, ticket.priority, now())
        ticket.due_at = None if outcome == "reached" else again


def text(core: Core, number: str, by: str, name: str) -> None:
    """Sends an approved text message; `started_texts` says when that may be."""
    with _step(core, number, "texted", by, name[:DETAIL_LIMIT]) as (session, ticket):
        started_texts.start(core, session, ticket, name)


def resolve(core: Core, number: str, by: str) -> None:
    with _step(core, number, "resolved", by) as (_, ticket):
        ticket.status, ticket.due_at, ticket.follow_up_on = "resolved", None, None


def reopen(core: Core, number: str, by: str) -> None:
    """Nobody's again, due and alerting as if it had come now."""
    with _step(core, number, "reopened", by) as (session, ticket):
        open_again(core, session, ticket)


def follow_up(core: Core, number: str, by: str, on: date) -> None:
    """Puts the next step off to a day, when business begins; never where there is danger."""
    today = due.today(core.settings, now())
    if not today < on <= today + FARTHEST:
        raise InvalidStepError("A follow-up is on a day to come, within a year.")
    with _step(core, number, "follow_up", by, on.isoformat()) as (_, ticket):
        if ticket.priority == URGENT:
            raise InvalidStepError("What is urgent is not put off. Change its priority first.")
        ticket.follow_up_on, ticket.due_at = on, due.on(core.settings, on)


def set_priority(core: Core, number: str, by: str, priority: str) -> None:
    """More pressing is never due later than before; an agreed day stays, unless it is urgent."""
    if priority not in PRIORITIES:
        raise InvalidStepError("There is no such priority.")
    with _step(core, number, "priority", by, priority) as (session, ticket):
        before, ticket.priority = ticket.priority, priority
        if ticket.due_at and (priority == "urgent" or not ticket.follow_up_on):
            anew = due.after(core.settings, priority, now())
            pressing = PRIORITIES.index(priority) < PRIORITIES.index(before)
            ticket.due_at = min(ticket.due_at, anew) if pressing else anew
        if ticket.status == "open" and _ladder(ticket, before) != _ladder(ticket, priority):
            alerts.stop(session, ticket)
            alerts.store(core, session, ticket)


def open_again(core: Core, session: Session, ticket: Ticket) -> None:
    """Nobody's again: its alerts start anew."""
    ticket.status, ticket.claimed_by = "open", None
    ticket.due_at = ticket.due_at or due.after(core.settings, ticket.priority, now())
    alerts.store(core, session, ticket)


def _ladder(ticket: Ticket, priority: str) -> str:
    return ladder.kind_of(ticket.kind, priority)


@contextmanager
def _step(
    core: Core, number: str, step: str, by: str, detail: str | None = None
) -> Iterator[tuple[Session, Ticket]]:
    """The ticket for writing, if it can take this step; afterwards the step is on record."""
    with core.transaction() as session:
        roles.check(session, by, NEEDS[step])
        ticket = locked(session, number)
        _check(ticket, step, by)
        _check_chat(session, ticket, step)
        yield session, ticket
        record(session, ticket, step, by, detail)


def locked(session: Session, number: str) -> Ticket:
    """For writing: steps of one ticket come one after the other."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number).with_for_update())
    if ticket is None:
        raise UnknownTicketError
    return ticket


def _check(ticket: Ticket, step: str, by: str) -> None:
    status = "cancelled" if ticket.cancelled_at else ticket.status
    if status not in ALLOWED[step]:
        raise InvalidStepError(f"This ticket is {status}: that step is not possible now.")
    if step in BY_HOLDER and ticket.claimed_by not in {by, None}:
        raise InvalidStepError(f"{ticket.claimed_by} has this ticket.")


def _check_chat(session: Session, ticket: Ticket, step: str) -> None:
    """A ticket is not put away while its visitor is in a chat, or waits for one."""
    if step not in {"released", "resolved"}:
        return
    open_chat = select(LiveChat).where(LiveChat.ticket_id == ticket.id, LiveChat.ended_at.is_(None))
    chat = session.scalar(open_chat)
    if chat and chat.taken_at:
        raise InvalidStepError("A chat goes on here: hand it back or close it first.")
    if chat and step == "resolved":
        raise InvalidStepError("Somebody waits for this chat: take it over first.")
