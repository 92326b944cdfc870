from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from care import alerts, conversations, my_data, privacy, requests, retention, ticket_steps, tickets
from care import visitor_requests as visitor
from care.db import Core, now
from care.errors import InvalidStepError
from care.models import Alert, AuditEntry, Consent
from care.transcript import Inbound, Line

ANSWERS: dict[str, Any] = {
    "contact_for": "self",
    "contact_name": "Robin",
    "contact_reach": "[phone-1]",
    "contact_time": "after 5 PM Eastern",
    "contact_voicemail": False,
    "contact_texting": True,
    "contact_consent": "yes",
}


@pytest.fixture
def visit(core: Core) -> str:
    visit, _ = conversations.start(core, "web")
    conversations.receive(core, visit, Inbound("m-1", "call me at 212-555-0142"))
    privacy.conceal(core, visit, "212-555-0142")
    return visit


@pytest.fixture
def number(core: Core, visit: str) -> str:
    return tickets.request_callback(core, visit, "key-1", ANSWERS).number


def status(core: Core, visit: str, text: str = "did it go thru") -> visitor.Move:
    return visitor.about(core, visit, text, "request_status")


def test_the_status_is_the_true_one(core: Core, visit: str, number: str) -> None:
    seen = [status(core, visit).say]
    ticket_steps.claim(core, number, "dana")
    seen.append(status(core, visit).say)
    ticket_steps.contact(core, number, "dana", "voicemail")
    seen.append(status(core, visit).say)
    ticket_steps.resolve(core, number, "dana")
    seen.append(status(core, visit).say)
    assert seen == [f"utter_request_{state}" for state in ("received", "taken", "tried", "done")]
    assert status(core, visit).arguments == {"number": number}


def test_without_a_request_there_is_none(core: Core, visit: str) -> None:
    assert status(core, visit).say == "utter_request_none"
    move = visitor.about(core, visit, "dont call me", "request_cancel")
    assert move.say == "utter_contact_cancelled"


def test_a_number_of_another_conversation_tells_no_more_than_one_that_does_not_exist(
    core: Core, number: str
) -> None:
    stranger, _ = conversations.start(core, "web")
    for label in ("request_status", "request_cancel"):
        move = visitor.about(core, stranger, f"what about {number.lower()}", label)
        assert move.say == "utter_request_unknown"
        nothing = visitor.about(core, stranger, "what about R-2Z2Z2Z", label)
        assert nothing.say == "utter_request_unknown"
    assert requests.under_way(core, stranger) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("R-7K2M9Q", "R-7K2M9Q"),
        ("whats up with r 7k2m9q", "R-7K2M9Q"),
        ("r-7kOm9I", "R-7K0M91"),
        ("rather tomorrow", None),
        ("R-7K2M9", None),
    ],
)
def test_a_number_is_read_as_people_type_it(text: str, number: str | None) -> None:
    assert requests.number_in(text) == number


def test_it_is_cancelled_after_one_question(core: Core, visit: str, number: str) -> None:
    ask = visitor.about(core, visit, "cancel that", "request_cancel")
    assert (ask.say, ask.arguments) == ("utter_request_cancel_ask", {"number": number})
    done = visitor.answer(core, visit, ask.say, True, "yes")
    assert done == visitor.Move("utter_request_cancelled", {"number": number})
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert [(e.kind, e.by) for e in ticket.events][-1] == ("cancelled", "visitor")
    assert all(consent.withdrawn_at for consent in ticket.consents)
    assert alerts.take(core, now() + timedelta(days=1), 8) == []
    assert status(core, visit).say == "utter_request_cancelled"


def test_asking_to_cancel_again_is_a_yes_and_no_keeps_it(
    core: Core, visit: str, number: str
) -> None:
    kept = visitor.answer(core, visit, "utter_request_cancel_ask", False, "no")
    assert kept == visitor.Move("utter_request_kept", {"number": number})
    move = visitor.about(core, visit, "cancel it", "request_cancel", "utter_request_cancel_ask")
    assert move.say == "utter_request_cancelled"
    again = visitor.answer(core, visit, "utter_request_cancel_ask", True, "yes")
    assert again == move


def test_what_is_cancelled_cannot_be_taken_up_or_opened_again(
    core: Core, visit: str, number: str
) -> None:
    requests.cancel(core, visit)
    for step in (ticket_steps.claim, ticket_steps.reopen):
        with pytest.raises(InvalidStepError, match="cancelled"):
            step(core, number, "dana")
    seen = tickets.find(core, number)
    assert seen
    assert [event.kind for event in seen.events][-1] == "cancelled"
    assert tickets.request_callback(core, visit, "key-2", ANSWERS).is_new


def test_stop_offers_to_cancel_what_is_open(core: Core, visit: str, number: str) -> None:
    assert visitor.about(core, visit, "STOP", "stop_messages").say == "utter_request_cancel_ask"
    requests.cancel(core, visit)
    assert visitor.about(core, visit, "STOP", "stop_messages").say == "utter_stop_messages"


def test_a_second_request_names_the_first(core: Core, visit: str, number: str) -> None:
    move = visitor.start(core, visit, "call me", "request_callback")
    assert move == visitor.Move("utter_request_open", {"number": number})
    kept = visitor.answer(core, visit, move.say, False, "leave it")
    assert kept is not None
    assert kept.say == "utter_request_kept"


