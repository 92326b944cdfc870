"""Claims, duty and lost alerts at the desk, over HTTP."""

from datetime import timedelta

import httpx
import pytest

from care import conversations, duty, ticket_steps, tickets
from care.db import now
from care.models import Alert, StaffSession
from care.transcript import Inbound, Line, Outcome
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, token_in


@pytest.fixture
def number(gateway: Gateway) -> str:
    visit, _ = conversations.start(gateway.core, "web")
    outcome = Outcome([Line("988")], crisis="suicide")
    conversations.receive(gateway.core, visit, Inbound("danger-1", "words"), lambda _: outcome)
    return tickets.listed(gateway.core)[0].number


def post(desk: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return desk.post(path, data={"csrf_token": token_in(desk.get("/desk")), **fields})


def test_claiming_is_one_click_and_shows_who(desk: httpx.Client, number: str) -> None:
    page = post(desk, f"/desk/tickets/{number}/claim")
    assert page.status_code == 200
    assert f"Claimed by <strong>{NAME}</strong>" in page.text
    assert "not needed any more" in page.text


def test_who_comes_second_is_told_whose_it_is(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    ticket_steps.claim(gateway.core, number, "kim")
    page = post(desk, f"/desk/tickets/{number}/claim")
    assert page.status_code == 409
    assert "kim was first" in page.text
    assert post(desk, "/desk/tickets/R-000000/claim").status_code == 404


def test_a_claim_needs_the_sessions_own_token(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    for path in (f"/desk/tickets/{number}/claim", "/desk/duty"):
        assert desk.post(path, data={"csrf_token": "guessed"}).status_code == 403
    assert tickets.unclaimed_urgent(gateway.core) == 1


def test_the_switch_sets_on_duty_and_off(gateway: Gateway, desk: httpx.Client) -> None:
    in_an_hour = now() + timedelta(hours=1)
    assert "On duty until" in post(desk, "/desk/duty", on="yes").text
    assert duty.on_duty(gateway.core, in_an_hour)
    assert "I'm on duty" in post(desk, "/desk/duty", on="no").text
    assert not duty.on_duty(gateway.core, in_an_hour)


def test_an_open_page_learns_what_is_urgent_and_keeps_nobody_signed_in(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    before = last_act(gateway)
    assert desk.get("/desk/pulse").json() == {"urgent": 1, "waiting": 0, "mine": 0}
    assert last_act(gateway) == before
    ticket_steps.claim(gateway.core, number, "kim")
    assert desk.get("/desk/pulse").json() == {"urgent": 0, "waiting": 0, "mine": 0}
    desk.cookies.clear()
    assert desk.get("/desk/pulse").url.path == "/desk/login"


def test_the_list_shows_alerts_that_were_given_up(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    assert "could not be delivered" not in desk.get("/desk").text
    with gateway.core.transaction() as session:
        alert = session.query(Alert).first()
        assert alert is not None
        alert.dead_at, alert.last_error = now(), "Status503"
    assert "could not be delivered" in desk.get("/desk").text


def last_act(gateway: Gateway) -> object:
    with gateway.core.snapshot() as session:
        return session.query(StaffSession).one().seen_at
