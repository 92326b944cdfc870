"""That the guide is no person is said once, before the answer, when it is asked or due."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import wording
from care.db import Core
from care.models import Message
from tests.gateway.conftest import Gateway
from tests.gateway.test_answers import STORY

SHORT = wording.text("utter_reminder/short").text
LONG = wording.text("utter_reminder/long").text


def long_ago(core: Core, **time: float) -> None:
    """Everything said so far was said that long before."""
    with core.transaction() as session:
        for message in session.scalars(select(Message)):
            message.created_at -= timedelta(**time)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("are you real?", "No, I'm not a person."),
        ("is this chatgpt", "No, "),
        ("am i talking to a robot", "Yes, "),
    ],
)
def test_a_yes_or_no_comes_first_and_needs_no_assistant(
    gateway: Gateway, words: str, first: str
) -> None:
    gateway.assistant.mode = "down"
    visitor = gateway.visitor()
    visitor.send(words)
    (answer,) = visitor.wait_for_answers(1)
    line, rest = answer["text"].split("\n\n", 1)
    assert line.startswith(first)
    assert rest.startswith("I'm an automated guide")
    assert gateway.assistant.asked == []


def test_beside_another_question_it_leads_the_answer_to_that(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("are you a person? and what does it cost")
    (answer,) = visitor.wait_for_answers(1)
    assert answer["text"].startswith("No, I'm not a person.\n\nYou said: are you a person?")


def test_in_the_form_the_question_goes_on(gateway: Gateway) -> None:
    form = {"text": "Name?", "response": "x", "metadata": {"expects": "contact_name"}}
    gateway.assistant.replies = [form]
    visitor = gateway.visitor()
    visitor.send("call me")
    visitor.wait_for_answers(1)
    visitor.send("are you real")
    assert visitor.wait_for_answers(2)[1]["text"] == "No, I'm not a person.\n\nName?"


def test_in_danger_it_is_answered_plainly_too(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("i want to kill myself")
    visitor.wait_for_answers(1)
    visitor.send("are you a real person")
    answer = visitor.wait_for_answers(2)[1]["text"]
    assert answer.startswith("No, I'm not a person.\n\nI'm an automated guide.")
    assert "988" in answer


@pytest.mark.parametrize(("time", "line"), [({"hours": 25}, SHORT), ({"days": 8}, LONG)])
def test_who_comes_back_is_reminded_once(
    gateway: Gateway, time: dict[str, float], line: str
) -> None:
    visitor = gateway.visitor()
    visitor.send("one")
    visitor.wait_for_answers(1)
    long_ago(gateway.core, **time)
    visitor.send(STORY)
    visitor.wait_for_answers(2)
    visitor.send("three")
    second, third = [answer["text"] for answer in visitor.wait_for_answers(3)[1:]]
    assert second.startswith(f"{line}\n\nYou said: {STORY[:20]}")
    assert third.startswith("You said: three")


def test_a_danger_after_a_long_gap_gets_its_own_text_only(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("one")
    visitor.wait_for_answers(1)
    long_ago(gateway.core, days=8)
    visitor.send("i want to kill myself")
    assert visitor.wait_for_answers(2)[1]["text"].startswith("I'm so glad you told me.")
