"""A person joins a chat, over HTTP: the visitor's side, the desk's side, and the guide between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from care import alerts, conversations, live_chat_steps, staff, tickets, wording
from care.db import now
from care.models import LiveChat, Message
from care.wording import text
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, token_in
from tests.visitor import Visitor

HUMAN = {
    "text": text("utter_request_human").text,
    "buttons": [{"title": "Ask for a call", "payload": "/request_callback"}],
    "response": "utter_request_human",
}
HERE, NOBODY = text("utter_live/here").text, text("utter_live/nobody").text
JOINED, BACK = text("utter_live/joined").text, text("utter_reminder/after_person").text
ASK = "/ask_person"


@pytest.fixture(autouse=True)
def quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.live.TEND_SECONDS", 0.05)


def asks(gateway: Gateway, visitor: Visitor) -> dict[str, Any]:
    """The guide's reply to who asks for a person."""
    gateway.assistant.label, gateway.assistant.replies = "request_human", [HUMAN]
    before = len(answers(visitor))
    visitor.send("agent")
    reply: dict[str, Any] = visitor.wait_for_answers(before + 1)[-1]
    gateway.assistant.label, gateway.assistant.replies = "faq/iop_cost", None
    return reply


def answers(visitor: Visitor) -> list[dict[str, Any]]:
    return [m for m in visitor.history() if m["author"] == "guide"][1:]


def waits(gateway: Gateway, visitor: Visitor) -> str:
    """The visitor waits for a person; the number of the ticket."""
    asks(gateway, visitor)
    visitor.send("Ask them to join", button=ASK)
    visitor.wait(lambda said: said[-1].get("owner") == "waiting")
    return next(t.number for t in tickets.listed(gateway.core) if t.kind == "live_chat")


def step(desk: httpx.Client, number: str, name: str, **fields: str) -> httpx.Response:
    token = token_in(desk.get("/desk"))
    return desk.post(f"/desk/tickets/{number}/chat/{name}", data={"csrf_token": token, **fields})


def joined(gateway: Gateway, desk: httpx.Client, visitor: Visitor) -> str:
    number = waits(gateway, visitor)
    assert step(desk, number, "take-over").status_code == 200
    return number


