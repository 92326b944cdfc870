"""The later turns of a conversation in danger, with the assistant faked or down."""

import itertools
import re
from typing import Any

import pytest

from care import conversations
from care.db import Core
from tests.gateway.conftest import Gateway
from tests.visitor import Visitor

FIRST = {
    "suicide": "i want to kill myself",
    "overdose": "my friend wont wake up his lips are blue",
    "withdrawal": "im shaking and seeing things since i stopped drinking",
    "violence": "my husband is beating me",
}
TURNS = ["ok", "no", "no cops", "thanks", "thanks", "its getting better", "words", "words", "bye"]
NUMBER = re.compile(r"\b(911|988|1-800-\d{3}-\d{4})\b")


def said(visitor: Visitor, *words: str) -> list[dict[str, Any]]:
    """The answers to the words, one after the other."""
    answers: list[dict[str, Any]] = []
    for number, text in enumerate(words, start=1):
        visitor.send(text)
        answers = visitor.wait_for_answers(number)
    return answers


def crisis_of(core: Core) -> set[str | None]:
    with core.snapshot() as session:
        rows = session.connection().exec_driver_sql("select crisis from conversations")
        return {row[0] for row in rows}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST.keys())
def test_in_ten_turns_no_text_comes_twice_running_and_each_has_a_number(
    gateway: Gateway, first: str
) -> None:
    gateway.assistant.label = "unsure"
    gateway.assistant.replies = [{"text": "what?", "response": "utter_unsure", "metadata": {}}]
    texts = [answer["text"] for answer in said(gateway.visitor(), first, *TURNS)]
    assert len(texts) == 10
    assert all(one != other for one, other in itertools.pairwise(texts))
    assert all(NUMBER.search(text) for text in texts)


def test_the_same_danger_again_is_answered_in_other_words(gateway: Gateway) -> None:
    texts = [answer["text"] for answer in said(gateway.visitor(), *[FIRST["suicide"]] * 4)]
    assert all(one != other for one, other in itertools.pairwise(texts))
    assert all("988" in text for text in texts)


