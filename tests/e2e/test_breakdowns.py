"""Each process killed in the middle of a conversation: what the visitor sees, what is kept."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from care import conversations, tickets
from tests.e2e.conftest import Product, Record
from tests.visitor import Visitor

pytestmark = pytest.mark.e2e

RECOVERY_SECONDS = 90
DANGER_SECONDS = 5  # two are promised; a busy machine is given more


def guides(visitor: Visitor) -> list[str]:
    return [m["text"] for m in visitor.history() if m["author"] == "guide"][1:]


def say_and_wait(visitor: Visitor, text: str) -> None:
    before = len(guides(visitor))
    visitor.send(text)
    visitor.wait(lambda _: len(guides(visitor)) > before)


def seconds_until(visitor: Visitor, until: Callable[[list[dict[str, Any]]], bool]) -> float:
    started = time.monotonic()
    visitor.wait(until, RECOVERY_SECONDS)
    return time.monotonic() - started


def hears_of_988(said: list[dict[str, Any]]) -> bool:
    return any("988" in m["text"] for m in said[1:] if m["author"] == "guide")


def hears_of_trouble(said: list[dict[str, Any]]) -> bool:
    return any("988" in m["text"] for m in said if m["author"] == "system")


@pytest.mark.parametrize("part", ["assistant.launch", "actions"])
def test_a_part_hangs_and_everybody_gets_their_words(
    product: Product, part: str, record: Record
) -> None:
    asks, suffers = product.visitor(), product.visitor()
    with product.hung(part):
        asks.send("please have someone call me")
        suffers.send("please have someone call me")
        suffers.send("i want to kill myself")
        danger = seconds_until(suffers, hears_of_988)
        record(f"danger, {part} hung", danger)
        record(f"trouble, {part} hung", danger + seconds_until(asks, hears_of_trouble))
    assert danger < DANGER_SECONDS
    asks.wait(lambda _: len(guides(asks)) >= 2, RECOVERY_SECONDS)
    suffers.wait(lambda _: len(guides(suffers)) >= 2, RECOVERY_SECONDS)
    assert all("988" in text for text in guides(suffers))
    product.wait_until_ready()


@pytest.mark.parametrize("part", ["assistant.launch", "actions"])
def test_a_part_dies_and_danger_is_answered_in_time(
    product: Product, part: str, record: Record
) -> None:
    visitor = product.visitor()
    product.kill(part)
    visitor.send("i want to kill myself")
    danger = seconds_until(visitor, hears_of_988)
    record(f"danger, {part} dead", danger)
    assert danger < DANGER_SECONDS
    product.wait_until_ready()


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
