from datetime import datetime, timedelta

import pytest

from care import duty, staff
from care.db import Core, now
from care.models import StaffSession, StaffUser


@pytest.fixture
def token(core: Core) -> str:
    staff.set_password(core, "dana", "correct horse battery")
    token = staff.sign_in(core, "dana", "correct horse battery")
    assert token is not None
    return token


def later(**time: float) -> datetime:
    return now() + timedelta(**time)


def test_with_nobody_there_nobody_is_on_duty(core: Core) -> None:
    staff.set_password(core, "dana", "correct horse battery")
    assert not duty.on_duty(core)


def test_whoever_is_at_the_desk_is_on_duty_for_some_minutes(core: Core, token: str) -> None:
    assert duty.on_duty(core, later(minutes=4))
    assert not duty.on_duty(core, later(minutes=6))


def test_an_open_page_counts_until_its_user_has_been_idle_too_long(
    core: Core, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minutes in (3, 6, 9, 12, 14):
        monkeypatch.setattr("care.staff.now", lambda minutes=minutes: later(minutes=minutes))
        assert staff.signed_in(core, token, acts=False)
        assert duty.on_duty(core, later(minutes=minutes))
    monkeypatch.setattr("care.staff.now", lambda: later(minutes=16))
    assert staff.signed_in(core, token, acts=False) is None
    assert not duty.on_duty(core, later(minutes=16))


def test_signing_out_ends_it(core: Core, token: str) -> None:
    staff.sign_out(core, token)
    assert not duty.on_duty(core)


def test_the_switch_lasts_a_shift_and_can_be_set_off(core: Core, token: str) -> None:
    staff.sign_out(core, token)
    duty.switch(core, "dana", on=True)
    assert duty.on_duty(core, later(hours=11))
    assert not duty.on_duty(core, later(hours=13))
    duty.switch(core, "dana", on=False)
    assert not duty.on_duty(core)


def test_without_alerts_the_switch_reaches_nobody(core: Core, token: str) -> None:
    duty.switch(core, "dana", on=True)
    off = Core(core.settings.model_copy(update={"alerts": "off"}), core.engine, core.cipher)
    assert duty.on_duty(off)  # the page is open
    assert not duty.on_duty(off, later(hours=1))


def test_a_disabled_user_is_never_on_duty(core: Core, token: str) -> None:
    duty.switch(core, "dana", on=True)
    with core.transaction() as session:
        session.query(StaffUser).update({"disabled": True})
        assert session.query(StaffSession).count() == 1
    assert not duty.on_duty(core)
