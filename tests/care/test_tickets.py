import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import conversations, privacy, retention, rotation, ticket_steps, tickets
from care.cipher import Cipher, key_id_of, new_key
from care.db import Core, now
from care.models import Conversation, Message, Ticket
from care.transcript import Inbound, Outcome

ANSWERS: dict[str, Any] = {
    "contact_for": "other",
    "contact_name": "Zebulon Canary",
    "contact_reach": "[phone-1]",
    "contact_time": "weekdays after 5",
    "contact_voicemail": True,
    "contact_texting": True,
    "contact_place": "78701 (Texas)",
    "contact_consent": "yes",
}


@pytest.fixture
def visit(core: Core) -> str:
    visit, _ = conversations.start(core, "web")
    conversations.receive(core, visit, Inbound("message-1", "call me at 212-555-0142"))
    privacy.conceal(core, visit, "212-555-0142 zc@example.com")
    return visit


def request(core: Core, visit: str, answers: dict[str, Any], key: str = "key-1") -> str:
    return tickets.request_callback(core, visit, key, answers).number


def test_a_ticket_holds_what_was_agreed_to_and_the_proof(core: Core, visit: str) -> None:
    number = request(core, visit, ANSWERS)
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert ticket.details.phone == "(212) 555-0142"
    assert ticket.details.name == "Zebulon Canary"
    assert (ticket.details.voicemail_ok, ticket.details.texting_ok) == (True, True)
    purposes = [c.purpose for c in ticket.consents]
    assert purposes == ["store", "callback", "voicemail", "text_message"]
    assert ticket.details.place == "78701 (Texas)"
    assert core.settings.spoken["operator"] in ticket.consents[0].text
    assert "$" not in ticket.consents[0].text
    assert [e.kind for e in ticket.events] == ["opened"]


def test_the_same_request_again_opens_no_second_ticket(core: Core, visit: str) -> None:
    first = request(core, visit, ANSWERS)
    assert request(core, visit, ANSWERS) == first
    assert len(tickets.listed(core)) == 1


def test_whoever_asks_again_within_a_day_brings_the_open_ticket_up_to_date(
    core: Core, visit: str
) -> None:
    first = tickets.request_callback(core, visit, "key-1", ANSWERS)
    later = {**ANSWERS, "contact_time": "tomorrow at 3"}
    for _ in range(2):  # an action call may be repeated
        again = tickets.request_callback(core, visit, "key-2", later)
        assert (again.number, again.is_new) == (first.number, False)
    ticket = tickets.find(core, first.number)
    assert ticket is not None
    assert ticket.details.best_time == "tomorrow at 3"
    assert [e.kind for e in ticket.events] == ["opened", "updated"]


def test_what_is_not_agreed_to_any_more_is_withdrawn(core: Core, visit: str) -> None:
    number = request(core, visit, ANSWERS)
    request(core, visit, {**ANSWERS, "contact_texting": False}, "key-2")
    ticket = tickets.find(core, number)
    assert ticket is not None
    standing = [c.purpose for c in ticket.consents if c.withdrawn_at is None]
    assert "text_message" not in standing
    assert {"store", "callback", "voicemail"} <= set(standing)


def test_a_ticket_from_before_a_place_was_asked_opens(core: Core, visit: str) -> None:
    number = request(core, visit, ANSWERS)
    older = {k: v for k, v in asdict(tickets.Details(name="Sam")).items() if k != "place"}
    with core.transaction() as session:
        row = session.scalars(select(Ticket)).one()
        row.details = core.cipher.encrypt(json.dumps(older).encode(), f"ticket:{number}".encode())
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert (ticket.details.name, ticket.details.place) == ("Sam", "")


def test_a_request_that_was_dealt_with_does_not_swallow_the_next(core: Core, visit: str) -> None:
    first = request(core, visit, ANSWERS)
    ticket_steps.claim(core, first, "sam")
    ticket_steps.resolve(core, first, "sam")
    again = tickets.request_callback(core, visit, "key-2", ANSWERS)
    assert again.is_new
    assert again.number != first


def test_an_email_ticket_never_allows_calls_or_texts(core: Core, visit: str) -> None:
    answers = {**ANSWERS, "contact_reach": "[email-1]"}
    ticket = tickets.find(core, request(core, visit, answers))
    assert ticket is not None
    assert (ticket.details.email, ticket.details.phone) == ("zc@example.com", "")
    assert not ticket.details.voicemail_ok
    assert not ticket.details.texting_ok


def test_another_conversations_reference_gives_nothing(core: Core) -> None:
    stranger, _ = conversations.start(core, "web")
    ticket = tickets.find(core, request(core, stranger, ANSWERS))
    assert ticket is not None
    assert ticket.details.phone == ""


def test_nothing_of_a_ticket_is_readable_in_the_database(
    core: Core, visit: str, database_dump: Callable[[], bytes]
) -> None:
    number = request(core, visit, ANSWERS)
    dump = database_dump()
    assert number.encode() in dump
    for word in (b"Zebulon", b"555-0142", b"2125550142", b"weekdays", b"Texas", b"78701"):
        assert word not in dump


def test_forgetting_leaves_no_word_and_no_ticket(core: Core, visit: str) -> None:
    request(core, visit, ANSWERS)
    conversations.answer(core, visit, 1, Outcome(topic="faq/detox"))
    retention.forget(core, visit)
    assert tickets.listed(core) == []
    assert conversations.history(core, visit) == []
    assert conversations.get(core, visit).expects is None
    assert conversations.get(core, visit).topic is None


def test_the_purge_keeps_to_the_settings(core: Core, visit: str) -> None:
    request(core, visit, ANSWERS)
    fresh, stale = conversations.start(core, "web")[0], conversations.start(core, "web")[0]
    age(core, stale, timedelta(hours=25))
    assert retention.purge(core, now()) == [stale]
    assert retention.purge(core, now() + timedelta(days=2)) == [fresh]
    assert retention.purge(core, now() + timedelta(days=31)) == [visit]
    assert len(tickets.listed(core)) == 1
    assert tickets.listed(core)[0].conversation_id is None
    retention.purge(core, now() + timedelta(days=370))
    assert tickets.listed(core) == []


def test_rotation_renews_every_sealed_row_and_old_ones_stay_readable(
    core: Core, visit: str
) -> None:
    number = request(core, visit, ANSWERS)
    old = core.settings.data_keys.get_secret_value()
    both = Core(core.settings, core.engine, Cipher.from_keys(f"{new_key('fresh')},{old}"))
    assert len(conversations.history(both, visit)) == 1
    renewed = rotation.rotate(both)
    assert renewed == 1 + 2 + 1
    assert rotation.rotate(both) == 0
    with core.snapshot() as session:
        assert {key_id_of(m.body) for m in session.scalars(select(Message))} == {"fresh"}
    ticket = tickets.find(both, number)
    assert ticket is not None
    assert ticket.details.phone == "(212) 555-0142"


def age(core: Core, conversation_id: str, by: timedelta) -> None:
    with core.transaction() as session:
        session.get_one(Conversation, conversation_id).active_at -= by
