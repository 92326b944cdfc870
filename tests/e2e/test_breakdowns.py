"""Each process killed in the middle of a conversation: what the visitor sees, what is kept."""

import pytest

from care import conversations, tickets
from tests.e2e.conftest import Product
from tests.visitor import Visitor

pytestmark = pytest.mark.e2e

RECOVERY_SECONDS = 90


def guides(visitor: Visitor) -> list[str]:
    return [m["text"] for m in visitor.history() if m["author"] == "guide"][1:]


def say_and_wait(visitor: Visitor, text: str) -> None:
    before = len(guides(visitor))
    visitor.send(text)
    visitor.wait(lambda _: len(guides(visitor)) > before)


def test_the_assistant_dies_and_the_message_is_answered_when_it_is_back(product: Product) -> None:
    visitor = product.visitor()
    product.kill("assistant.launch")
    visitor.send("What is an IOP?")
    said = visitor.wait(lambda said: any(m["author"] == "system" for m in said))
    assert "988" in said[-1]["text"]
    visitor.send("i want to kill myself")
    visitor.wait(lambda said: any("988" in m["text"] for m in said if m["author"] == "guide"))
    visitor.wait(lambda _: len(guides(visitor)) >= 2, RECOVERY_SECONDS)
    assert any("intensive outpatient program" in text for text in guides(visitor))
    product.wait_until_ready()


def test_the_action_server_dies_in_the_form_and_nothing_typed_is_lost(product: Product) -> None:
    visitor = product.visitor()
    for text in ("please have someone call me", "For me", "Robin"):
        say_and_wait(visitor, text)
    before = len(guides(visitor))
    product.kill("actions")
    visitor.send("212-555-0147")
    visitor.wait(lambda _: len(guides(visitor)) > before, RECOVERY_SECONDS)
    assert "time" in guides(visitor)[-1]
    product.wait_until_ready()


def test_the_gateway_dies_and_the_conversation_goes_on(product: Product) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    visitor.wait_for_answers(1)
    before = visitor.history()
    product.kill("gateway")
    product.wait_until_ready()
    assert visitor.history() == before
    visitor.send("How much does it cost?")
    visitor.wait_for_answers(2)


def test_a_message_taken_before_a_crash_is_answered_after_it(product: Product) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    product.kill("gateway")
    product.wait_until_ready()
    visitor.wait(lambda _: len(guides(visitor)) == 1, RECOVERY_SECONDS)
    core = product.core()
    assert conversations.unanswered(core) == []
    assert isinstance(tickets.listed(core), list)
    core.engine.dispose()
