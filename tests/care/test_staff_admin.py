from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import conversations, retention, second_factor, staff, staff_admin, ticket_steps, tickets
from care.db import Core, now
from care.errors import CodeNeededError, NotAllowedError, StaffError
from care.models import AuditEntry, StaffInvitation, StaffUser
from care.roles import ADMIN, AGENT, AUDITOR, ROLES, SUPERVISOR
from care.staff import COMMAND
from tests.colleagues import hire

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def admins(core: Core) -> None:
    hire(core, "ada", "eve", role=ADMIN)


def entries(core: Core) -> list[tuple[str, str, str, str]]:
    with core.snapshot() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    return [(e.by, e.action, e.subject, e.detail) for e in rows]


def role_of(core: Core, name: str) -> str:
    return next(c.role for c in staff_admin.listed(core, "ada") if c.username == name)


def test_an_invitation_makes_an_account_once(core: Core) -> None:
    token = staff_admin.invite(core, "ada", SUPERVISOR)
    assert staff_admin.invitation(core, token) == staff_admin.Invited(SUPERVISOR, None)
    assert staff_admin.accept(core, token, "Noor", PASSWORD) == "noor"
    assert staff.sign_in(core, "noor", PASSWORD)
    assert role_of(core, "noor") == SUPERVISOR
    assert staff_admin.invitation(core, token) is None
    with pytest.raises(StaffError, match="does not work any more"):
        staff_admin.accept(core, token, "other", PASSWORD)
    assert entries(core)[:2] == [
        ("ada", "staff.invited", "", SUPERVISOR),
        ("noor", "staff.joined", "noor", SUPERVISOR),
    ]


@pytest.mark.parametrize(
    ("name", "password"), [("noor", "short"), ("dana", PASSWORD), ("system", PASSWORD)]
)
def test_a_link_that_was_used_wrongly_still_works(core: Core, name: str, password: str) -> None:
    token = staff_admin.invite(core, "ada", AGENT)
    with pytest.raises(StaffError):
        staff_admin.accept(core, token, name, password)
    assert staff_admin.accept(core, token, "noor", PASSWORD) == "noor"


def test_of_two_who_use_one_link_at_once_one_joins(core: Core) -> None:
    token = staff_admin.invite(core, "ada", AGENT)

    def join(name: str) -> bool:
        try:
            return bool(staff_admin.accept(core, token, name, PASSWORD))
        except StaffError:
            return False

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(join, ["noor", "nils", "nora"])) == [False, False, True]


