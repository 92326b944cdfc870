"""What the desk's pages show, from objects like those that the desk hands them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, select_autoescape

from care.queue import CHOICES, Filters
from care.roles import Permission
from care.ticket_about import About, Earlier
from care.ticket_notes import Note
from desk import delivery_words

FOLDERS = [Path(__file__).resolve().parents[2] / part / "templates" for part in ("desk", "gateway")]
AT = datetime.now(UTC) - timedelta(hours=3)
SCRIPT = "<script>alert(1)</script>"


LABELS = {"transport": "Transport"}
STEPS = {"claimed", "contacted", "follow_up", "priority", "resolved", "released", "reopened"}


def show(template: str, **values: Any) -> str:
    environment = Environment(loader=FileSystemLoader(FOLDERS), autoescape=select_autoescape())
    delivery_words.teach(environment)
    shared = {
        "user": SimpleNamespace(username="kim", may=set(Permission)),
        "csrf_token": "token-1",
        "steps": STEPS,
    }
    shared |= {"about": About(), "labels": LABELS, "filters": vars(Filters()), "choices": CHOICES}
    shared |= {"outcomes": ["no_answer"], "priorities": ["high", "normal"], "reasons": ["to_call"]}
    return environment.get_template(template).render(shared | values)


def ticket(**changes: Any) -> SimpleNamespace:
    values = {
        "number": "R-7K2M9P",
        "kind": "callback",
        "priority": "normal",
        "status": "open",
        "created_at": AT,
        "contact_for": "self",
        "best_time": "after six",
        "name": "Sam",
        "phone": "+15555550123",
        "email": "",
        "voicemail_ok": False,
        "texting_ok": True,
        "consents": [
            SimpleNamespace(purpose="call_back", version="2", text="We may call you.", at=AT)
        ],
        "messages": [SimpleNamespace(author="visitor", at=AT, text="please call me")],
        "events": [SimpleNamespace(kind="opened", at=AT, by="guide", detail=None)],
        "claimed_by": None,
        "due_at": AT,
        "overdue": True,
        "follow_up_on": None,
    }
    return SimpleNamespace(**values | changes)


def test_the_list_shows_each_ticket_with_utc_and_relative_time() -> None:
    page = show("desk_tickets.html", tickets=[ticket(), ticket(number="R-2", priority="urgent")])
    for words in ("/desk/tickets/R-7K2M9P", "Callback", "Open", "Themselves", "after six"):
        assert words in page
    assert f"{AT:%Y-%m-%d %H:%M} UTC" in page
    assert "3 h ago" in page
    assert 'class="urgent' in page


def test_an_empty_list_says_so() -> None:
    assert "There are no tickets." in show("desk_tickets.html", tickets=[])


def test_a_ticket_shows_contact_consent_and_conversation() -> None:
    page = show("desk_ticket.html", ticket=ticket())
    for words in ("Sam", "+15555550123", "We may call you.", "version 2", "please call me"):
        assert words in page
    assert "<dd><strong>No</strong></dd>" in page
    assert 'action="/desk/tickets/R-7K2M9P/follow-up"' in page
    assert page.count('name="csrf_token" value="token-1"') == page.count("<form") == 13


def test_every_field_of_a_ticket_has_its_label() -> None:
    page = show("desk_ticket.html", ticket=ticket())
    fields = re.findall(r'<(?:select|input|textarea) id="([^"]+)"', page)
    assert sorted(fields) == ["label", "note", "on", "outcome", "priority", "reason"]
    assert re.findall(r'<label for="([^"]+)"', page) == fields


def test_only_the_steps_that_are_possible_are_offered() -> None:
    page = show("desk_ticket.html", ticket=ticket(), steps={"reopened"})
    assert "Reopen" in page
    assert "Claim this ticket" not in page
    assert page.count("<form") == 7


def test_what_was_revealed_says_so_and_can_be_hidden_again() -> None:
    page = show("desk_ticket.html", ticket=ticket(), revealed=True)
    assert '<a href="/desk/tickets/R-7K2M9P">Hide again</a>' in page
    assert "Show contact details" not in page


def test_when_it_is_due_is_said_in_words() -> None:
    assert "Overdue</strong> since" in show("desk_tickets.html", tickets=[ticket()])
    soon = ticket(overdue=False, due_at=datetime.now(UTC) + timedelta(hours=3, minutes=1))
    assert "in 3 h" in show("desk_tickets.html", tickets=[soon])
    assert "Nothing due" in show("desk_tickets.html", tickets=[ticket(overdue=False, due_at=None)])


@pytest.mark.parametrize("field", ["name", "phone", "email", "best_time", "contact_for"])
def test_what_a_visitor_gave_is_inert(field: str) -> None:
    page = show("desk_ticket.html", ticket=ticket(**{field: SCRIPT}))
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_a_visitors_message_is_inert() -> None:
    messages = [SimpleNamespace(author="visitor", at=AT, text=SCRIPT)]
    assert SCRIPT not in show("desk_ticket.html", ticket=ticket(messages=messages))


def test_the_login_carries_the_form_token_and_the_error() -> None:
    page = show("desk_login.html", user=None, error="That did not match.", csrf_token="form-1")
    assert 'name="csrf_token" value="form-1"' in page
    assert '<p class="error" role="alert" id="error">That did not match.</p>' in page
    assert "Sign out" not in page


def test_a_ticket_shows_who_claimed_it_and_what_went_out() -> None:
    alert = {"step": 1, "recipient": "step_1.1", "due_at": AT, "attempts": 1}
    nothing = {"sent_at": None, "dead_at": None, "stopped_at": None}
    alerts = [
        SimpleNamespace(**alert, **nothing | {"sent_at": AT}),
        SimpleNamespace(**alert, **nothing | {"dead_at": AT}),
        SimpleNamespace(**alert, **nothing | {"stopped_at": AT}),
        SimpleNamespace(**alert, **nothing),
    ]
    claimed = [SimpleNamespace(kind="claimed", at=AT, by=by) for by in ("kim", SCRIPT)]
    mine = ticket(status="claimed", alerts=alerts, events=claimed)
    page = show("desk_ticket.html", ticket=mine, steps=STEPS - {"claimed"})
    for words in ("sent <time", "not delivered", "not needed any more", "being tried (1 so far)"):
        assert words in page
    assert f"Claimed by <strong>{SCRIPT.replace('<', '&lt;').replace('>', '&gt;')}" in page
    assert "Claim this ticket" not in page


def test_the_list_names_the_alerts_that_were_lost() -> None:
    lost = SimpleNamespace(
        number="R-9",
        kind="crisis/suicide",
        step=2,
        recipient="step_2.1",
        dead_at=AT,
        error="Status503",
    )
    page = show("desk_tickets.html", tickets=[], undelivered=[lost])
    for words in ("could not be delivered", "/desk/tickets/R-9", "step_2.1", "Status503"):
        assert words in page


def test_pages_have_nothing_inline() -> None:
    for template, values in (
        ("desk_tickets.html", {"tickets": [ticket()]}),
        ("desk_ticket.html", {"ticket": ticket()}),
        ("desk_login.html", {}),
    ):
        page = show(template, **values)
        assert page.count("<script") == page.count('<script src="/desk/static/')
        assert "style=" not in page
        assert "<style" not in page


def test_at_one_look_are_risk_notes_labels_and_earlier_tickets() -> None:
    about = About(
        notes=[Note("kim", AT, SCRIPT)],
        labels=["transport"],
        earlier=[Earlier("R-2", "callback", "resolved", AT)],
        topics=["Cost of an IOP"],
        risks=["crisis/overdose", "wrong_number"],
        allowed=["call"],
    )
    for template in ("desk_ticket.html", "desk_print.html"):
        page = show(template, ticket=ticket(), about=about)
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page
        assert "Transport" in page
        assert "Cost of an IOP" in page
    page = show("desk_ticket.html", ticket=ticket(), about=about)
    assert "Danger: overdose</strong>, The number was wrong" in page
    assert '<a href="/desk/tickets/R-2">R-2</a>' in page
    assert "<form" not in show("desk_print.html", ticket=ticket(), user=None)


def test_the_list_says_who_is_there_and_offers_the_claim() -> None:
    viewers = [SimpleNamespace(name="sam", typing=True), SimpleNamespace(name="ada", typing=False)]
    page = show("desk_queue.html", tickets=[ticket(viewers=viewers, labels=["transport"])])
    assert "sam is writing, ada is here" in page
    assert 'action="/desk/tickets/R-7K2M9P/claim"' in page
    assert "Transport" in page
    claimed = ticket(status="claimed")
    assert "<form" not in show("desk_queue.html", tickets=[claimed])


CHAT: dict[str, Any] = {
    "words": "You have this chat.",
    "can": "mine",
    "danger": None,
    "unheard": False,
}
CHAT |= {"colleagues": ["kim"], "line_id": "line-0001", "limit": 2000}


def test_the_chat_offers_what_its_holder_can_do() -> None:
    page = show("desk_ticket.html", ticket=ticket(), chat=CHAT)
    steps = re.findall(r'action="/desk/tickets/R-7K2M9P/chat/([a-z-]+)"', page)
    assert steps == ["take-over", "write", "hand-back", "close", "transfer"]
    assert page.count('name="csrf_token"') == page.count("<form")
    assert '<div data-when="take" hidden>' in page
    assert '<div data-when="mine" >' in page
    assert '<label for="line">' in page
    assert '<label for="to">' in page


def test_a_chat_that_is_somebody_elses_offers_nothing() -> None:
    page = show("desk_ticket.html", ticket=ticket(), chat={**CHAT, "can": ""})
    assert page.count("data-when") == len(re.findall(r'data-when="\w+" hidden', page)) == 2


def test_danger_in_a_chat_is_said_in_words() -> None:
    page = show("desk_ticket.html", ticket=ticket(), chat={**CHAT, "danger": "overdose"})
    assert re.search(r'data-part="danger" >Danger was seen.*overdose', page)


def test_what_a_colleague_is_called_is_inert() -> None:
    page = show("desk_ticket.html", ticket=ticket(), chat={**CHAT, "colleagues": [SCRIPT]})
    assert SCRIPT not in page
