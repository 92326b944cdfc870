from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from care import rotation, second_factor, staff
from care.cipher import Cipher, new_key
from care.db import Core
from care.errors import CodeNeededError, SignInExpiredError, StaffError
from care.models import RecoveryCode, StaffUser
from tests.fakes import Clock

PASSWORD = "correct horse battery"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("care.second_factor.now", clock)
    return clock


@pytest.fixture
def totp(core: Core, clock: Clock) -> pyotp.TOTP:
    """Dana's app; the second factor is on and the first code used."""
    staff.set_password(core, "dana", PASSWORD)
    totp = second_factor.begin(core, "dana")
    assert len(second_factor.confirm(core, "dana", totp.at(clock.at), "")) == 10
    clock.pass_(minutes=5)
    return totp


def half(core: Core) -> str:
    with pytest.raises(CodeNeededError) as needed:
        staff.sign_in(core, "dana", PASSWORD)
    return needed.value.half


def test_the_password_alone_signs_nobody_in(core: Core, totp: pyotp.TOTP, clock: Clock) -> None:
    assert staff.sign_in(core, "dana", "wrong") is None
    proof = half(core)
    assert staff.signed_in(core, proof) is None
    for code in (
        "",
        "000000",
        "x" * 5000,
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        totp.at(clock.at - timedelta(minutes=3)),
    ):
        assert staff.sign_in_with_code(core, proof, code) is None
    token = staff.sign_in_with_code(core, proof, totp.at(clock.at))
    assert token is not None
    assert staff.signed_in(core, token)


def test_a_code_works_once_and_no_earlier_one_after_it(
    core: Core, totp: pyotp.TOTP, clock: Clock
) -> None:
    proof, code, earlier = half(core), totp.at(clock.at), totp.at(clock.at, counter_offset=-1)
    assert staff.sign_in_with_code(core, proof, code)
    assert staff.sign_in_with_code(core, proof, code) is None
    assert staff.sign_in_with_code(core, half(core), earlier) is None
    clock.pass_(seconds=30)
    assert staff.sign_in_with_code(core, half(core), totp.at(clock.at))


def test_a_clock_may_be_one_step_off(core: Core, totp: pyotp.TOTP, clock: Clock) -> None:
    assert staff.sign_in_with_code(core, half(core), totp.at(clock.at, counter_offset=-1))
    assert staff.sign_in_with_code(core, half(core), totp.at(clock.at, counter_offset=2)) is None
    assert staff.sign_in_with_code(core, half(core), totp.at(clock.at, counter_offset=1))


def test_recovery_codes_work_once_each(core: Core, totp: pyotp.TOTP, clock: Clock) -> None:
    codes = second_factor.renew_codes(core, "dana", totp.at(clock.at))
    assert len(set(codes)) == 10
    assert staff.sign_in_with_code(core, half(core), f" {codes[0].upper()} ")
    assert staff.sign_in_with_code(core, half(core), codes[0]) is None
    assert staff.sign_in_with_code(core, half(core), codes[1].replace("-", ""))
    assert second_factor.codes_left(core, "dana") == 8
    with core.snapshot() as session:
        stored = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(codes) & set(stored)


def test_new_recovery_codes_need_a_code_and_end_the_old(
    core: Core, totp: pyotp.TOTP, clock: Clock
) -> None:
    old = second_factor.renew_codes(core, "dana", totp.at(clock.at))
    with pytest.raises(StaffError):
        second_factor.renew_codes(core, "dana", "000000")
    second_factor.renew_codes(core, "dana", old[9])
    assert staff.sign_in_with_code(core, half(core), old[0]) is None


def test_a_second_factor_that_is_not_confirmed_is_none(core: Core, clock: Clock) -> None:
    staff.set_password(core, "dana", PASSWORD)
    totp = second_factor.begin(core, "dana")
    assert second_factor.begin(core, "dana").secret == totp.secret
    with pytest.raises(StaffError, match="does not match"):
        second_factor.confirm(core, "dana", "000000", "")
    assert staff.sign_in(core, "dana", PASSWORD)


def test_once_on_it_is_not_shown_again(core: Core, totp: pyotp.TOTP, clock: Clock) -> None:
    with pytest.raises(StaffError):
        second_factor.begin(core, "dana")
    with pytest.raises(StaffError):
        second_factor.confirm(core, "dana", totp.at(clock.at), "")


def test_turning_it_off_needs_a_code(core: Core, totp: pyotp.TOTP, clock: Clock) -> None:
    with pytest.raises(StaffError):
        second_factor.turn_off(core, "dana", "000000")
    second_factor.turn_off(core, "dana", totp.at(clock.at))
    assert staff.sign_in(core, "dana", PASSWORD)
    assert second_factor.begin(core, "dana").secret != totp.secret


@pytest.mark.parametrize("change", ["time", "password", "disabled", "forged"])
def test_what_the_password_proved_does_not_last(
    core: Core, totp: pyotp.TOTP, clock: Clock, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof, code = half(core), totp.at(clock.at)
    if change == "time":
        monkeypatch.setattr("care.staff.CODE_SECONDS", -1)
    elif change == "password":
        staff.set_password(core, "dana", "another long password")
    elif change == "forged":
        proof = proof[:-2] + "xx"
    else:
        with core.transaction() as session:
            session.query(StaffUser).update({"disabled": True})
    with pytest.raises(SignInExpiredError):
        staff.sign_in_with_code(core, proof, code)


def test_turning_it_on_signs_other_browsers_out(core: Core, clock: Clock) -> None:
    staff.set_password(core, "dana", PASSWORD)
    mine, other = (staff.sign_in(core, "dana", PASSWORD) or "" for _ in range(2))
    user = staff.signed_in(core, mine)
    assert user is not None
    totp = second_factor.begin(core, "dana")
    second_factor.confirm(core, "dana", totp.at(clock.at), user.session_id)
    assert staff.signed_in(core, mine)
    assert staff.signed_in(core, other) is None


def test_the_secret_is_sealed_and_renewed_with_the_key(
    core: Core, totp: pyotp.TOTP, clock: Clock, database_dump: Callable[[], bytes]
) -> None:
    assert totp.secret.encode() not in database_dump()
    old = core.settings.data_keys.get_secret_value()
    both = Core(core.settings, core.engine, Cipher.from_keys(f"{new_key('new1')},{old}"))
    assert rotation.rotate(both) == 1
    assert rotation.rotate(both) == 0
    second_factor.turn_off(both, "dana", totp.at(clock.at))
