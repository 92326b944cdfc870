"""Danger is seen wherever it stands: in a form, in what is refused, however it is written."""

import json
from typing import Any

import httpx
import pytest

from care import conversations, tickets
from care.contact_form import SLOTS
from tests.gateway.conftest import Gateway

DANGER = "i want to kill myself"
STORY = "we talked about the schedule and my boss and what it costs to come in the evening. "
WRITTEN = {
    "after a typed restart": f"/restart {DANGER}",
    "as a typed intent": f'/inform{{"contact_name": "{DANGER}"}}',
    "inside a stop text": f"STOP {DANGER}",
    "after a stop": f"stop. {DANGER}",
    "in six thousand characters": (STORY * 80)[: 6000 - len(DANGER) - 1] + " " + DANGER,
    "in the middle of a story": f"{STORY * 30} {DANGER} {STORY * 30}",
    "as one word": "suicidal",
    "with emoji between the words": "i \U0001f622 want \U0001f622 to \U0001f622 die",
    "with emoji between the letters": "\U0001f622".join("killmyself"),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_danger_is_answered_however_it_comes(gateway: Gateway, text: str) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = "down"
    assert visitor.send(text).status_code == 202
    assert "988" in visitor.wait_for_answers(1)[0]["text"]
    assert tickets.unclaimed_urgent(gateway.core) == 1


@pytest.mark.parametrize("slot", [*SLOTS, "contact_change"])
def test_danger_at_any_question_of_the_form_ends_it(gateway: Gateway, slot: str) -> None:
    visitor = gateway.visitor()
    gateway.assistant.replies = [{"text": "?", "response": "x", "metadata": {"expects": slot}}]
    visitor.send("please have someone call me")
    visitor.wait_for_answers(1)
    visitor.send(DANGER)
    assert "988" in visitor.wait_for_answers(2)[1]["text"]
    visitor.wait(lambda _: bool(gateway.assistant.forgotten))
    gateway.assistant.replies = [{"text": "?", "response": "utter_unsure", "metadata": {}}]
    visitor.send("212-555-0147")
    visitor.wait_for_answers(3)
    assert gateway.assistant.asked[-1]["expects"] is None


def test_danger_in_a_text_that_is_too_long_is_answered_and_its_beginning_kept(
    gateway: Gateway,
) -> None:
    visitor = gateway.visitor()
    assert visitor.send(f"{STORY * 90} {DANGER}").status_code == 202
    assert "988" in visitor.wait_for_answers(1)[0]["text"]
    assert tickets.unclaimed_urgent(gateway.core) == 1
    (kept,) = [said["text"] for said in visitor.history() if said["author"] == "visitor"]
    assert len(kept) == 6000


REFUSED: dict[str, tuple[bytes, int]] = {
    "cut at the limit": (
        json.dumps({"id": "12345678", "text": f"{STORY} {DANGER} {'a' * 70_000}"}).encode(),
        413,
    ),
    "no json": (f"text={DANGER}".encode(), 400),
    "json that ends early": (b'{"id": "12345678", "text": "i want\\u0020to die', 400),
    "no id": (json.dumps({"text": DANGER}).encode(), 400),
    "lines": (json.dumps({"id": "x", "text": "i want\nto\tkill myself"}).encode(), 400),
    "a null in it": (json.dumps({"id": "12345678", "text": f"{DANGER}\0"}).encode(), 400),
    "nested": (b"[" * 50_000 + DANGER.encode(), 400),
}


@pytest.mark.parametrize(("body", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_screened_first(gateway: Gateway, body: bytes, status: int) -> None:
    visitor = gateway.visitor()
    answer = visitor.client.post("/chat/messages", content=body)
    assert answer.status_code == status
    assert "988" in answer.json()["say"][0]
    assert len(visitor.history()) == 1


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x.y"}])
def test_danger_is_answered_without_a_session(gateway: Gateway, header: dict[str, str]) -> None:
    body: dict[str, Any] = {"id": "12345678", "text": DANGER}
    url = f"{gateway.url}/chat/messages"
    answer = httpx.post(url, json=body, headers=header)
    assert answer.status_code == 401
    assert "988" in answer.json()["say"][0]
    assert "say" not in httpx.post(url, json={**body, "text": "hello"}, headers=header).json()


def test_danger_in_a_chat_that_has_ended_is_answered(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.client.delete("/chat/session")
    answer = visitor.send(DANGER)
    assert answer.status_code == 401
    assert "988" in answer.json()["say"][0]
    assert conversations.unanswered(gateway.core) == []
