"""What happened is counted once, before it is purged, and few are not told."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from care import (
    audit_reading,
    conversations,
    counting,
    live_chat_steps,
    numbers,
    ratings,
    retention,
    ticket_steps,
)
from care.audit_reading import Sought
from care.cipher import new_key
from care.db import Core, now
from care.errors import NotAllowedError
from care.models import DailyCount, Message, OptEvent
from care.numbers import Cell
from care.transcript import Inbound, Line, Outcome
from tests.colleagues import hire

UNSURE = Line("Did you mean?", response="utter_unsure")
ANSWER = Line("It depends.", response="utter_faq/iop_cost")
DANGER = Outcome([Line("988", response="utter_crisis/suicide")], crisis="suicide")


def visit(core: Core, channel: str, *lines: Line) -> str:
    visit, _ = conversations.start(core, channel, [Line("Hello.", response="utter_start")])
    for number, line in enumerate(lines):
        seq = conversations.receive(core, visit, Inbound(f"id-{number}", "words")).seq
        conversations.answer(core, visit, seq, Outcome([line]))
    return visit


def in_danger(core: Core) -> str:
    talk = visit(core, "web")
    conversations.receive(core, talk, Inbound("danger-1", "words"), lambda _: DANGER)
    return talk


def counted(core: Core) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with core.snapshot() as session:
        for row in session.scalars(select(DailyCount)):
            found.setdefault(row.measure, Counter())[row.of] += row.count
    return {measure: dict(of) for measure, of in found.items()}


def count(core: Core, hours: float = 1) -> None:
    counting.count(core, now() + timedelta(hours=hours))


@pytest.fixture
def today(core: Core) -> date:
    return now().astimezone(ZoneInfo(core.settings.time_zone)).date()


def test_contacts_messages_topics_and_what_was_not_understood(core: Core) -> None:
    visit(core, "web", ANSWER, UNSURE)
    visit(core, "sms", ANSWER)
    visit(core, "web")  # nobody wrote there
    count(core)
    found = counted(core)
    assert found["contacts"] == {"web": 1, "sms": 1}
    assert found["messages"] == {"web": 2, "sms": 1}
    assert found["topics"] == {"faq/iop_cost": 2}
    assert found["not_understood"] == {"unsure": 1}
    hour = now().astimezone(ZoneInfo(core.settings.time_zone)).hour
    assert sum(found["hours"].values()) == 2
    assert set(found["hours"]) <= {f"{hour:02}", f"{(hour - 1) % 24:02}"}


def test_an_hour_is_counted_once_and_only_when_it_is_over(core: Core) -> None:
    talk = visit(core, "web", ANSWER)
    counting.count(core, now().replace(minute=0, second=0, microsecond=0))
    assert "contacts" not in counted(core)
    for _ in range(2):
        count(core)
    assert counted(core)["contacts"] == {"web": 1}
    retention.forget(core, talk)
    count(core, hours=2)
    assert counted(core)["contacts"] == {"web": 1}


def test_a_purge_counts_first(core: Core) -> None:
    visit(core, "web", ANSWER)
    retention.purge(core, now() + timedelta(hours=26))
    with core.snapshot() as session:
        assert session.scalars(select(Message)).all() == []
    assert counted(core)["topics"] == {"faq/iop_cost": 1}


def test_what_cannot_be_opened_is_purged_all_the_same(core: Core) -> None:
    visit(core, "web", ANSWER)
    settings = core.settings.model_copy(update={"data_keys": new_key("test2")})
    other = Core(settings, core.engine, type(core.cipher).from_keys(new_key("test2")))
    retention.purge(other, now() + timedelta(hours=26))
    assert "topics" not in counted(core)
    assert counted(core)["contacts"] == {"web": 1}


def test_how_long_who_asked_for_a_person_waited(core: Core) -> None:
    for takes in (True, False):
        talk = visit(core, "web", ANSWER)
        seq = conversations.receive(core, talk, Inbound("ask", "a person please")).seq
        outcome = Outcome([Line("Somebody is asked.")], wants_person=True)
        conversations.answer(core, talk, seq, outcome)
        if takes:
            number = next(e.subject for e in _entries(core, "ticket.opened"))
            live_chat_steps.take_over(core, number, "dana")
        else:
            conversations.end(core, talk)
    count(core)
    assert counted(core)["chat_wait"] == {"under 1 min": 1, "never": 1}
    assert counted(core)["with_person"] == {"chat": 2}


def _entries(core: Core, action: str) -> list[audit_reading.Entry]:
    hire(core, "otto", role="auditor")
    return list(audit_reading.search(core, "otto", Sought(action=action), None).entries)


def test_dangers_their_claims_and_what_is_overdue(core: Core) -> None:
    in_danger(core)
    (number,) = (entry.subject for entry in _entries(core, "ticket.opened"))
    in_danger(core)
    ticket_steps.claim(core, number, "dana")
    count(core)
    found = counted(core)
    assert found["crisis"] == {"suicide": 2}
    assert found["crisis_wait"] == {"under 1 min": 1}
    assert found["overdue"]["crisis"] in {1, 2}  # what is claimed may have a later due time


def test_ratings_and_opt_outs(core: Core) -> None:
    talk = visit(core, "web", ANSWER)
    ratings.keep(core, talk, 3, False)
    with core.transaction() as session:
        session.add(OptEvent(channel="sms", digest="x", kind="out", source="visitor"))
        session.add(OptEvent(channel="sms", digest="x", kind="in", source="visitor"))
    count(core)
    found = counted(core)
    assert (found["not_helpful"], found["opt_outs"]) == ({"faq/iop_cost": 1}, {"sms": 1})


def test_numbers_of_a_stretch_of_days(core: Core, today: date) -> None:
    _store(core, today, "contacts", web=40, sms=4)
    _store(core, today, "with_person", chat=10)
    _store(core, today, "messages", web=200)
    _store(core, today, "not_understood", unsure=30, unanswered=4)
    _store(core, today - timedelta(days=9), "contacts", web=7)
    found = numbers.read(core, "dana", today, today)
    assert found.cells["contacts"] == (Cell("web", 40), Cell("sms", None))
    assert (found.contained, found.not_understood, found.helpful) == (77, 17, None)
    earlier = numbers.read(core, "dana", today - timedelta(days=30), today)
    assert earlier.cells["contacts"][0] == Cell("web", 47)


def _store(core: Core, day: date, measure: str, **counts: int) -> None:
    with core.transaction() as session:
        for of, number in counts.items():
            session.add(DailyCount(day=day, measure=measure, of=of, count=number))


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 50, 0), (4, 50, None), (5, 50, 10), (46, 50, None), (50, 50, 100)],
)
def test_no_share_shows_how_few_there_are(part: int, whole: int, percent: int | None) -> None:
    assert numbers.share(part, whole) == percent


def test_a_number_that_is_held_back_is_in_no_other_figure(core: Core, today: date) -> None:
    """The hours add up to all contacts: in percent, nobody can take the shown channel off."""
    _store(core, today, "contacts", web=40, sms=4)
    with core.transaction() as session:
        session.add(DailyCount(day=today, measure="hours", of="09", count=44))
    found = numbers.read(core, "dana", today, today)
    assert found.hours["09"] == 100
    assert "hours" not in found.cells


@pytest.mark.parametrize(
    ("minutes", "name"), [(0, "under 1 min"), (1, "1 to 5 min"), (240, "4 to 24 h"), (1440, None)]
)
def test_waits_fall_into_lengths(minutes: int, name: str | None) -> None:
    assert counting.wait(timedelta(minutes=minutes)) == (name or counting.LONGEST)


def test_they_are_for_supervisors_admins_and_auditors(sqlite_core: Core) -> None:
    hire(sqlite_core, "ari", role="agent")
    hire(sqlite_core, "otto", role="auditor")
    day = datetime.now(UTC).date()
    numbers.read(sqlite_core, "otto", day, day, exports=True)
    (entry,) = audit_reading.search(
        sqlite_core, "otto", Sought(action="numbers.exported"), None
    ).entries
    assert entry.by == "otto"
    with pytest.raises(NotAllowedError):
        numbers.read(sqlite_core, "ari", day, day)