def test_a_link_ends_after_48_hours_and_is_stored_as_a_hash(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = staff_admin.invite(core, "ada", AGENT)
    with core.snapshot() as session:
        assert session.scalars(select(StaffInvitation.token_hash)).all() != [token]
    monkeypatch.setattr("care.staff_admin.now", lambda: now() + timedelta(hours=47))
    assert staff_admin.invitation(core, token)
    monkeypatch.setattr("care.staff_admin.now", lambda: now() + timedelta(hours=49))
    assert staff_admin.invitation(core, token) is None
    with pytest.raises(StaffError):
        staff_admin.accept(core, token, "noor", PASSWORD)
    retention.purge(core, now() + timedelta(hours=49))
    with core.snapshot() as session:
        assert session.scalars(select(StaffInvitation)).all() == []


def test_a_new_password_by_link_keeps_name_role_and_second_factor(core: Core) -> None:
    staff.set_password(core, "dana", PASSWORD)
    totp = second_factor.begin(core, "dana")
    second_factor.confirm(core, "dana", totp.now(), "")
    void = staff_admin.new_password_link(core, "ada", "dana")
    token = staff_admin.new_password_link(core, "ada", "dana")
    assert staff_admin.invitation(core, void) is None
    assert staff_admin.accept(core, token, "somebody-else", "another long password") == "dana"
    with pytest.raises(CodeNeededError):
        staff.sign_in(core, "dana", "another long password")
    assert role_of(core, "dana") == SUPERVISOR


def test_a_changed_role_ends_sessions(core: Core) -> None:
    staff.set_password(core, "dana", PASSWORD)
    token = staff.sign_in(core, "dana", PASSWORD) or ""
    staff_admin.set_role(core, "ada", "dana", SUPERVISOR)  # which it was
    assert staff.signed_in(core, token)
    staff_admin.set_role(core, "ada", "dana", AUDITOR)
    assert staff.signed_in(core, token) is None
    assert entries(core)[-1] == ("ada", "staff.role", "dana", AUDITOR)


def test_whoever_is_disabled_is_out_at_once_with_the_links_they_made(core: Core) -> None:
    staff.set_password(core, "eve", PASSWORD)
    token = staff.sign_in(core, "eve", PASSWORD) or ""
    link = staff_admin.invite(core, "eve", ADMIN)
    staff_admin.disable(core, "ada", "eve")
    assert staff.signed_in(core, token) is None
    assert staff.sign_in(core, "eve", PASSWORD) is None
    assert staff_admin.invitation(core, link) is None
    with pytest.raises(NotAllowedError):
        staff_admin.enable(core, "eve", "eve")
    staff_admin.enable(core, "ada", "eve")
    assert staff.signed_in(core, token) is None
    assert staff.sign_in(core, "eve", PASSWORD)


def test_a_reset_second_factor_ends_sessions_and_asks_for_the_password_alone(core: Core) -> None:
    staff.set_password(core, "dana", PASSWORD)
    second_factor.confirm(core, "dana", second_factor.begin(core, "dana").now(), "")
    staff_admin.reset_second_factor(core, "ada", "dana")
    assert second_factor.codes_left(core, "dana") == 0
    assert staff.sign_in(core, "dana", PASSWORD)


STEPS: list[Callable[[Core, str], Any]] = [
    staff_admin.listed,
    lambda core, by: staff_admin.invite(core, by, ADMIN),
    lambda core, by: staff_admin.new_password_link(core, by, "kim"),
    lambda core, by: staff_admin.set_role(core, by, "kim", AGENT),
    lambda core, by: staff_admin.disable(core, by, "kim"),
    lambda core, by: staff_admin.enable(core, by, "kim"),
    lambda core, by: staff_admin.reset_second_factor(core, by, "kim"),
]


@pytest.mark.parametrize("step", STEPS)
def test_nobody_but_an_admin_changes_accounts(core: Core, step: Callable[[Core, str], Any]) -> None:
    for role in ROLES.keys() - {ADMIN}:
        hire(core, f"the-{role}", role=role)
        with pytest.raises(NotAllowedError):
            step(core, f"the-{role}")
    with pytest.raises(NotAllowedError):
        step(core, "nobody")
    step(core, "ada")


def test_admins_leave_their_own_account_to_another(core: Core) -> None:
    for step in (staff_admin.disable, staff_admin.reset_second_factor):
        with pytest.raises(StaffError, match="another admin"):
            step(core, "ada", "ADA")
    with pytest.raises(StaffError):
        staff_admin.set_role(core, "ada", "ada", AGENT)
    for unknown in ("nobody", ""):
        with pytest.raises(StaffError, match="nobody of this name"):
            staff_admin.disable(core, "ada", unknown)
    with pytest.raises(StaffError, match="no such role"):
        staff_admin.set_role(core, "ada", "kim", "owner")


def test_of_two_admins_who_demote_each_other_one_stays(core: Core) -> None:
    def demote(by: str, other: str) -> bool:
        try:
            staff_admin.set_role(core, by, other, AGENT)
        except NotAllowedError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(demote, ("ada", "eve"), ("eve", "ada")))
    assert sorted(done) == [False, True]
    with core.snapshot() as session:
        admins = select(StaffUser.username).where(StaffUser.role == ADMIN)
        (last,) = session.scalars(admins).all()
    with pytest.raises(StaffError, match="Somebody must stay admin"):
        staff_admin.disable(core, COMMAND, last)


def test_the_list_tells_what_somebody_has_in_hand(core: Core) -> None:
    number = tickets.request_callback(core, conversations.start(core, "web")[0], "key-1", {}).number
    ticket_steps.claim(core, number, "kim")
    found = {c.username: c.tickets for c in staff_admin.listed(core, "ada")}
    assert found == {"ada": 0, "dana": 0, "eve": 0, "kim": 1, "sam": 0}