def test_a_change_goes_on_from_what_was_told_before(core: Core, visit: str, number: str) -> None:
    move = visitor.answer(core, visit, "utter_request_open", True, "yes")
    assert move is not None
    assert (move.say, move.arguments) == ("utter_request_changing", {"number": number})
    assert move.slots == {
        **ANSWERS,
        "contact_place": "",
        "contact_consent": None,
        "contact_change": "asked",
    }
    told = visitor.start(core, visit, "use [phone-2] instead", "request_callback")
    assert told.slots == {
        **ANSWERS,
        "contact_place": "",
        "contact_consent": None,
        "contact_change": None,
    }


def test_leaving_the_form_says_what_becomes_of_a_request_sent_before(
    core: Core, visit: str, number: str
) -> None:
    assert visitor.leave(core, visit, refused=True).say == "utter_request_kept"
    assert visitor.leave(core, visit, refused=False).say == "utter_request_cancel_ask"
    requests.cancel(core, visit)
    assert visitor.leave(core, visit, refused=True).say == "utter_contact_cancelled"


def test_without_a_request_the_form_starts(core: Core, visit: str) -> None:
    move = visitor.start(core, visit, "call me", "request_callback")
    assert move == visitor.Move("utter_request_callback", slots={})


def test_a_late_button_to_change_says_how_it_stands(core: Core, visit: str) -> None:
    assert visitor.start(core, visit, "Change it", "contact_change").say == "utter_request_none"


def test_whoever_said_to_be_under_18_is_not_asked_later_either(core: Core, visit: str) -> None:
    conversations.receive(core, visit, Inbound("m-2", "im 15 and scared"))
    move = visitor.start(core, visit, "call me", "request_callback")
    assert (move.say, move.slots) == ("utter_contact_minor", None)


def test_a_minors_contact_details_leave_the_transcript(
    core: Core, visit: str, database_dump: Callable[[], bytes]
) -> None:
    line = Line("Reach you at: (212) 555-0142. Or call 1-866-929-0179.", response="utter_x")
    conversations.say(core, visit, line)
    retention.forget_contact(core, visit)
    said = [message.text for message in conversations.history(core, visit)]
    assert said == ["call me at [...]", "Reach you at: [...]. Or call 1-866-929-0179."]
    assert privacy.reveal(core, visit, "[phone-1]") == "[phone-1]"


def test_forgetting_keeps_the_proof_and_no_detail(core: Core, visit: str, number: str) -> None:
    retention.forget(core, visit)
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert ticket.details == tickets.Details(contact_for="")
    assert (ticket.kind, ticket.conversation_id) == ("callback", None)
    assert [e.kind for e in ticket.events] == ["opened", "cancelled", "erased"]
    assert {c.purpose for c in ticket.consents} == {"store", "callback", "text_message"}
    assert all(c.version and c.given_at and c.withdrawn_at for c in ticket.consents)
    assert tickets.listed(core) == []
    assert status(core, visit).say == "utter_request_none"
    with core.snapshot() as session:
        assert session.scalars(select(Alert)).all() == []


def test_the_proof_goes_after_its_years(core: Core, visit: str, number: str) -> None:
    retention.purge(core, now() + timedelta(days=370))
    ticket = tickets.find(core, number)
    assert ticket is not None
    assert ticket.details.phone == ""
    with core.snapshot() as session:
        assert len(session.scalars(select(Consent)).all()) == 3
    retention.purge(core, now() + timedelta(days=6 * 366))
    assert tickets.find(core, number) is None


def test_the_list_of_what_is_kept_shows_no_detail_whole(
    core: Core, visit: str, number: str
) -> None:
    shown = my_data.placeholders(core, visit, "$kept_list")["kept_list"]
    assert "a number that ends in 42" in shown
    assert "1 from you" in shown
    assert number in shown
    assert "555" not in shown


def test_the_copy_holds_everything_once(core: Core, visit: str, number: str) -> None:
    conversations.say(core, visit, Line("everything so far", response="utter_my_data_all"))
    shown = my_data.placeholders(core, visit, "$kept_all")["kept_all"]
    for words in (number, "Robin", "(212) 555-0142", "after 5 PM", "call me at 212-555-0142"):
        assert words in shown
    assert "everything so far" not in shown
    stranger, _ = conversations.start(core, "web")
    assert "Robin" not in my_data.placeholders(core, stranger, "$kept_all")["kept_all"]


def test_the_file_holds_everything_and_that_it_was_handed_out_is_on_record(
    core: Core, visit: str, number: str
) -> None:
    text = my_data.export(core, visit)
    assert text.startswith("Everything that ")
    for words in (number, "Robin", "(212) 555-0142", "call me at 212-555-0142", "not taken yet"):
        assert words in text
    ticket_steps.claim(core, number, "dana")
    assert "state: taken by staff" in my_data.export(core, visit)
    assert "dana" not in my_data.export(core, visit)
    with core.snapshot() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.exported"))
        assert [(row.by, row.subject) for row in rows] == [("visitor", number)] * 3


def test_other_texts_ask_the_database_nothing(core: Core) -> None:
    assert my_data.placeholders(core, "nobody", "Call $hotline") == {}


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("what do you have on me", "utter_my_data"),
        ("do you have my number", "utter_my_data"),
        ("send me my data", "utter_my_data_all"),
        ("Show me everything", "utter_my_data_all"),
        ("i want a copy of this chat", "utter_my_data_all"),
        ("before i delete anything show me whats there", "utter_my_data"),
        ("delete what you have on me", "utter_delete_my_data"),
        ("dont save this", "utter_delete_my_data"),
        ("Right to be forgotten request, please process", "utter_delete_my_data"),
    ],
)
def test_a_list_or_all_of_it_or_the_way_to_delete_it(text: str, response: str) -> None:
    assert my_data.response_to(text) == response
