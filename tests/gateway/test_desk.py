import httpx
import pytest

from care import conversations, staff, tickets
from care.transcript import Inbound
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, PASSWORD, sign_in, token_in
from tests.visitor import PATIENCE


@pytest.fixture
def desk(gateway: Gateway) -> httpx.Client:
    staff.set_password(gateway.core, NAME, PASSWORD)
    client = httpx.Client(base_url=gateway.url, follow_redirects=True, timeout=PATIENCE)
    gateway.clients.append(client)
    return client


def ticket(gateway: Gateway) -> str:
    visit = conversations.start(gateway.core, "web")[0]
    conversations.receive(gateway.core, visit, Inbound("hostile-1", "<script>alert(1)</script>"))
    answers = {"contact_name": "<b>Robin</b>", "contact_reach": "[email-1]"}
    return tickets.request_callback(gateway.core, visit, "key-1", answers).number


def test_signed_out_nobody_sees_a_ticket(gateway: Gateway, desk: httpx.Client) -> None:
    number = ticket(gateway)
    for path in ("/desk", f"/desk/tickets/{number}"):
        page = desk.get(path)
        assert page.url.path == "/desk/login"
        assert number not in page.text
    for step in ("claim", "reveal"):
        answer = desk.post(f"/desk/tickets/{number}/{step}", data={"reason": "to_call"})
        assert answer.url.path == "/desk/login"
    assert [t.status for t in tickets.listed(gateway.core)] == ["open"]


def test_staff_see_the_ticket_and_move_it_on(gateway: Gateway, desk: httpx.Client) -> None:
    number = ticket(gateway)
    assert number in sign_in(desk).text
    page = desk.get(f"/desk/tickets/{number}")
    assert "<script>alert" not in page.text
    assert "<b>Robin" not in page.text
    form = {"csrf_token": token_in(page)}
    assert desk.post(f"/desk/tickets/{number}/claim", data=form).status_code == 200
    assert [t.status for t in tickets.listed(gateway.core)] == ["claimed"]


def test_a_change_needs_the_sessions_own_token(gateway: Gateway, desk: httpx.Client) -> None:
    number = ticket(gateway)
    sign_in(desk)
    for token in ("", "guessed"):
        for step in ("claim", "reveal", "resolve"):
            form = {"csrf_token": token, "reason": "to_call"}
            assert desk.post(f"/desk/tickets/{number}/{step}", data=form).status_code == 403
    assert [t.status for t in tickets.listed(gateway.core)] == ["open"]


def test_signing_in_is_limited_and_needs_the_forms_token(
    gateway: Gateway, desk: httpx.Client
) -> None:
    form = {"username": NAME, "password": PASSWORD}
    assert desk.post("/desk/login", data=form).status_code == 403
    codes = [sign_in(desk, "wrong").status_code for _ in range(12)]
    assert codes[0] == 403
    assert codes[-1] == 429


def test_unknown_tickets_and_steps_are_refused(gateway: Gateway, desk: httpx.Client) -> None:
    number = ticket(gateway)
    page = sign_in(desk)
    assert desk.get("/desk/tickets/R-000000").status_code == 404
    form = {"csrf_token": token_in(page), "reason": "to_call"}
    for path in (f"{number}/lose", "R-000000/claim", "R-000000/reveal"):
        assert desk.post(f"/desk/tickets/{path}", data=form).status_code == 404


def test_signing_out_ends_the_session(desk: httpx.Client) -> None:
    page = sign_in(desk)
    desk.post("/desk/logout", data={"csrf_token": token_in(page)})
    assert desk.get("/desk").url.path == "/desk/login"
