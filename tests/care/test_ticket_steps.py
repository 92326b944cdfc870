"""The life of a ticket, step by step."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care import alerts, audit, conversations, ticket_steps, tickets
from care.db import Core, now
from care.errors import InvalidStepError, UnknownTicketError
from care.models import AuditEntry
from care.roles import AGENT, AUDITOR, ROLES, SUPERVISOR
from care.ticket_steps import ALLOWED, OUTCOMES
from care.tickets import TicketView
from care.transcript import Inbound, Line, Outcome

TUESDAY = datetime(2026, 12, 1, 15, tzinfo=UTC)  # ten o'clock in New York


@pytest.fixture
def number(core: Core) -> str:
    visit = conversations.start(core, "web")[0]
    return tickets.request_callback(core, visit, "key-1", {}).number


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the time of the core."""

    def at(moment: datetime) -> None:
        for part in ("tickets", "ticket_steps", "alerts"):
            monkeypatch.setattr(f"care.{part}.now", lambda: moment)

    return at


def found(core: Core, number: str) -> TicketView:
    ticket = tickets.find(core, number)
    assert ticket is not None
    return ticket


def claimed(core: Core, number: str) -> str:
    assert ticket_steps.claim(core, number, "dana") == "dana"
    return number


def danger(core: Core) -> str:
    visit = conversations.start(core, "web")[0]
    outcome = Outcome([Line("988")], crisis="suicide")
    conversations.receive(core, visit, Inbound("danger-1", "words"), lambda _: outcome)
    return next(t.number for t in tickets.listed(core) if t.conversation_id == visit)


def test_a_ticket_lives_from_open_to_resolved_and_every_step_is_on_record(
    core: Core, number: str
) -> None:
    claimed(core, number)
    for outcome in OUTCOMES:
        ticket_steps.contact(core, number, "dana", outcome)
    ticket_steps.resolve(core, number, "dana")
    ticket_steps.reopen(core, number, "kim")
    ticket = found(core, number)
    assert [(e.kind, e.by, e.detail) for e in ticket.events] == [
        ("opened", "guide", None),
        ("claimed", "dana", None),
        *[("contacted", "dana", outcome) for outcome in OUTCOMES],
        ("resolved", "dana", None),
        ("reopened", "kim", None),
    ]
    assert (ticket.status, ticket.claimed_by) == ("open", None)
    with core.snapshot() as session:
        log = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(e.action, e.by, e.subject, e.detail) for e in log] == [
        (f"ticket.{e.kind}", e.by, number, e.detail or "") for e in ticket.events
    ]
    assert audit.verify(core).broken is None


STEPS: dict[str, Callable[[Core, str, str], object]] = {
    "claimed": ticket_steps.claim,
    "released": ticket_steps.release,
    "contacted": lambda core, number, by: ticket_steps.contact(core, number, by, "voicemail"),
    "texted": lambda core, number, by: ticket_steps.text(core, number, by, "hello"),
    "resolved": ticket_steps.resolve,
    "reopened": ticket_steps.reopen,
    "follow_up": lambda core, number, by: ticket_steps.follow_up(
        core, number, by, date.today() + timedelta(days=9)
    ),
    "priority": lambda core, number, by: ticket_steps.set_priority(core, number, by, "high"),
}


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        ([], ["released", "contacted", "resolved", "reopened", "follow_up"]),
        (["claimed"], ["reopened"]),
        (["claimed", "contacted"], ["reopened"]),
        (["claimed", "resolved"], sorted(set(STEPS) - {"reopened"})),
    ],
)
def test_a_step_that_is_not_possible_is_refused_and_changes_nothing(
    core: Core, number: str, before: list[str], refused: list[str]
) -> None:
    for step in before:
        STEPS[step](core, number, "dana")
    as_it_was = found(core, number)
    for step in refused:
        with pytest.raises(InvalidStepError):
            STEPS[step](core, number, "dana")
    ticket = found(core, number)
    assert len(ticket.events) == len(as_it_was.events)
    assert (ticket.status, ticket.due_at) == (as_it_was.status, as_it_was.due_at)


def test_every_step_is_refused_for_a_ticket_that_is_not_there(core: Core) -> None:
    assert set(STEPS) == set(ALLOWED)
    for step in STEPS.values():
        with pytest.raises(UnknownTicketError):
            step(core, "R-000000", "dana")


def test_only_who_has_the_ticket_works_on_it_and_anyone_may_give_it_back(
    core: Core, number: str
) -> None:
    claimed(core, number)
    assert ticket_steps.claim(core, number, "kim") == "dana"
    for step in ("contacted", "resolved", "follow_up"):
        with pytest.raises(InvalidStepError, match="dana has this ticket"):
            STEPS[step](core, number, "kim")
    ticket_steps.release(core, number, "kim")
    assert found(core, number).claimed_by is None
    assert ticket_steps.claim(core, number, "kim") == "kim"