def test_another_danger_changes_what_the_conversation_is_about(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    answers = said(visitor, FIRST["withdrawal"], FIRST["suicide"], "no")
    assert crisis_of(gateway.core) == {"suicide"}
    assert "988" in answers[1]["text"]
    assert "could hurt you" in answers[2]["text"]


def test_after_withdrawal_nobody_is_told_of_weapons(gateway: Gateway) -> None:
    gateway.assistant.replies = [{"text": "?", "response": "utter_deny", "metadata": {}}]
    answers = said(
        gateway.visitor(), FIRST["withdrawal"], "its getting better i think", "so", "hm", "and"
    )
    assert not any("weapon" in answer["text"] for answer in answers)


def test_what_is_said_about_someone_else_stays_so(gateway: Gateway) -> None:
    answers = said(gateway.visitor(), FIRST["overdose"], "not sure", "ok")
    assert "rescue breaths" in answers[1]["text"]
    assert "Breathing? Keep them on their side" in answers[2]["text"]


def test_a_topic_is_answered_with_numbers_in_place_of_a_form(gateway: Gateway) -> None:
    gateway.assistant.replies = [
        {
            "text": "It differs.",
            "buttons": [
                {"title": "Ways to pay", "payload": "/faq/paying_for_treatment"},
                {"title": "Ask for a call", "payload": "/request_callback"},
            ],
            "response": "utter_faq/iop_cost",
            "metadata": {},
        }
    ]
    visitor = gateway.visitor()
    answer = said(visitor, FIRST["suicide"], "how much does iop cost")[1]
    assert answer["text"] == "It differs."
    targets = [button.get("payload") or button["url"] for button in answer["buttons"]]
    assert targets == ["/faq/paying_for_treatment", "tel:988", "tel:911"]


def test_while_a_form_asks_its_answers_are_its_own(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send(FIRST["suicide"])
    visitor.wait_for_answers(1)
    form = {"text": "Who is it for?", "response": "utter_ask", "metadata": {"expects": "x"}}
    gateway.assistant.replies = [form]
    visitor.send("please have someone call me")
    visitor.wait_for_answers(2)
    visitor.send("thanks")
    assert visitor.wait_for_answers(3)[-1]["text"] == "Who is it for?"


def test_danger_in_an_answer_is_seen_first(gateway: Gateway) -> None:
    answers = said(gateway.visitor(), FIRST["violence"], "no i want to kill myself")
    assert "988" in answers[1]["text"]
    assert crisis_of(gateway.core) == {"suicide"}


def test_all_of_it_works_with_the_assistant_down(gateway: Gateway) -> None:
    gateway.assistant.mode = "down"
    answers = said(gateway.visitor(), FIRST["suicide"], "jk", "are you real", "gracias", "bye")
    assert "automated guide" in answers[2]["text"]
    assert conversations.unanswered(gateway.core) == []


def test_who_asks_for_a_call_in_danger_gets_the_form_with_the_lines_on_offer(
    gateway: Gateway,
) -> None:
    gateway.assistant.label = "request_callback"
    gateway.assistant.replies = [
        {"text": "Yes.", "response": "utter_request_callback", "metadata": {}},
        {
            "text": "Who for?",
            "response": "utter_ask_contact_for",
            "metadata": {"expects": "contact_for"},
        },
    ]
    visitor = gateway.visitor()
    answers = said(visitor, FIRST["suicide"], "could somebody give me a ring or text me")
    assert "Nothing is sent until you say yes" in answers[1]["text"]
    asked = visitor.wait_for_answers(3)[2]
    assert asked["text"] == "Who for?"
    assert "tel:988" in [button.get("url") for button in asked["buttons"]]


def test_a_form_that_nobody_asked_for_does_not_start(gateway: Gateway) -> None:
    gateway.assistant.label = "request_callback"
    form = {"text": "Yes.", "response": "utter_request_callback", "metadata": {}}
    gateway.assistant.replies = [form]
    answers = said(gateway.visitor(), FIRST["suicide"], "is texting possible instead")
    assert "988" in answers[1]["text"]
    assert gateway.assistant.forgotten


def test_danger_that_names_no_kind_stays_with_the_one_before(gateway: Gateway) -> None:
    answers = said(gateway.visitor(), FIRST["overdose"], "yes", "not true, im not safe")
    assert crisis_of(gateway.core) == {"overdose"}
    assert "Call 911 now" in answers[2]["text"]
    assert "rescue breaths" in answers[2]["text"]


@pytest.mark.parametrize("words", ["say that again", "what??"])
def test_the_last_text_in_danger_is_repeated_with_its_numbers(gateway: Gateway, words: str) -> None:
    gateway.assistant.mode = "down"
    answers = said(gateway.visitor(), FIRST["suicide"], "no cops", words)
    assert answers[2]["text"] == answers[1]["text"]
    assert answers[2]["buttons"] == answers[1]["buttons"]


@pytest.mark.parametrize("words", ["...", "\U0001f494", "hm"])
def test_what_says_nothing_in_danger_gets_numbers_to_call(gateway: Gateway, words: str) -> None:
    gateway.assistant.mode = "down"
    answers = said(gateway.visitor(), FIRST["suicide"], words)
    assert "tel:988" in [button.get("url") for button in answers[1]["buttons"]]


@pytest.mark.parametrize(("word", "heard"), [("No", "call 911 now"), ("Yes", "I'm glad")])
def test_whether_they_are_safe_is_heard_with_the_assistant_down(
    gateway: Gateway, word: str, heard: str
) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = "down"
    visitor.send("i want to kill myself")
    visitor.wait_for_answers(1)
    visitor.send(word)
    assert heard in visitor.wait_for_answers(2)[1]["text"]


def test_in_a_crisis_nobody_is_met_with_a_guess_or_a_form(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("i want to kill myself")
    visitor.wait_for_answers(1)
    gateway.assistant.label = "request_callback"
    gateway.assistant.replies = [
        {"text": "intro", "response": "utter_request_callback", "metadata": {}},
        {"text": "who", "response": "x", "metadata": {"expects": "contact_for"}},
    ]
    for number in (2, 3, 4):
        visitor.send("words of mine")
        visitor.wait_for_answers(number)
    texts = [answer["text"] for answer in visitor.wait_for_answers(4)[1:]]
    assert all("988" in text for text in texts)
    assert texts[0] != texts[1] != texts[2]
    visitor.send("Talk to a person", button="/request_human")
    assert "Yes, a person can call" in visitor.wait_for_answers(6)[-2]["text"]
