"""The desk's page of who is on duty: seen by all who work, planned by supervisors."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from care import duty, shifts
from care.db import now
from care.settings import Settings
from tests.gateway.desk_app import DeskApp


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    yield opened
    opened.close()


def test_a_supervisor_plans_and_a_colleague_sees_it(desk: DeskApp) -> None:
    boss, token = desk.hired("supervisor")
    agent, _ = desk.hired("agent")
    day = (now() + timedelta(days=3)).date()
    wish = {"username": "the-agent", "day": f"{day}", "start": "22:00", "end": "06:00"}
    add = {"csrf_token": token, **wish, "weeks": "2"}
    assert boss.post("/desk/calendar/add", data=add).status_code == 303
    again = boss.post("/desk/calendar/add", data=add)
    assert (again.status_code, "has a shift then already" in again.text) == (409, True)
    page = agent.get("/desk/calendar").text
    assert page.count("22:00 to 06:00 (next day)") == 2
    assert "Plan a shift" not in page
    assert "Remove" not in page
    (first, _) = shifts.listed(desk.core, now())
    gone = {"csrf_token": token, "shift": f"{first.id}"}
    assert boss.post("/desk/calendar/remove", data=gone).status_code == 303
    assert len(shifts.listed(desk.core, now())) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "tomorrow"},
        {"day": "2026-02-30"},
        {"start": "25:00"},
        {"end": ""},
        {"weeks": "9" * 5000},
        {"weeks": "\u0663"},
        {"username": "\x00"},
        {"username": "x" * 20000},
    ],
)
def test_a_bad_wish_is_refused_with_its_reason(desk: DeskApp, wrong: dict[str, str]) -> None:
    boss, token = desk.hired("supervisor")
    day = (now() + timedelta(days=3)).date()
    wish = {"username": "the-supervisor", "day": f"{day}", "start": "09:00", "end": "17:00"}
    answer = boss.post("/desk/calendar/add", data={"csrf_token": token, **wish, **wrong})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert shifts.listed(desk.core, now()) == []


def test_a_break_is_seen_by_all_and_ended_from_any_page(desk: DeskApp) -> None:
    agent, token = desk.hired("agent")
    agent.post("/desk/duty", data={"csrf_token": token, "on": "yes"})
    assert duty.on_duty(desk.core)
    take = {"csrf_token": token, "on": "break", "minutes": "30"}
    assert agent.post("/desk/duty", data=take).status_code == 303
    assert not duty.on_duty(desk.core)
    page = agent.get("/desk/calendar").text
    assert "<strong>Nobody.</strong>" in page
    assert "<strong>the-agent</strong>: away until" in page
    assert "I'm back" in agent.get("/desk").text
    agent.post("/desk/duty", data={"csrf_token": token, "on": "back"})
    assert duty.on_duty(desk.core)
    for on, minutes, status in (("break", "7", 409), ("break", "", 409), ("", "", 404)):
        bad = {"csrf_token": token, "on": on, "minutes": minutes}
        assert agent.post("/desk/duty", data=bad).status_code == status