def test_the_desk_offers_what_is_possible() -> None:
    def offered(status: str, *, holds: bool, role: str = SUPERVISOR) -> set[str]:
        return ticket_steps.possible(status, holds=holds, may=ROLES[role])

    assert offered("open", holds=False) == {"claimed", "priority"}
    assert offered("claimed", holds=False) == {"released", "priority"}
    assert "contacted" in offered("claimed", holds=True)
    assert offered("resolved", holds=True) == {"reopened"}
    assert offered("claimed", holds=False, role=AGENT) == {"priority"}
    assert "released" in offered("claimed", holds=True, role=AGENT)
    assert offered("open", holds=False, role=AUDITOR) == set()


def test_an_unknown_outcome_or_priority_is_refused(core: Core, number: str) -> None:
    claimed(core, number)
    with pytest.raises(InvalidStepError):
        ticket_steps.contact(core, number, "dana", "we talked about words")
    with pytest.raises(InvalidStepError):
        ticket_steps.set_priority(core, number, "dana", "whenever")
    assert len(found(core, number).events) == 2


def test_danger_is_due_at_once_and_a_call_back_within_business_hours(
    core: Core, clock: Callable[[datetime], None]
) -> None:
    clock(TUESDAY)
    urgent, visit = found(core, danger(core)), conversations.start(core, "web")[0]
    waiting = found(core, tickets.request_callback(core, visit, "key-2", {}).number)
    assert (urgent.due_at, urgent.overdue) == (TUESDAY, True)
    assert (waiting.due_at, waiting.overdue) == (TUESDAY + timedelta(hours=4), False)


def test_an_unanswered_call_is_due_again_and_a_talk_is_not(
    core: Core, number: str, clock: Callable[[datetime], None]
) -> None:
    claimed(core, number)
    clock(TUESDAY)
    ticket_steps.contact(core, number, "dana", "no_answer")
    assert found(core, number).due_at == TUESDAY + timedelta(hours=4)
    clock(TUESDAY + timedelta(hours=4))
    assert found(core, number).overdue
    ticket_steps.contact(core, number, "dana", "reached")
    assert found(core, number).due_at is None
    assert not found(core, number).overdue


def test_a_follow_up_is_due_when_business_begins_that_day(
    core: Core, number: str, clock: Callable[[datetime], None]
) -> None:
    claimed(core, number)
    clock(TUESDAY)
    ticket_steps.follow_up(core, number, "dana", date(2026, 12, 4))
    ticket = found(core, number)
    assert ticket.follow_up_on == date(2026, 12, 4)
    assert ticket.due_at == datetime(2026, 12, 4, 14, tzinfo=UTC)
    assert ticket.events[-1].detail == "2026-12-04"
    ticket_steps.contact(core, number, "dana", "voicemail")
    assert found(core, number).follow_up_on is None


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2026, 11, 30), date(2028, 1, 1)])
def test_a_follow_up_is_on_a_day_to_come(
    core: Core, number: str, clock: Callable[[datetime], None], on: date
) -> None:
    claimed(core, number)
    clock(TUESDAY)
    with pytest.raises(InvalidStepError, match="day to come"):
        ticket_steps.follow_up(core, number, "dana", on)


def test_more_pressing_is_due_sooner_and_danger_climbs_its_own_ladder(
    core: Core, number: str, clock: Callable[[datetime], None]
) -> None:
    clock(TUESDAY)
    ticket_steps.set_priority(core, number, "dana", "high")
    assert (found(core, number).due_at or TUESDAY) <= TUESDAY + timedelta(hours=1)
    ticket_steps.set_priority(core, number, "dana", "urgent")
    ticket = found(core, number)
    assert ticket.overdue
    pending = [a for a in ticket.alerts if a.next_try_at]
    assert {(a.kind, a.step) for a in pending} == {("urgent", 1), ("urgent", 2), ("urgent", 3)}
    ticket_steps.set_priority(core, number, "dana", "normal")
    assert found(core, number).due_at == TUESDAY + timedelta(hours=4)


def test_whoever_asks_for_a_call_in_danger_waits_less(core: Core) -> None:
    visit = found(core, danger(core)).conversation_id
    assert visit is not None
    number = tickets.request_callback(core, visit, "key-2", {}).number
    assert found(core, number).priority == "high"


def test_reopened_it_is_due_anew_and_alerts_anew(core: Core, number: str) -> None:
    claimed(core, number)
    ticket_steps.resolve(core, number, "dana")
    assert found(core, number).due_at is None
    ticket_steps.reopen(core, number, "kim")
    assert found(core, number).due_at is not None
    assert len(alerts.take(core, now(), 9)) == 1


def test_the_list_has_the_urgent_first_then_what_is_due_soonest(core: Core, number: str) -> None:
    visit = conversations.start(core, "web")[0]
    sooner = tickets.request_callback(core, visit, "key-2", {}).number
    ticket_steps.set_priority(core, sooner, "dana", "high")
    urgent, done = danger(core), danger(core)
    claimed(core, done)
    ticket_steps.resolve(core, done, "dana")
    with_nothing_due = claimed(core, tickets.request_callback(core, other(core), "k", {}).number)
    ticket_steps.contact(core, with_nothing_due, "dana", "reached")
    listed = [t.number for t in tickets.listed(core)]
    assert listed == [urgent, sooner, number, with_nothing_due, done]


def other(core: Core) -> str:
    return conversations.start(core, "web")[0]
