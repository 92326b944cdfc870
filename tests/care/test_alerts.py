from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from care import alerts, conversations, retention, ticket_steps, tickets
from care.alerts import LEASE, QUICK_TRIES, Due
from care.db import Core, now
from care.errors import UnknownTicketError
from care.models import Alert, Ticket
from care.transcript import Inbound, Line, Outcome
from tests.colleagues import hire

HELP = [Line("Call or text 988.")]


@pytest.fixture
def visit(core: Core) -> str:
    return conversations.start(core, "web")[0]


def danger(core: Core, visit: str, kind: str = "suicide") -> str:
    """The number of the newest urgent ticket after one more message of danger."""
    message = Inbound(f"danger-{now().timestamp()}", "words of a visitor")
    conversations.receive(core, visit, message, lambda _: Outcome(HELP, crisis=kind))
    with core.snapshot() as session:
        newest = select(Ticket.number).order_by(Ticket.id.desc()).limit(1)
        return session.scalars(newest).one()


def take(core: Core, **later: float) -> list[Due]:
    return alerts.take(core, now() + timedelta(**later), 100)


def all_sent(core: Core, **later: float) -> list[tuple[str, int]]:
    """Sends all that is due by then: ticket and step of each."""
    due = take(core, **later)
    for each in due:
        alerts.sent(core, each, now())
    return [(each.number, each.step) for each in due]


def stored(core: Core, due: Due) -> Alert:
    with core.snapshot() as session:
        return session.get_one(Alert, due.id)


def give_up(core: Core) -> None:
    """Fails the first alert until it is dead."""
    at = now()
    for _ in range(QUICK_TRIES):
        at += timedelta(minutes=1)
        (due,) = alerts.take(core, at, 1)
        dead = alerts.failed(core, due, "Status503", at, jitter=0)
    assert dead


def test_the_ladder_is_climbed_while_nobody_claims(core: Core, visit: str) -> None:
    number = danger(core, visit)
    assert all_sent(core) == [(number, 1)]
    assert all_sent(core, seconds=119) == []
    assert all_sent(core, seconds=121) == [(number, 2)]
    assert all_sent(core, seconds=301) == [(number, 3)]
    assert all_sent(core, days=9) == []
    assert alerts.next_due(core) is None


def test_a_ticket_without_its_alerts_is_never_stored(
    core: Core, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("care.ladder.plan", broken)
    with pytest.raises(RuntimeError):
        danger(core, visit)
    with pytest.raises(RuntimeError):
        tickets.request_callback(core, visit, "key-1", {})
    assert tickets.listed(core) == []


def test_more_words_of_the_same_danger_alert_nobody_twice(core: Core, visit: str) -> None:
    assert danger(core, visit) == danger(core, visit)
    assert len(take(core)) == 1


def test_the_same_word_cannot_be_stored_twice(core: Core, visit: str) -> None:
    danger(core, visit)
    first = stored(core, take(core)[0])
    kept = {c.name: getattr(first, c.name) for c in Alert.__table__.columns}
    twin = insert(Alert).values(**{**kept, "id": 999})
    with pytest.raises(IntegrityError), core.transaction() as session:
        session.execute(twin)


@pytest.mark.parametrize("last", ["contacted", "resolved"])
def test_a_danger_after_the_last_was_dealt_with_alerts_again(
    core: Core, visit: str, last: str
) -> None:
    first = danger(core, visit)
    ticket_steps.claim(core, first, "dana")
    ticket_steps.contact(core, first, "dana", "reached")
    if last == "resolved":
        ticket_steps.resolve(core, first, "dana")
    second = danger(core, visit)
    assert second != first
    assert all_sent(core) == [(second, 1)]


def test_a_danger_days_after_a_ticket_that_was_forgotten_alerts_again(
    core: Core, visit: str
) -> None:
    first = danger(core, visit)
    ticket_steps.claim(core, first, "dana")
    with core.transaction() as session:
        session.query(Ticket).one().created_at -= timedelta(days=2)
    assert danger(core, visit) != first


def test_the_longest_kind_of_danger_can_be_stored(core: Core, visit: str) -> None:
    assert danger(core, visit, "withdrawal")


def test_a_call_back_alerts_at_once_and_when_it_is_overdue(core: Core, visit: str) -> None:
    number = tickets.request_callback(core, visit, "key-1", {}).number
    tickets.request_callback(core, visit, "key-1", {})
    assert all_sent(core) == [(number, 1)]
    (ticket,) = tickets.listed(core)
    assert ticket.due_at is not None
    wait = (ticket.due_at - now()).total_seconds()
    assert all_sent(core, seconds=wait - 60) == []
    assert all_sent(core, seconds=wait + 60) == [(number, 2)]


def test_the_urgent_go_first(core: Core, visit: str) -> None:
    quiet = tickets.request_callback(core, visit, "key-1", {}).number
    urgent = danger(core, visit)
    assert [due.number for due in take(core)] == [urgent, quiet]


def test_what_was_taken_by_one_who_died_is_due_again_after_the_lease(
    core: Core, visit: str
) -> None:
    danger(core, visit)
    at = now()
    (lost,) = alerts.take(core, at, 8)
    assert alerts.take(core, at + LEASE - timedelta(seconds=1), 8) == []
    (again,) = alerts.take(core, at + LEASE, 8)
    assert again.key == lost.key
    assert again.attempt == lost.attempt + 1


def test_of_many_takers_each_alert_has_one(core: Core) -> None:
    for _ in range(12):
        danger(core, conversations.start(core, "web")[0])
    at = now()
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: alerts.take(core, at, 5), range(12)))
    keys = [due.key for some in taken for due in some]
    assert len(keys) == len(set(keys)) == 12


