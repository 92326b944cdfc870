from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from care import roles, staff, staff_account
from care.db import Core, now
from care.errors import StaffError
from care.models import AuditEntry, StaffSession, StaffUser
from tests.colleagues import hire


@pytest.fixture
def token(core: Core) -> str:
    staff.set_password(core, "dana", "correct horse battery")
    token = staff.sign_in(core, "dana", "correct horse battery")
    assert token is not None
    return token


def test_only_the_right_password_signs_in(core: Core, token: str) -> None:
    assert staff.sign_in(core, "dana", "wrong") is None
    assert staff.sign_in(core, "nobody", "correct horse battery") is None
    assert staff.sign_in(core, "dana", "correct horse battery" + "x" * 5000) is None
    found = staff.signed_in(core, token)
    assert found is not None
    assert found.username == "dana"


def test_every_sign_in_has_a_session_of_its_own(core: Core, token: str) -> None:
    again = staff.sign_in(core, " Dana ", "correct horse battery")
    assert again is not None
    assert again != token
    one, two = staff.signed_in(core, token), staff.signed_in(core, again)
    assert one is not None
    assert two is not None
    assert one.csrf_token != two.csrf_token
    with core.snapshot() as session:
        stored = session.scalars(select(StaffSession.token_hash)).all()
    assert not {token, again} & set(stored)


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


def test_how_long_a_session_lasts_is_a_setting(
    sqlite_core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = sqlite_core.settings.model_copy(
        update={"desk_idle_minutes": 120, "desk_session_hours": 2}
    )
    core = Core(longer, sqlite_core.engine, sqlite_core.cipher)
    staff.set_password(core, "dana", "correct horse battery")
    token = staff.sign_in(core, "dana", "correct horse battery") or ""
    monkeypatch.setattr("care.staff.now", lambda: now() + timedelta(minutes=100))
    assert staff.signed_in(core, token)
    monkeypatch.setattr("care.staff.now", lambda: now() + timedelta(minutes=130))
    assert staff.signed_in(core, token) is None


def test_garbage_is_nobody(core: Core) -> None:
    assert staff.signed_in(core, "") is None
    assert staff.signed_in(core, "x" * 5000) is None
    assert staff.sign_in(core, "", "") is None
    assert staff.sign_in(core, "\x00", "\x00") is None


def test_whoever_is_first_is_admin_and_the_next_an_agent(core: Core) -> None:
    with core.transaction() as session:
        session.query(StaffUser).delete()
    staff.set_password(core, "first", "correct horse battery")
    staff.set_password(core, "second", "correct horse battery")
    staff.set_password(core, "third", "correct horse battery", roles.AUDITOR)
    staff.set_password(core, "first", "another long password")
    with core.snapshot() as session:
        found = session.scalars(select(StaffUser.role).order_by(StaffUser.id)).all()
    assert found == ["admin", "agent", "auditor"]


@pytest.mark.parametrize("name", ["", "x", "system", "Visitor", "a b", "é", "-a-", "a" * 33])
def test_nobody_takes_a_name_that_pretends(core: Core, name: str) -> None:
    with pytest.raises(StaffError):
        staff.set_password(core, name, "correct horse battery")


def test_one_name_in_big_and_small_letters_is_one_person(core: Core, token: str) -> None:
    staff.set_password(core, "DANA", "another long password")
    with core.snapshot() as session:
        assert "DANA" not in session.scalars(select(StaffUser.username)).all()
    assert staff.sign_in(core, "dana", "another long password")


def test_one_changes_the_password_only_with_the_present_one(core: Core, token: str) -> None:
    other = staff.sign_in(core, "dana", "correct horse battery")
    with pytest.raises(StaffError, match="present password"):
        staff_account.change_password(core, "dana", "wrong", "another long password")
    with pytest.raises(StaffError, match="12 characters"):
        staff_account.change_password(core, "dana", "correct horse battery", "short")
    assert staff.signed_in(core, token)
    fresh = staff_account.change_password(
        core, "dana", "correct horse battery", "another long password"
    )
    assert staff.signed_in(core, token) is None
    assert staff.signed_in(core, other or "") is None
    assert staff.signed_in(core, fresh)
    assert staff.sign_in(core, "dana", "correct horse battery") is None


def test_one_sees_where_one_is_signed_in_and_leaves_everywhere(core: Core, token: str) -> None:
    staff.sign_in(core, "dana", "correct horse battery")
    user = staff.signed_in(core, token)
    assert user is not None
    assert sorted(s.is_this for s in staff_account.sessions(core, user)) == [False, True]
    staff_account.sign_out_everywhere(core, "dana")
    assert staff.signed_in(core, token) is None
    assert staff_account.sessions(core, user) == []


def test_signing_in_is_on_record_with_its_kind(core: Core, token: str) -> None:
    staff.sign_out(core, token)
    with core.snapshot() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(e.by, e.action, e.subject, e.detail) for e in rows] == [
        ("command", "staff.password_set", "dana", "supervisor"),
        ("dana", "staff.signed_in", "", "password"),
        ("dana", "staff.signed_out", "", ""),
    ]


def test_many_sign_in_at_once(core: Core, token: str) -> None:
    hire(core, "ann", "bob")
    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(lambda _: staff.sign_in(core, "dana", "correct horse battery"), range(6))
        )
    assert len(set(found)) == 6
    assert None not in found