def events(desk: httpx.Client, number: str, after: int = 0) -> Iterator[tuple[str, Any]]:
    path = f"/desk/tickets/{number}/chat/events"
    with desk.stream("GET", path, params={"after": after}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in stream.iter_lines():
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                yield kind, json.loads(line.removeprefix("data:"))


def payloads(message: dict[str, Any]) -> list[str]:
    return [b.get("payload", b.get("url")) for b in message["buttons"]]


def test_with_somebody_on_duty_a_person_is_offered(gateway: Gateway, desk: httpx.Client) -> None:
    reply = asks(gateway, gateway.visitor())
    assert reply["text"].startswith(f"{HERE}\n\nYou can talk to a person now: call")
    assert payloads(reply) == [ASK, "/request_callback"]


def test_with_nobody_on_duty_the_guide_says_so(gateway: Gateway) -> None:
    reply = asks(gateway, gateway.visitor())
    assert reply["text"].startswith(f"{NOBODY}\n\nYou can talk to a person now: call")
    assert payloads(reply) == ["/request_callback"]
    assert tickets.listed(gateway.core) == []


def test_after_two_misses_a_person_is_offered(gateway: Gateway, desk: httpx.Client) -> None:
    gateway.assistant.label = "unsure"
    gateway.assistant.replies = [{"text": "I don't follow.", "response": "utter_unsure_twice"}]
    visitor = gateway.visitor()
    visitor.send("blorp")
    (reply,) = visitor.wait_for_answers(1)
    assert reply["text"] == f"I don't follow.\n\n{HERE}"
    assert payloads(reply) == [ASK]


def test_a_tap_asks_staff_before_it_is_promised(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    assert answers(visitor)[-1]["text"].startswith("I've asked a person on our staff")
    due = alerts.take(gateway.core, now(), 9)
    assert not due or due[0].number == number  # sent already, or about to be
    assert "Live chat" in desk.get("/desk").text
    assert desk.get("/desk/pulse").json() == {"urgent": 0, "waiting": 1, "mine": 0}
    visitor.send("and the cost?")
    assert visitor.wait_for_answers(3)[-1]["text"].startswith("You said: and the cost?")


@pytest.mark.parametrize("label", ["affirm", "request_human"])
def test_a_yes_to_the_offer_asks_a_person_too(
    gateway: Gateway, desk: httpx.Client, label: str
) -> None:
    visitor = gateway.visitor()
    asks(gateway, visitor)
    gateway.assistant.label = label
    visitor.send("yes")
    assert visitor.wait_for_answers(2)[-1]["owner"] == "waiting"
    gateway.assistant.label, gateway.assistant.replies = "request_human", [HUMAN]
    visitor.send("agent!!")
    again = visitor.wait_for_answers(3)[-1]
    assert again["text"].startswith(text("utter_live/waiting").text)
    assert ASK not in payloads(again)


def test_nothing_is_promised_if_everybody_has_gone_meanwhile(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    asks(gateway, visitor)
    desk.post("/desk/logout", data={"csrf_token": token_in(desk.get("/desk"))})
    visitor.send("Ask them to join", button=ASK)
    assert visitor.wait_for_answers(2)[-1]["text"].startswith(NOBODY)
    assert tickets.listed(gateway.core) == []


def test_a_person_and_a_visitor_talk_and_the_guide_keeps_out(
    gateway: Gateway, desk: httpx.Client
) -> None:
    staff.introduce(gateway.core, NAME, "Dana", "counselor")
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    asked = len(gateway.assistant.asked)
    page = step(desk, number, "write", line_id="line-0001", text="<b>Hi</b>, I'm here.")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page.text
    visitor.send("hello dana, are you real?")
    visitor.wait(lambda _: bool(gateway.assistant.heard))
    told = step(desk, number, "hand-back")
    assert "chat returned by dana" in told.text
    said = visitor.history()
    notice, line, mine, back = said[-4:]
    assert (notice["author"], notice["owner"]) == ("system", "staff")
    assert notice["text"].startswith("Dana (counselor) has joined")
    assert (line["author"], line["name"], line["role"]) == ("staff", "Dana", "counselor")
    assert line["text"] == "<b>Hi</b>, I'm here."
    assert mine["author"] == "visitor"
    assert (back["text"], back["owner"]) == (BACK, "guide")
    assert len(gateway.assistant.asked) == asked
    visitor.send("and the cost?")
    assert visitor.wait(lambda said: said[-1]["text"].startswith("You said: and the cost?"))


def test_an_answer_that_comes_late_is_dropped(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    gateway.assistant.held = True
    visitor.send("how much is it")
    visitor.wait(lambda _: gateway.assistant.asked[-1]["text"] == "how much is it")
    step(desk, number, "take-over")
    gateway.assistant.held = False
    visitor.send("hello?")
    visitor.wait(lambda _: [h["text"] for h in gateway.assistant.heard] == ["hello?"])
    visitor.wait(lambda _: conversations.unanswered(gateway.core) == [])
    assert [m["author"] for m in visitor.history()][-3:] == ["visitor", "system", "visitor"]
    assert "how much is it" in desk.get(f"/desk/tickets/{number}").text


def test_danger_is_answered_whoever_has_the_chat(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    visitor.send("i want to kill myself")
    assert "988" in visitor.wait(lambda said: said[-1]["author"] == "guide")[-1]["text"]
    gateway.assistant.label = "crisis/withdrawal"
    visitor.send("something the screen does not know")
    said = visitor.wait(lambda said: said[-2]["text"].startswith("something"))
    assert "911" in said[-1]["text"]
    assert tickets.unclaimed_urgent(gateway.core) == 2
    assert "Danger was seen" in desk.get(f"/desk/tickets/{number}").text
    assert gateway.assistant.asked[-1]["text"] == "agent"


def test_with_the_assistant_down_staff_know_that_nobody_listens(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    stream = events(desk, number, after=99)
    assert next(stream)[1]["unheard"] is False
    gateway.assistant.mode = "down"
    visitor.send("are you there")
    assert next(e for k, e in stream if k == "state")["unheard"] is True
    gateway.assistant.mode = "answers"
    assert next(e for k, e in stream if k == "state")["unheard"] is False
    assert [m["author"] for m in visitor.history()][-2:] == ["system", "visitor"]


def test_a_form_that_was_open_is_left_behind(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    gateway.assistant.replies = [
        {"text": "Your name?", "response": "x", "metadata": {"expects": "contact_name"}}
    ]
    number = waits_in_a_form(gateway, visitor)
    assert gateway.assistant.asked[-1]["expects"] == "contact_name"  # it goes on while one waits
    assert gateway.assistant.forgotten == []
    step(desk, number, "take-over")
    step(desk, number, "hand-back")
    visitor.wait(lambda _: bool(gateway.assistant.forgotten))
    gateway.assistant.replies = None
    visitor.send("what is an iop")
    visitor.wait(lambda said: said[-1]["text"].startswith("You said: what is an iop"))
    assert gateway.assistant.asked[-1]["expects"] is None


def waits_in_a_form(gateway: Gateway, visitor: Visitor) -> str:
    replies = gateway.assistant.replies
    gateway.assistant.replies = [HUMAN, *(replies or [])]
    gateway.assistant.label = "request_human"
    visitor.send("agent")
    visitor.wait_for_answers(2)
    gateway.assistant.label, gateway.assistant.replies = "request_callback", replies
    visitor.send("Ask them to join", button=ASK)
    visitor.wait(lambda said: said[-1].get("owner") == "waiting")
    visitor.send("Sam")
    visitor.wait(lambda said: said[-1]["text"] == "Your name?")
    return tickets.listed(gateway.core)[0].number


def test_the_visitor_leaves_the_person_by_a_word(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    gateway.assistant.mode = "down"  # needs no assistant
    visitor.send("back to the guide")
    visitor.wait(lambda said: said[-1]["text"] == BACK)
    refused = step(desk, number, "write", line_id="line-0001", text="Wait!")
    assert refused.status_code == 409
    assert "You do not have this chat" in refused.text
    gateway.assistant.mode = "answers"
    visitor.send("Back to the guide", button="/back_to_guide")
    visitor.wait(lambda said: said[-1]["author"] == "guide" and said[-2]["author"] == "visitor")


def test_who_waits_for_long_is_told_and_who_is_left_alone_gets_the_guide(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    passed(gateway, minutes=4)
    said = visitor.wait(lambda said: said[-1]["text"].startswith("I'm sorry: nobody"))
    assert said[-2]["owner"] == "waiting"
    step(desk, number, "take-over")
    passed(gateway, minutes=11)
    visitor.wait(lambda said: said[-1]["text"].startswith("The person has not written"))
    assert "chat silent by system" in desk.get(f"/desk/tickets/{number}").text


def passed(gateway: Gateway, **time: float) -> None:
    """Everything in the chat was that long ago."""
    gone = timedelta(**time)
    with gateway.core.transaction() as session:
        for chat in session.scalars(select(LiveChat)):
            chat.asked_at = chat.asked_at and chat.asked_at - gone
            chat.taken_at = chat.taken_at and chat.taken_at - gone
            chat.heard_at = chat.heard_at and chat.heard_at - gone
        for message in session.scalars(select(Message)):
            message.created_at -= gone


@contextmanager
def by_script(desk: httpx.Client) -> Iterator[str]:
    """As the page's own script sends; yields the session's token."""
    token = token_in(desk.get("/desk"))
    desk.headers["Accept"] = "application/json"
    yield token
    del desk.headers["Accept"]


@pytest.mark.parametrize(
    ("line", "why"),
    [("", "write something"), ("\U0001f642" * 2001, "2000"), ("a" * 300_000, "2000")],
)
def test_a_bad_line_is_refused_with_its_reason(
    gateway: Gateway, desk: httpx.Client, line: str, why: str
) -> None:
    number = joined(gateway, desk, gateway.visitor())
    with by_script(desk) as token:
        fields = {"csrf_token": token, "line_id": "line-0001", "text": line}
        refused = desk.post(f"/desk/tickets/{number}/chat/write", data=fields)
    assert refused.status_code == 409
    assert why in refused.json()["problem"]


def test_a_line_sent_twice_by_the_page_arrives_once(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    with by_script(desk) as token:
        fields = {"csrf_token": token, "line_id": "line-0001", "text": "\U0001f642" * 2000}
        for _ in range(2):
            assert desk.post(f"/desk/tickets/{number}/chat/write", data=fields).json() == {}
    assert [m["author"] for m in visitor.history()].count("staff") == 1
    assert visitor.history()[-1]["text"] == "\U0001f642" * 2000


def test_no_step_without_the_sessions_own_token(gateway: Gateway, desk: httpx.Client) -> None:
    number = waits(gateway, gateway.visitor())
    for name in ("take-over", "write", "transfer", "hand-back", "close"):
        path = f"/desk/tickets/{number}/chat/{name}"
        assert desk.post(path, data={"csrf_token": "guessed"}).status_code == 403
        assert httpx.post(gateway.url + path).status_code == 303
    assert step(desk, number, "nonsense").status_code == 404
    assert step(desk, "R-000000", "take-over").status_code == 404
    assert httpx.get(f"{gateway.url}/desk/tickets/{number}/chat/events").status_code == 303


def test_an_open_page_sees_the_visitor_live_with_numbers_hidden(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    last = visitor.history()[-1]["seq"]
    stream = events(desk, number, after=last)
    kind, state = next(stream)
    assert (kind, state["can"], state["words"]) == ("state", "mine", "You have this chat.")
    visitor.send("call me at 212-555-0142 <b>please</b>, not 1-800-799-7233")
    kind, row = next(stream)
    assert (kind, row["who"], row["text"]) == (
        "message",
        "Visitor",
        "call me at [hidden] <b>please</b>, not 1-800-799-7233",
    )
    visitor.client.delete("/chat/session")
    over = next(e for k, e in stream if k == "state")
    assert (over["can"], over["words"]) == ("", "The visitor has ended this chat.")


def test_an_open_page_hears_nothing_more_once_its_user_is_signed_out(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    stream = events(desk, number, after=99)
    next(stream)
    staff.set_password(gateway.core, NAME, "another long password")
    visitor.send("a secret")
    assert list(stream) == []


def test_who_writes_in_spanish_is_told_in_spanish_who_answers(
    gateway: Gateway, desk: httpx.Client
) -> None:
    staff.introduce(gateway.core, NAME, "Dana", "counselor")
    visitor = gateway.visitor()
    asks(gateway, visitor)
    visitor.send("quiero hablar con una persona por favor")
    visitor.wait_for_answers(2)
    visitor.send("Ask them to join", button=ASK)
    asked = visitor.wait(lambda said: said[-1].get("owner") == "waiting")[-1]
    assert (asked["text"][:9], asked["language"]) == ("He pedido", "es")
    (number,) = (t.number for t in tickets.listed(gateway.core))
    step(desk, number, "take-over")
    assert visitor.history()[-1]["text"].startswith("Dana (counselor) se ha unido a este chat")
    visitor.send("volver al guía")
    back = visitor.wait(lambda said: said[-1].get("owner") == "guide")[-1]
    assert back["text"].startswith("A partir de ahora vuelve el guía automático")


def test_each_side_sees_that_the_other_writes_and_none_of_the_words(
    gateway: Gateway, desk: httpx.Client
) -> None:
    staff.introduce(gateway.core, NAME, "Dana", "counselor")
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    last = visitor.history()[-1]["seq"]
    stream, page = events(desk, number, after=last), visitor.events(after=last)
    assert next(stream)[1]["typing"] is False
    assert visitor.client.post("/chat/typing", content=b"my words").status_code == 204
    assert next(e for k, e in stream if k == "state")["typing"] is True
    assert step(desk, number, "typing", text="my words").status_code == 204
    assert next(page) == ("typing", {"on": True, "by": "staff", "name": "Dana"})
    step(desk, number, "write", line_id="line-0001", text="Hello")
    # The sign ends before the line: what goes afterwards would move a button under a finger.
    assert [next(page), next(page)[0]] == [("typing", {"on": False}), "message"]
    visitor.send("hi")
    assert [next(stream)[0] for _ in range(2)] == ["message", "message"]
    assert next(stream)[1]["typing"] is False


def test_no_sign_without_the_chat(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    stream = events(desk, number, after=99)
    next(stream)
    assert httpx.post(f"{gateway.url}/chat/typing").status_code == 401
    assert visitor.client.post("/chat/typing").status_code == 204
    assert step(desk, number, "typing").status_code == 409
    step(desk, number, "take-over")
    assert next(e for k, e in stream if k == "state" and e["can"] == "mine")["typing"] is False


def test_approved_answers_are_found_by_the_visitors_words_or_a_search(
    gateway: Gateway, desk: httpx.Client
) -> None:
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    visitor.send("what does it cost, call me at 212-555-0142")
    path = f"/desk/tickets/{number}/chat/suggestions"

    def found(**query: str) -> list[dict[str, str]]:
        return list(desk.get(path, params=query).json()["suggestions"])

    assert found()[0]["label"] == "faq/iop_cost"
    assert found(q="naloxone")[0]["title"] == wording.title(found(q="naloxone")[0]["label"])
    assert "$" not in "".join(each["text"] for each in found(q="hotline"))
    assert found(q="zzzz") == []


def test_a_text_is_counted_as_it_would_go_out(gateway: Gateway, desk: httpx.Client) -> None:
    number = waits(gateway, gateway.visitor())
    for words, texts, segments, costly in (
        ("", 0, 0, False),
        ("a" * 160, 1, 1, False),
        ("a" * 161, 1, 2, False),
        ("a" * 500, 2, 5, False),  # cut, and each led by its number
        ("\u201cHello\u201d \u2013 it\u2019s me", 1, 1, False),
        ("\U0001f642" * 36, 1, 2, True),
    ):
        size = {"texts": texts, "segments": segments, "costly": costly}
        assert step(desk, number, "size", text=words).json() == size


def test_a_colleague_on_duty_may_be_given_the_chat(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    assert "Nobody else is on duty" in desk.get(f"/desk/tickets/{number}").text
    staff.set_password(gateway.core, "kim", "a long enough password")
    staff.sign_in(gateway.core, "kim", "a long enough password")
    assert 'value="kim"' in desk.get(f"/desk/tickets/{number}").text
    page = step(desk, number, "transfer", to="kim")
    assert "kim has this chat." in page.text
    assert visitor.history()[-1]["text"].startswith("A colleague takes over here.")
    assert live_chat_steps.calls(gateway.core, "kim").mine == 1


def test_after_close_the_guide_answers_again(gateway: Gateway, desk: httpx.Client) -> None:
    visitor = gateway.visitor()
    number = joined(gateway, desk, visitor)
    page = step(desk, number, "close")
    assert "This chat is closed." in page.text
    assert visitor.history()[-1]["owner"] == "closed"
    visitor.send("one more")
    visitor.wait(lambda said: said[-1]["text"].startswith("You said: one more"))
