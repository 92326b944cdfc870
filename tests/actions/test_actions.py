import asyncio
from typing import Any

import httpx
import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.__main__ import create_app
from actions.action_about_request import ActionAboutRequest
from actions.action_answer_yes_no import ActionAnswerYesNo
from actions.action_ask_contact_consent import ActionAskContactConsent
from actions.action_confirmed import ActionConfirmed
from actions.action_offer_topics import ActionOfferTopics
from actions.action_show_my_data import ActionShowMyData
from actions.action_start_contact import ActionStartContact
from actions.action_submit_contact import ActionSubmitContact
from actions.action_talk_about_answer import ActionTalkAboutAnswer
from actions.validate_contact_form import ValidateContactForm
from care import conversations, privacy, tickets
from care.db import Core
from care.settings import ROOT
from care.transcript import Line
from care.wording import load_yaml


@pytest.fixture
def visit(sqlite_core: Core, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (
        "action_about_request",
        "action_answer_yes_no",
        "action_confirmed",
        "action_start_contact",
        "action_submit_contact",
        "action_talk_about_answer",
        "validate_contact_form",
    ):
        monkeypatch.setattr(f"actions.{module}.core", lambda: sqlite_core)
    return conversations.start(sqlite_core, "web")[0]


def tracker(visit: str = "0" * 32, **state: Any) -> Tracker:
    message = {"text": "", "intent": {"name": "inform"}, "message_id": f"{visit}-1"}
    return Tracker.from_dict(
        {
            "sender_id": visit,
            "slots": state.get("slots", {}),
            "latest_message": {**message, **state.get("message", {})},
            "events": state.get("events", []),
        }
    )


def run(action: Action, at: Tracker) -> tuple[list[dict[str, Any]], list[Any]]:
    """What the action says, and the events it returns."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, at, {}))
    return dispatcher.messages, events


def said_before(response: str) -> list[dict[str, Any]]:
    return [{"event": "bot", "metadata": {"utter_action": response}}]


RANKING = [{"name": n} for n in ("greet", "faq/detox", "faq/php", "faq/iop_cost", "faq/relapse")]


def test_the_likeliest_topics_are_offered_by_their_titles() -> None:
    (said,), _ = run(
        ActionOfferTopics(), tracker(message={"text": "detox?", "intent_ranking": RANKING})
    )
    assert said["response"] == "utter_unsure"
    topics = ["/faq/detox", "/faq/php", "/faq/iop_cost"]
    assert [b["payload"] for b in said["buttons"]] == [*topics, "/request_callback"]
    assert all(b["title"] and len(b["title"]) <= 20 for b in said["buttons"])


def test_an_answer_said_again_is_not_rendered_anew(visit: str, sqlite_core: Core) -> None:
    button = {"title": "Ways to pay", "payload": "/faq/paying_for_treatment"}
    line = Line("As it was said.", buttons=(button,), sources=("S",), response="utter_faq/iop_cost")
    conversations.say(sqlite_core, visit, line)
    (said,), _ = run(
        ActionTalkAboutAnswer(), tracker(visit, message={"intent": {"name": "say_again"}})
    )
    assert (said["text"], said["response"]) == ("As it was said.", None)
    assert said["utter_action"] == "utter_faq/iop_cost"
    assert (said["buttons"], said["metadata"]) == ([button], {"sources": ["S"]})


def test_an_answer_said_simpler_is_put_into_its_text(visit: str, sqlite_core: Core) -> None:
    conversations.say(sqlite_core, visit, Line("Long.", response="utter_faq/iop_cost"))
    at = tracker(visit, message={"intent": {"name": "say_simpler"}})
    (said,), _ = run(ActionTalkAboutAnswer(), at)
    assert said["response"] == "utter_say_simpler"
    assert said["answer"].startswith("An IOP usually costs")


@pytest.mark.parametrize("before", ["utter_unsure", "utter_unsure_twice"])
def test_a_second_miss_leads_to_a_person(before: str) -> None:
    message = {"text": "it", "intent_ranking": RANKING}
    at = tracker(message=message, events=said_before(before))
    assert [m["response"] for m in run(ActionOfferTopics(), at)[0]] == ["utter_unsure_twice"]


def test_with_nothing_to_offer_a_person_is_offered() -> None:
    assert (
        run(ActionOfferTopics(), tracker(message={"text": "it"}))[0][0]["response"]
        == "utter_unsure_twice"
    )


@pytest.mark.parametrize("text", ["\U0001f44d", "???", "", " "])
def test_what_has_no_word_in_it_is_no_guess(text: str) -> None:
    at = tracker(message={"text": text, "intent_ranking": RANKING})
    assert [m["response"] for m in run(ActionOfferTopics(), at)[0]] == ["utter_no_answer"]


def test_a_digression_is_declined_so_that_the_dialogue_answers_it(visit: str) -> None:
    message = {"text": "what does it cost", "intent": {"name": "faq"}}
    at = tracker(slots={"requested_slot": "contact_name"}, message=message)
    assert run(ValidateContactForm(), at) == ([], [])


def test_an_ending_sets_a_slot_or_rasa_would_take_it_for_declined(visit: str) -> None:
    message = {"text": "stop", "intent": {"name": "contact_cancel"}}
    at = tracker(slots={"requested_slot": "contact_name"}, message=message)
    said, events = run(ValidateContactForm(), at)
    assert [m["response"] for m in said] == ["utter_contact_cancelled"]
    assert events[0]["event"] == "slot"
    assert events[0]["name"] != "requested_slot"
    assert {"event": "active_loop", "timestamp": None, "name": None} in events


def test_the_summary_says_everything_back() -> None:
    slots = {"contact_for": "other", "contact_name": "Robin", "contact_reach": "[phone-1]"}
    summary, consent = run(ActionAskContactConsent(), tracker(slots=slots))[0]
    assert (summary["name"], summary["reach"]) == ("Robin", "[phone-1]")
    assert consent["response"] == "utter_contact_consent"


def test_a_ticket_is_stored_before_its_number_is_said_and_once_only(
    visit: str, sqlite_core: Core
) -> None:
    at = tracker(visit, slots={"contact_consent": "yes", "contact_for": "self"})
    (first,), _ = run(ActionSubmitContact(), at)
    (again,), events = run(ActionSubmitContact(), at)
    assert first["number"] == again["number"] == tickets.listed(sqlite_core)[0].number
    assert len(tickets.listed(sqlite_core)) == 1
    assert all(event["value"] is None for event in events)


def test_without_consent_nothing_is_stored(visit: str, sqlite_core: Core) -> None:
    assert run(ActionSubmitContact(), tracker(visit, slots={"contact_for": "self"}))[0] == []
    assert tickets.listed(sqlite_core) == []


def test_the_form_follows_where_no_request_is_open(visit: str) -> None:
    at = tracker(visit, message={"text": "call me", "intent": {"name": "request_callback"}})
    (said,), events = run(ActionStartContact(), at)
    assert said["response"] == "utter_request_callback"
    assert [(e["event"], e["name"]) for e in events] == [("followup", "contact_form")]


def test_a_sent_request_is_named_changed_and_cancelled(visit: str) -> None:
    slots = {"contact_consent": "yes", "contact_for": "self", "contact_name": "Robin"}
    (sent,), _ = run(ActionSubmitContact(), tracker(visit, slots=slots))
    call = {"text": "call me", "intent": {"name": "request_callback"}}
    (named,), events = run(ActionStartContact(), tracker(visit, message=call))
    assert (named["response"], named["number"]) == ("utter_request_open", sent["number"])
    assert events == []
    yes = {"text": "yes", "intent": {"name": "affirm"}}
    asked = tracker(visit, message=yes, events=said_before("utter_request_open"))
    (changing,), events = run(ActionAnswerYesNo(), asked)
    assert changing["response"] == "utter_request_changing"
    assert {e["name"]: e.get("value") for e in events}["contact_name"] == "Robin"
    assert events[-1]["name"] == "contact_form"
    cancel = {"text": "cancel that", "intent": {"name": "request_cancel"}}
    (ask,), _ = run(ActionAboutRequest(), tracker(visit, message=cancel))
    assert ask["response"] == "utter_request_cancel_ask"
    sure = tracker(visit, message=yes, events=said_before("utter_request_cancel_ask"))
    (done,), _ = run(ActionAnswerYesNo(), sure)
    assert (done["response"], done["number"]) == ("utter_request_cancelled", sent["number"])


def test_a_minors_number_is_not_kept(visit: str, sqlite_core: Core) -> None:
    privacy.conceal(sqlite_core, visit, "212-555-0142")
    message = {"text": "im 15", "intent": {"name": "inform"}}
    at = tracker(visit, slots={"requested_slot": "contact_time"}, message=message)
    (said,), _ = run(ValidateContactForm(), at)
    assert said["response"] == "utter_contact_minor"
    assert privacy.reveal(sqlite_core, visit, "[phone-1]") == "[phone-1]"


def test_what_is_kept_is_filled_in_elsewhere() -> None:
    message = {"text": "send me my data", "intent": {"name": "delete_my_data"}}
    (said,), _ = run(ActionShowMyData(), tracker(message=message))
    assert said["response"] == "utter_my_data_all"


@pytest.mark.parametrize(
    ("word", "asked", "answer"),
    [
        ("affirm", "utter_delete_my_data", "utter_data_deleted"),
        ("deny", "utter_delete_my_data", "utter_data_kept"),
        ("affirm", "utter_greet", "utter_affirm"),
        ("deny", "utter_greet", "utter_deny"),
    ],
)
def test_yes_and_no_answer_what_was_asked(
    visit: str, sqlite_core: Core, word: str, asked: str, answer: str
) -> None:
    privacy.conceal(sqlite_core, visit, "212-555-0142")
    at = tracker(visit, message={"intent": {"name": word}}, events=said_before(asked))
    assert [m["response"] for m in run(ActionAnswerYesNo(), at)[0]] == [answer]


def pressed(visit: str, label: str) -> list[str]:
    at = tracker(visit, message={"intent": {"name": label}}, events=said_before("utter_greet"))
    return [message["response"] for message in run(ActionConfirmed(), at)[0]]


def test_a_button_does_what_it_says_whatever_was_said_since(visit: str, sqlite_core: Core) -> None:
    assert pressed(visit, "contact_send") == ["utter_request_none"]
    run(ActionSubmitContact(), tracker(visit, slots={"contact_consent": "yes"}))
    assert pressed(visit, "contact_send") == ["utter_request_received"]
    assert pressed(visit, "request_keep") == ["utter_request_kept"]
    assert pressed(visit, "request_cancel_yes") == ["utter_request_cancelled"]
    assert pressed(visit, "request_cancel_yes") == ["utter_request_cancelled"]
    assert pressed(visit, "delete_no") == ["utter_data_kept"]
    assert pressed(visit, "delete_yes") == ["utter_data_deleted"]
    assert tickets.listed(sqlite_core) == []
    assert pressed(visit, "delete_yes") == ["utter_data_gone"]
    assert pressed(visit, "delete_no") == ["utter_data_gone"]
    assert pressed(visit, "request_cancel_yes") == ["utter_request_none"]


def test_a_late_yes_to_delete_ends_the_form_too(visit: str, sqlite_core: Core) -> None:
    privacy.conceal(sqlite_core, visit, "212-555-0142")
    message = {"text": "Yes, delete it", "intent": {"name": "delete_yes"}}
    at = tracker(visit, slots={"requested_slot": "contact_time"}, message=message)
    (said,), events = run(ValidateContactForm(), at)
    assert said["response"] == "utter_data_deleted"
    assert privacy.reveal(sqlite_core, visit, "[phone-1]") == "[phone-1]"
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


def test_the_server_serves_just_the_actions_of_the_domain() -> None:
    # One with settings of its own is a mapping of its name.
    named = [
        next(iter(a)) if isinstance(a, dict) else a
        for a in load_yaml(ROOT / "domain.yml")["actions"]
    ]
    found = {path.stem for path in (ROOT / "actions").glob("[a-z]*.py")}
    assert found == set(named)


class Broken(Action):
    def name(self) -> str:
        return "broken"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        raise ValueError("words of a visitor")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff\x00", 400),
        (b'{"next_action": "broken"}', 400),
        (b'{"next_action": "no_such", "tracker": {}}', 404),
        (b'{"next_action": "broken", "tracker": []}', 404),
        (b'{"next_action": "broken", "tracker": {"sender_id": "x"}}', 500),
    ],
)
async def test_an_error_answer_never_holds_words(
    body: bytes, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        answer = await client.post("/webhook", content=body)
        assert (await client.get("/health")).status_code == 200
    assert answer.status_code == status
    assert "words" not in answer.text + "".join(capsys.readouterr())
