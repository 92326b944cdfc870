"""A button of the contact form answers its own question, whenever and how often it is pressed."""

from typing import Any

import pytest

from gateway import late
from tests.gateway.conftest import Gateway
from tests.visitor import Visitor

YES_NO = [{"title": "Yes", "payload": "Yes"}, {"title": "No", "payload": "No"}]
SKIP = {"title": "Skip", "payload": "/contact_skip"}


def asks(gateway: Gateway, slot: str | None, *buttons: dict[str, str]) -> None:
    """The assistant's next reply asks for this."""
    metadata = {"expects": slot} if slot else {}
    reply = {"text": f"{slot}?", "buttons": list(buttons), "response": "x", "metadata": metadata}
    gateway.assistant.replies = [reply]


def offered(visitor: Visitor, count: int) -> dict[str, str]:
    """The payloads of the newest answer by their titles."""
    answer: dict[str, Any] = visitor.wait_for_answers(count)[-1]
    return {button["title"]: button["payload"] for button in answer["buttons"]}


def test_a_yes_pressed_twice_is_no_yes_to_the_next_question(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    asks(gateway, "contact_voicemail", *YES_NO)
    visitor.send("after 5")
    yes = offered(visitor, 1)["Yes"]
    asks(gateway, "contact_texting", *YES_NO)
    visitor.send("Yes", button=yes)
    assert offered(visitor, 2)["Yes"] != yes
    visitor.send("Yes", button=yes)
    visitor.wait_for_answers(3)
    assert [asked["label"] for asked in gateway.assistant.asked[1:]] == ["affirm", "say_again"]


def test_a_skip_after_the_form_says_that_it_is_over(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    asks(gateway, "contact_name", SKIP)
    visitor.send("call me")
    skip = offered(visitor, 1)["Skip"]
    asks(gateway, None)
    visitor.send("never mind")
    visitor.wait_for_answers(2)
    visitor.send("Skip", button=skip)
    visitor.wait_for_answers(3)
    assert gateway.assistant.asked[-1]["label"] == "contact_skip"


def test_a_mark_that_was_not_offered_is_plain_text(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("Yes", button="/affirm?contact_texting")
    visitor.wait_for_answers(1)
    assert gateway.assistant.asked[-1]["label"] is None


@pytest.mark.parametrize(
    ("button", "asks_for", "label"),
    [
        ("/contact_skip?contact_time", "contact_time", "contact_skip"),
        ("/contact_skip?contact_time", "contact_place", "say_again"),
        ("/affirm?contact_voicemail", None, "contact_skip"),
        ("/faq/detox", "contact_time", "faq/detox"),
    ],
)
def test_what_a_button_means_now(button: str, asks_for: str | None, label: str) -> None:
    assert late.label(button, asks_for) == label


def test_elsewhere_yes_and_no_are_as_they_were() -> None:
    assert late.marked(tuple(YES_NO), None) == tuple(YES_NO)
