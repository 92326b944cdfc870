"""The duty calendar, breaks, and whom the ladder reaches by them."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from care import (
    conversations,
    duty,
    live_chat_steps,
    retention,
    shifts,
    staff,
    tickets,
)
from care.db import Core, now
from care.errors import NotAllowedError, StaffError
from care.models import Alert, AuditEntry, DutyShift, StaffUser
from care.shifts import Wish
from tests.colleagues import hire

EASTERN = ZoneInfo("America/New_York")


def shift(core: Core, name: str, starts_in: float = -1, lasts: float = 4) -> None:
    """In hours, from now."""
    starts_at = now() + timedelta(hours=starts_in)
    with core.transaction() as session:
        user = session.scalars(select(StaffUser).where(StaffUser.username == name)).one()
        ends_at = starts_at + timedelta(hours=lasts)
        session.add(DutyShift(user_id=user.id, starts_at=starts_at, ends_at=ends_at, added_by="x"))


def wish(**more: Any) -> Wish:
    day = (now() + timedelta(days=2)).astimezone(EASTERN).date()
    at = {"day": day, "start": time(9), "end": time(17)}
    return Wish(**{"username": "dana", **at, **more})


def test_whoever_has_a_shift_is_on_duty_for_as_long_as_it_lasts(core: Core) -> None:
    shift(core, "dana", starts_in=1, lasts=2)
    moments = (0, 0.99, 1.01, 2.99, 3.01)
    assert [duty.on_duty(core, now() + timedelta(hours=h)) for h in moments] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert duty.how(core, now() + timedelta(hours=2)) == {"dana": ["calendar"]}


def test_without_alerts_a_shift_reaches_nobody(core: Core) -> None:
    shift(core, "dana")
    off = Core(core.settings.model_copy(update={"alerts": "off"}), core.engine, core.cipher)
    assert duty.on_duty(core)
    assert not duty.on_duty(off)


def test_who_goes_off_duty_within_a_shift_is_off_until_its_end(core: Core) -> None:
    shift(core, "dana", lasts=4)
    duty.switch(core, "dana", on=False)
    assert not duty.on_duty(core)
    shift(core, "dana", starts_in=5)
    assert duty.on_duty(core, now() + timedelta(hours=6))
    duty.switch(core, "dana", on=True)
    assert duty.on_duty(core)


def test_on_a_break_nobody_is_on_duty_and_it_ends_by_itself(core: Core) -> None:
    duty.switch(core, "dana", on=True)
    shift(core, "dana")
    duty.take_break(core, "dana", 15)
    assert not duty.on_duty(core)
    assert list(duty.on_breaks(core, now())) == ["dana"]
    assert duty.on_duty(core, now() + timedelta(minutes=16))
    duty.come_back(core, "dana")
    assert duty.how(core) == {"dana": ["switch", "calendar"]}
    with pytest.raises(StaffError):
        duty.take_break(core, "dana", 999)


def test_nobody_takes_a_break_from_a_visitor(core: Core) -> None:
    talk, _ = conversations.start(core, "web", [])
    with core.transaction() as session:
        ticket = tickets.open_live_chat(core, session, conversations.locked(session, talk))
        number = ticket.number
    live_chat_steps.take_over(core, number, "dana")
    with pytest.raises(StaffError, match="You have a chat"):
        duty.take_break(core, "dana", 15)
    live_chat_steps.hand_back(core, number, "dana")
    duty.take_break(core, "dana", 15)


def test_a_shift_is_planned_in_local_time_for_several_weeks(core: Core) -> None:
    night = wish(weeks=3, start=time(22), end=time(6))
    shifts.add(core, "kim", night)
    found = shifts.listed(core, now())
    assert len(found) == 3
    for each in found:
        assert each.starts_at.astimezone(EASTERN).hour == 22
        assert each.ends_at.astimezone(EASTERN).hour == 6
        assert each.ends_at.astimezone(EASTERN).date() > each.starts_at.astimezone(EASTERN).date()
    for each in found:
        shifts.remove(core, "kim", each.id)
        shifts.remove(core, "kim", each.id)
    assert shifts.listed(core, now()) == []
    with core.snapshot() as session:
        done = session.scalars(select(AuditEntry.action)).all()
    assert list(done).count("duty.shift_removed") == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "nobody"},
        {"username": "ada"},
        {"weeks": 0},
        {"weeks": 27},
        {"end": time(9)},
        {"end": time(8)},
        {"day": date(2020, 1, 1)},
        {"day": date(9999, 12, 31), "start": time(23), "end": time(6)},
        {"day": date(1, 1, 1), "start": time(0), "end": time(6)},
    ],
)
def test_a_shift_that_cannot_be_is_refused_and_nothing_is_added(
    sqlite_core: Core, wrong: dict[str, Any]
) -> None:
    hire(sqlite_core, "ada", role="auditor")
    with pytest.raises(StaffError):
        shifts.add(sqlite_core, "kim", wish(**wrong))
    assert shifts.listed(sqlite_core, now()) == []


def test_nobody_has_two_shifts_at_once(sqlite_core: Core) -> None:
    shifts.add(sqlite_core, "kim", wish())
    with pytest.raises(StaffError, match="has a shift then already"):
        shifts.add(sqlite_core, "kim", wish(weeks=2))
    shifts.add(sqlite_core, "kim", wish(username="sam"))
    assert len(shifts.listed(sqlite_core, now())) == 2


def test_an_agent_plans_nothing(sqlite_core: Core) -> None:
    hire(sqlite_core, "al", role="agent")
    with pytest.raises(NotAllowedError):
        shifts.add(sqlite_core, "al", wish(username="al"))


def test_a_signed_in_user_knows_of_their_shift(sqlite_core: Core) -> None:
    staff.set_password(sqlite_core, "dana", "correct horse battery")
    token = staff.sign_in(sqlite_core, "dana", "correct horse battery")
    shift(sqlite_core, "dana", lasts=4)
    user = staff.signed_in(sqlite_core, token or "")
    assert user
    assert user.on_duty_until
    assert user.on_duty_until > now() + timedelta(hours=2)


def test_each_step_also_goes_to_who_is_on_duty_then(core: Core) -> None:
    people = SecretStr("dana=mailto://dana.example kim=mailto://kim.example")
    settings = core.settings.model_copy(update={"alert_people": people})
    core = Core(settings, core.engine, core.cipher)
    shift(core, "dana", starts_in=-4, lasts=4 + 1 / 60)  # ends in a minute
    shift(core, "kim", starts_in=1 / 30)  # begins in two
    shift(core, "sam")  # has no address
    talk, _ = conversations.start(core, "web", [])
    with core.transaction() as session:
        tickets.open_urgent(core, session, talk, "suicide")
        rows = session.scalars(select(Alert)).all()
        told = {(row.step, row.recipient) for row in rows if row.recipient != "console"}
    assert told == {(1, "duty.dana"), (2, "duty.kim"), (3, "duty.kim")}


def test_old_shifts_are_forgotten(core: Core) -> None:
    shift(core, "dana", starts_in=-24 * 91, lasts=4)
    shift(core, "dana", starts_in=-24 * 89, lasts=4)
    retention.purge(core, now())
    with core.snapshot() as session:
        assert len(session.scalars(select(DutyShift)).all()) == 1
