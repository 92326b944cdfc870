from datetime import timedelta

import pytest
from sqlalchemy import select

from care import audit, conversations, privacy, retention, ticket_access, tickets
from care.db import Core, now
from care.errors import InvalidStepError, UnknownTicketError
from care.models import AuditEntry
from care.ticket_access import HIDDEN
from care.transcript import Inbound

CANARIES = ("Zebulon", "555-0142", "5550142")


@pytest.fixture
def number(core: Core) -> str:
    visit = conversations.start(core, "web")[0]
    words = "hi i'm zebulon canary, call me at 212-555-0142 or 2125550142"
    conversations.receive(core, visit, Inbound("message-1", words))
    privacy.conceal(core, visit, words)
    answers = {
        "contact_name": "Zebulon Canary",
        "contact_reach": "[phone-1]",
        "contact_time": "after 5, or 212-555-0142",
        "contact_place": "78701 (Texas)",
    }
    return tickets.request_callback(core, visit, "key-1", answers).number


def log(core: Core) -> list[tuple[str, str, str]]:
    with core.snapshot() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    return [(e.by, e.action, e.detail) for e in rows]


def test_a_look_shows_that_details_were_given_and_not_which(core: Core, number: str) -> None:
    shown = ticket_access.view(core, number, "dana")
    details = shown.ticket.details
    assert (details.name, details.phone, details.email) == (HIDDEN, HIDDEN, "")
    assert details.best_time == f"after 5, or {HIDDEN}"
    text = repr(shown).casefold()
    assert not [canary for canary in CANARIES if canary.casefold() in text]
    assert shown.messages[0].text == f"hi i'm {HIDDEN}, call me at {HIDDEN} or {HIDDEN}"
    assert log(core)[-1] == ("dana", "ticket.viewed", "")


@pytest.mark.parametrize(
    ("place", "text", "hidden"),
    [
        ("78701 (Texas)", "its 78701 in texas", "its [hidden] in [hidden]"),
        ("78701 (Texas)", "TX or tx", "[hidden] or tx"),
        ("Indiana", "in", "[hidden]"),
        ("Indiana", "call in an hour", "call in an hour"),
        ("", "its fine", "its fine"),
    ],
)
def test_a_place_is_hidden_where_it_was_said(
    core: Core, place: str, text: str, hidden: str
) -> None:
    visit = conversations.start(core, "web")[0]
    conversations.receive(core, visit, Inbound("message-1", text))
    answers = {"contact_name": "Zeb", "contact_reach": "", "contact_place": place}
    number = tickets.request_callback(core, visit, "key-2", answers).number
    shown = ticket_access.view(core, number, "dana")
    assert shown.messages[0].text == hidden
    assert shown.ticket.details.place == (HIDDEN if place else "")
    assert ticket_access.reveal(core, number, "dana", "to_call").ticket.details.place == place


def test_the_numbers_of_help_lines_are_not_hidden(core: Core) -> None:
    visit = conversations.start(core, "web")[0]
    hotline = core.settings.hotline
    lines = f"call {hotline}, 1-800-799-7233 or 800 222 1222"
    mine = "212-555-0142, sam@example.com, sam988@example.com, 1-800-799-7234"
    conversations.receive(core, visit, Inbound("message-1", f"{lines}; mine: {mine}"))
    number = tickets.request_callback(core, visit, "key-4", {"contact_name": "Zeb"}).number
    shown = ticket_access.view(core, number, "dana")
    assert shown.messages[0].text == f"{lines}; mine: {', '.join([HIDDEN] * 4)}"


def test_for_a_reason_all_is_shown_and_the_reason_is_on_record(core: Core, number: str) -> None:
    shown = ticket_access.reveal(core, number, "dana", "to_call")
    assert shown.ticket.details.phone == "(212) 555-0142"
    assert "212-555-0142" in shown.messages[0].text
    assert log(core)[-1] == ("dana", "ticket.revealed", "to_call")


@pytest.mark.parametrize("reason", ["", "because Zebulon asked"])
def test_without_a_reason_nothing_is_shown_or_written(core: Core, number: str, reason: str) -> None:
    before = log(core)
    with pytest.raises(InvalidStepError):
        ticket_access.reveal(core, number, "dana", reason)
    assert log(core) == before


def test_a_ticket_that_is_not_there_leaves_no_trace(core: Core) -> None:
    with pytest.raises(UnknownTicketError):
        ticket_access.view(core, "R-000000", "dana")
    with pytest.raises(UnknownTicketError):
        ticket_access.reveal(core, "R-000000", "dana", "to_call")
    assert log(core) == []


def test_what_is_deleted_leaves_its_number_on_record(core: Core, number: str) -> None:
    visit = tickets.listed(core)[0].conversation_id
    retention.forget(core, visit or "")
    assert log(core)[-2:] == [
        ("visitor", "ticket.cancelled", ""),
        ("visitor", "ticket.erased", ""),
    ]
    assert audit.verify(core).broken is None


def test_a_purge_is_on_record_if_anything_went(core: Core, number: str) -> None:
    retention.purge(core, now())
    assert log(core)[-1][1] == "ticket.opened"
    retention.purge(core, now() + timedelta(days=2 * 366))
    assert log(core)[-2:] == [("system", "ticket.erased", ""), ("system", "purge", "1 chats")]
    retention.purge(core, now() + timedelta(days=7 * 366))
    assert [action for _, action, _ in log(core)] == ["audit.purged"]
    assert audit.verify(core).broken is None
