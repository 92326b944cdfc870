"""One ticket at the desk, over HTTP: its steps, and its contact details behind a reason."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select

from care import conversations, privacy, ticket_steps, tickets
from care.models import AuditEntry
from care.tickets import TicketView
from care.transcript import Inbound
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, token_in


@pytest.fixture
def number(gateway: Gateway) -> str:
    visit = conversations.start(gateway.core, "web")[0]
    conversations.receive(gateway.core, visit, Inbound("m-1", "call robin at 212-555-0142"))
    privacy.conceal(gateway.core, visit, "212-555-0142")
    answers = {"contact_name": "Robin", "contact_reach": "[phone-1]"}
    return tickets.request_callback(gateway.core, visit, "key-1", answers).number


def take(desk: httpx.Client, number: str, step: str, **fields: str) -> httpx.Response:
    token = token_in(desk.get("/desk"))
    return desk.post(f"/desk/tickets/{number}/{step}", data={"csrf_token": token, **fields})


def stored(gateway: Gateway, number: str) -> TicketView:
    ticket = tickets.find(gateway.core, number)
    assert ticket is not None
    return ticket


def actions(gateway: Gateway) -> list[str]:
    with gateway.core.snapshot() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_a_ticket_is_worked_on_with_nothing_but_forms(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    day = date.today() + timedelta(days=5)
    for step, fields, shown in (
        ("claim", {}, "Claimed by"),
        ("contact", {"outcome": "no_answer"}, "contacted (no answer) by dana"),
        ("follow-up", {"on": day.isoformat()}, f"<strong>{day.isoformat()}</strong>"),
        ("priority", {"priority": "high"}, "priority (high) by dana"),
        ("contact", {"outcome": "reached"}, "contacted (reached) by dana"),
        ("resolve", {}, "Resolved. Due: Nothing due"),
        ("reopen", {}, "reopened by dana"),
        ("claim", {}, "Claimed by"),
        ("release", {}, "released by dana"),
    ):
        page = take(desk, number, step, **fields)
        assert page.status_code == 200
        assert page.url.path == f"/desk/tickets/{number}"
        assert shown in page.text
    assert stored(gateway, number).status == "open"


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("contact", {"outcome": ""}, "Please say how the contact went."),
        ("follow-up", {"on": "soon"}, "Please choose a day"),
        ("follow-up", {"on": "2020-01-01"}, "day to come"),
        ("priority", {"priority": "lost"}, "no such priority"),
        ("reopen", {}, "not possible now"),
        ("reveal", {"reason": ""}, "Please choose a reason."),
    ],
)
def test_a_step_that_cannot_be_taken_says_why_on_the_page(
    gateway: Gateway,
    desk: httpx.Client,
    number: str,
    step: str,
    fields: dict[str, str],
    said: str,
) -> None:
    ticket_steps.claim(gateway.core, number, NAME)
    page = take(desk, number, step, **fields)
    assert page.status_code == 409
    assert said in page.text
    assert 'role="alert"' in page.text
    assert len(stored(gateway, number).events) == 2


def test_a_colleagues_ticket_offers_no_step_but_to_give_it_back(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    ticket_steps.claim(gateway.core, number, "kim")
    page = desk.get(f"/desk/tickets/{number}")
    assert "Save the contact" not in page.text
    assert "Give the ticket back" in page.text
    assert "kim has this ticket" in take(desk, number, "resolve").text


def test_contact_details_are_hidden_until_there_is_a_reason(
    gateway: Gateway, desk: httpx.Client, number: str
) -> None:
    for path in ("/desk", f"/desk/tickets/{number}"):
        page = desk.get(path)
        assert "555-0142" not in page.text
        assert "Robin" not in page.text
        assert "robin" not in page.text
    page = take(desk, number, "reveal", reason="to_call")
    assert "(212) 555-0142" in page.text
    assert "Robin" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "555-0142" not in desk.get(f"/desk/tickets/{number}").text
    assert actions(gateway)[-3:] == ["ticket.viewed", "ticket.revealed", "ticket.viewed"]


def test_the_list_marks_what_is_overdue(gateway: Gateway, desk: httpx.Client, number: str) -> None:
    assert "Overdue</strong>" not in desk.get("/desk").text
    ticket_steps.set_priority(gateway.core, number, "kim", "urgent")
    assert "Overdue</strong>" in desk.get("/desk").text