def test_a_failure_waits_longer_each_time_and_is_reported(core: Core, visit: str) -> None:
    number = danger(core, visit)
    at, waits = now(), []
    for _ in range(QUICK_TRIES - 1):
        (due,) = alerts.take(core, at, 1)
        assert not alerts.failed(core, due, "ConnectError", at, jitter=0)
        waits.append((stored(core, due).next_try_at or at) - at)
        at += waits[-1]
    assert waits == sorted(waits)
    (due,) = alerts.take(core, at, 1)
    assert alerts.failed(core, due, "ConnectError", at, jitter=0)
    (lost,) = alerts.undelivered(core)
    assert (lost.number, lost.step, lost.error) == (number, 1, "ConnectError")


def test_what_was_reported_is_still_tried_until_it_arrives(core: Core, visit: str) -> None:
    danger(core, visit)
    give_up(core)
    (reported,) = alerts.undelivered(core)
    at = now() + timedelta(hours=5)
    (due, *_) = [due for due in alerts.take(core, at, 9) if due.step == 1]
    assert not alerts.failed(core, due, "ConnectError", at, jitter=0)
    assert [lost.dead_at for lost in alerts.undelivered(core)] == [reported.dead_at]
    at += alerts.SELDOM
    (due, *_) = [due for due in alerts.take(core, at, 9) if due.step == 1]
    alerts.sent(core, due, at)
    assert alerts.undelivered(core) == []


def test_what_could_not_be_delivered_is_listed_until_the_ticket_is_resolved(
    core: Core, visit: str
) -> None:
    number = danger(core, visit)
    give_up(core)
    ticket_steps.claim(core, number, "dana")
    assert len(alerts.undelivered(core)) == 1
    ticket_steps.resolve(core, number, "dana")
    assert alerts.undelivered(core) == []


def test_a_dead_step_does_not_hold_up_the_next(core: Core, visit: str) -> None:
    number = danger(core, visit)
    give_up(core)
    assert (number, 2) in all_sent(core, minutes=20)


def test_a_claim_stops_the_ladder(core: Core, visit: str) -> None:
    number = danger(core, visit)
    all_sent(core)
    assert ticket_steps.claim(core, number, "dana") == "dana"
    assert take(core, days=1) == []
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert [(bool(a.sent_at), bool(a.stopped_at)) for a in ticket.alerts] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    assert [(e.kind, e.by) for e in ticket.events] == [("opened", "guide"), ("claimed", "dana")]


def test_of_many_claims_one_wins_and_all_learn_who(core: Core, visit: str) -> None:
    number = danger(core, visit)
    hire(core, *(f"staff-{n}" for n in range(12)))
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda n: ticket_steps.claim(core, number, f"staff-{n}"), range(12)))
    assert len(set(said)) == 1
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert [e.by for e in ticket.events if e.kind == "claimed"] == [said[0]]
    with pytest.raises(UnknownTicketError):
        ticket_steps.claim(core, "R-000000", "dana")


def test_a_ticket_given_back_starts_its_ladder_anew(core: Core, visit: str) -> None:
    number = danger(core, visit)
    all_sent(core)
    ticket_steps.claim(core, number, "dana")
    ticket_steps.release(core, number, "dana")
    assert all_sent(core) == [(number, 1)]
    assert all_sent(core, seconds=301) == [(number, 2), (number, 3)]


def test_a_claim_while_an_alert_is_on_its_way_ends_its_tries(core: Core, visit: str) -> None:
    number = danger(core, visit)
    (due,) = take(core)
    ticket_steps.claim(core, number, "dana")
    assert not alerts.failed(core, due, "ConnectError", now(), jitter=0)
    assert take(core, days=1) == []


def test_a_late_failure_does_not_undo_what_another_taker_sent(core: Core, visit: str) -> None:
    danger(core, visit)
    at = now()
    (slow,) = alerts.take(core, at, 8)
    (quick,) = alerts.take(core, at + LEASE, 8)
    alerts.sent(core, quick, at + LEASE)
    assert not alerts.failed(core, slow, "TimeoutError", at + LEASE, jitter=0)
    assert stored(core, quick).sent_at == at + LEASE


def test_forgetting_a_visitor_deletes_the_alerts_too(core: Core, visit: str) -> None:
    danger(core, visit)
    retention.forget(core, visit)
    assert take(core, days=1) == []


def test_an_address_is_never_stored(
    core: Core, visit: str, database_dump: Callable[[], bytes]
) -> None:
    settings = core.settings.model_copy(
        update={"alert_step_1": type(core.settings.alert_step_1)("mailto://canary:pass@x.example")}
    )
    danger(Core(settings, core.engine, core.cipher), visit)
    dump = database_dump()
    assert b"step_1.1" in dump
    assert b"canary" not in dump


def test_the_clock_of_a_try_is_the_callers(core: Core, visit: str) -> None:
    danger(core, visit)
    long_ago = datetime(2020, 1, 1, tzinfo=now().tzinfo)
    assert alerts.take(core, long_ago, 8) == []
