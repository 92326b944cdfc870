from datetime import timedelta

import pytest

from care import staff
from care.db import Core, now


@pytest.fixture
def token(core: Core) -> str:
    staff.set_password(core, "dana", "correct horse battery")
    token = staff.sign_in(core, "dana", "correct horse battery")
    assert token is not None
    return token


def test_only_the_right_password_signs_in(core: Core, token: str) -> None:
    assert staff.sign_in(core, "dana", "wrong") is None
    assert staff.sign_in(core, "nobody", "correct horse battery") is None
    found = staff.signed_in(core, token)
    assert found is not None
    assert found.username == "dana"


def test_signing_out_or_a_new_password_ends_the_session(core: Core, token: str) -> None:
    staff.sign_out(core, token)
    assert staff.signed_in(core, token) is None
    again = staff.sign_in(core, "dana", "correct horse battery")
    assert again is not None
    staff.set_password(core, "dana", "another long password")
    assert staff.signed_in(core, again) is None


@pytest.mark.parametrize("away", [timedelta(minutes=16), timedelta(hours=13)])
def test_a_session_ends_by_itself(
    core: Core, token: str, away: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("care.staff.now", lambda: now() + away)
    assert staff.signed_in(core, token) is None


def test_garbage_is_nobody(core: Core) -> None:
    assert staff.signed_in(core, "") is None
    assert staff.signed_in(core, "x" * 5000) is None
