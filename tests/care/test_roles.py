import pytest

from care import conversations, duty, queue, roles, staff, ticket_access, ticket_steps, tickets
from care.db import Core, now
from care.errors import NotAllowedError
from care.models import StaffUser
from care.queue import Filters
from care.roles import ADMIN, AGENT, AUDITOR, ROLES, SUPERVISOR, Permission
from tests.colleagues import hire


@pytest.fixture
def number(core: Core) -> str:
    for role in ROLES:
        hire(core, f"the-{role}", role=role)
    return tickets.request_callback(core, conversations.start(core, "web")[0], "key-1", {}).number


def test_every_permission_is_somebodys() -> None:
    assert [p for p in Permission if not roles.granting(p)] == []


def test_nobody_administers_and_audits_at_once() -> None:
    assert [r for r, may in ROLES.items() if {Permission.STAFF, Permission.AUDIT} <= may] == []


def test_only_who_is_at_the_desk_may_take_a_step(core: Core, number: str) -> None:
    for nobody in ("", "nobody", "the-auditor", "system", "command"):
        with pytest.raises(NotAllowedError):
            ticket_steps.claim(core, number, nobody)
        with pytest.raises(NotAllowedError):
            ticket_steps.set_priority(core, number, nobody, "high")
        for look in (ticket_access.view, ticket_access.reveal):
            with pytest.raises(NotAllowedError):
                look(core, number, nobody, *["to_call"] * (look is ticket_access.reveal))
        with pytest.raises(NotAllowedError):
            queue.page(core, nobody, Filters())
    assert ticket_steps.claim(core, number, "the-agent") == "the-agent"


def test_whoever_is_disabled_may_do_nothing_from_that_moment(core: Core, number: str) -> None:
    with core.transaction() as session:
        session.query(StaffUser).where(StaffUser.username == "the-agent").update({"disabled": True})
    with pytest.raises(NotAllowedError):
        ticket_steps.claim(core, number, "the-agent")


@pytest.mark.parametrize(("role", "allowed"), [(AGENT, False), (SUPERVISOR, True), (ADMIN, True)])
def test_a_colleagues_ticket_is_given_back_by_a_supervisor(
    core: Core, number: str, role: str, allowed: bool
) -> None:
    ticket_steps.claim(core, number, "dana")
    if allowed:
        return ticket_steps.release(core, number, f"the-{role}")
    with pytest.raises(NotAllowedError):
        ticket_steps.release(core, number, f"the-{role}")
    ticket_steps.release(core, number, "dana")
    ticket_steps.claim(core, number, f"the-{role}")
    ticket_steps.release(core, number, f"the-{role}")  # one's own


def test_an_auditors_open_page_is_nobody_on_duty(core: Core) -> None:
    staff.set_password(core, "otto", "correct horse battery", AUDITOR)
    assert staff.sign_in(core, "otto", "correct horse battery")
    assert not duty.on_duty(core, now())
    with pytest.raises(NotAllowedError):
        duty.switch(core, "otto", True)
    staff.set_password(core, "ann", "correct horse battery", AGENT)
    assert staff.sign_in(core, "ann", "correct horse battery")
    assert duty.on_duty(core, now())
