"""A visitor's own data while a person has the chat: shown and deleted, and the desk knows it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from care import tickets
from care.wording import text
from tests.gateway.conftest import Gateway
from tests.gateway.test_live_chat import events, joined, step
from tests.visitor import Visitor

ASK, DELETED = "Should I?", text("utter_data_deleted").text
KEPT = text("utter_data_kept").text


def ends_with(words: str) -> Callable[[list[dict[str, Any]]], bool]:
    """Is this the last line? There may be none at all while data is deleted."""
    return lambda said: [line["text"] for line in said[-1:]] == [words]


def wants_deletion(gateway: Gateway, visitor: Visitor) -> dict[str, Any]:
    """The question that a wish to delete is met with."""
    gateway.assistant.label = "delete_my_data"
    visitor.send("delete my data please")
    asked: dict[str, Any] = visitor.wait(lambda said: ASK in said[-1]["text"])[-1]
    gateway.assistant.label = "faq/iop_cost"
    return asked


def test_data_is_deleted_after_one_question_and_the_guide_is_back(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    visitor.send("my secret")
    asked = wants_deletion(gateway, visitor)
    assert asked["author"] == "system"
    assert [b["payload"] for b in asked["buttons"]] == ["/delete_yes", "/delete_no"]
    visitor.send("Yes, delete it", button="/delete_yes")
    (only,) = visitor.wait(ends_with(DELETED))
    assert only["owner"] == "guide"
    visitor.wait(lambda _: bool(gateway.assistant.forgotten))
    visitor.send("what does it cost")
    visitor.wait(lambda said: said[-1]["text"].startswith("You said: what does it cost"))
    page = desk.get(f"/desk/tickets/{number}").text
    assert "No messages are kept." in page
    assert "my secret" not in page
    assert "what does it cost" not in page
    assert "Take over" not in page
    refused = step(desk, number, "write", line_id="line-0001", text="Are you there?")
    assert (refused.status_code, "deleted" in refused.text) == (409, True)
    assert tickets.listed(gateway.core) == []


def test_an_open_page_of_staff_is_emptied_and_follows_no_further(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    stream = events(desk, number)
    while next(stream)[0] != "state":
        pass
    wants_deletion(gateway, visitor)
    visitor.send("Yes, delete it", button="/delete_yes")
    visitor.wait(ends_with(DELETED))
    visitor.send("nobody's business")
    seen = list(stream)  # until it ends
    assert seen[-1][0] == "state"
    assert seen[-1][1]["gone"] is True
    assert "business" not in str(seen)
    assert DELETED not in str(seen)


@pytest.mark.parametrize(("answer", "label"), [("yes", "affirm"), ("no", "deny")])
def test_a_typed_answer_counts_right_after_the_question(
    gateway: Gateway, desk: httpx.Client, answer: str, label: str
) -> None:
    visitor = gateway.visitor()
    joined(gateway, desk, visitor)
    wants_deletion(gateway, visitor)
    gateway.assistant.label = label
    visitor.send(answer)
    expected = DELETED if label == "affirm" else KEPT
    last = visitor.wait(ends_with(expected))[-1]
    assert label == "affirm" or all(
        "faq" not in b.get("payload", "") for b in last.get("buttons", [])
    )


def test_a_yes_to_what_staff_asked_deletes_nothing(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    wants_deletion(gateway, visitor)
    step(desk, number, "write", line_id="line-0001", text="Shall I call you?")
    gateway.assistant.label = "affirm"
    visitor.send("yes")
    visitor.wait(lambda _: gateway.assistant.heard[-1]["text"] == "yes")
    said = visitor.wait(lambda said: said[-1]["text"] == "yes")
    assert "delete my data please" in [m["text"] for m in said]
    assert tickets.listed(gateway.core)[0].number == number


def test_what_is_kept_is_listed_too(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    joined(gateway, desk, visitor)
    gateway.assistant.label = "delete_my_data"
    visitor.send("what do you have on me")
    said = visitor.wait(lambda said: "This is what is kept" in said[-1]["text"])
    assert "Messages: 3 from you" in said[-1]["text"]
    assert "$kept" not in said[-1]["text"]


def test_with_the_assistant_down_the_button_still_deletes(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    joined(gateway, desk, visitor)
    wants_deletion(gateway, visitor)
    gateway.assistant.mode = "down"
    visitor.send("Yes, delete it", button="/delete_yes")
    visitor.wait(ends_with(DELETED))
