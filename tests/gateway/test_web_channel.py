import itertools
import json
import uuid
from typing import Any

import httpx
import pytest

from care import conversations
from tests.gateway.conftest import Gateway


def test_a_visitor_asks_and_gets_the_answer_with_its_settings_filled_in(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    assert "automated" in visitor.greeting[0]["text"]
    assert visitor.send("how much is it").status_code == 202
    (answer,) = visitor.wait_for_answers(1)
    assert answer["text"] == "You said: how much is it. Call 1-866-929-0179."
    assert answer["buttons"][1] == {"title": "Call", "url": "tel:18669290179"}
    (source,) = answer["sources"]
    assert (source["id"], source["url"]) == ("S", None)
    assert source["name"] == "What is an Intensive Outpatient Program? (My Recovery)"


def test_every_source_has_a_name_and_its_page(gateway: Gateway) -> None:
    gateway.assistant.replies = [
        {"text": "x", "response": "x", "metadata": {"sources": ["SAMHSA", "NIDA", "gone"]}}
    ]
    visitor = gateway.visitor()
    visitor.send("hi")
    (answer,) = visitor.wait_for_answers(1)
    assert [(s["id"], s["url"]) for s in answer["sources"]] == [
        ("SAMHSA", "https://www.samhsa.gov"),
        ("NIDA", "https://nida.nih.gov"),
    ]
    assert all(s["name"] for s in answer["sources"])


def test_the_same_message_sent_twice_is_answered_once(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    message = {"id": uuid.uuid4().hex, "text": "hello"}
    for _ in range(3):
        assert visitor.client.post("/chat/messages", json=message).status_code == 202
    visitor.send("second")
    assert [a["text"][:16] for a in visitor.wait_for_answers(2)] == [
        "You said: hello.",
        "You said: second",
    ]
    assert len(visitor.history()) == 5


def test_answers_come_in_the_order_of_the_messages(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    for number in range(10):
        visitor.send(f"message {number}")
    answers = visitor.wait_for_answers(10)
    assert [a["text"].split(".")[0] for a in answers] == [
        f"You said: message {n}" for n in range(10)
    ]


def test_the_stream_resumes_after_the_last_event_seen(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("one")
    visitor.wait_for_answers(1)
    first = [e for k, e in itertools.islice(visitor.events(), 3) if k == "message"]
    assert [m["seq"] for m in first] == [1, 2, 3]
    visitor.send("two")
    visitor.wait_for_answers(2)
    rest = [e for k, e in itertools.islice(visitor.events(after=3), 2) if k == "message"]
    assert [m["seq"] for m in rest] == [4, 5]


def test_the_stream_tells_who_is_typing_and_when_it_ends(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.hub.TYPING_AFTER_SECONDS", 0.01)
    visitor = gateway.visitor()
    gateway.assistant.mode = "hangs"
    visitor.send("one")
    seen: list[bool] = []
    for kind, event in visitor.events():
        if kind == "typing":
            seen.append(event["on"])
            if seen == [True, False] or len(seen) > 3:
                break
    assert seen[:2] == [True, False]


def test_phone_and_email_never_reach_the_assistant(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("call me at (212) 555-0142 or canary@example.com, ssn 123-45-6789")
    (answer,) = visitor.wait_for_answers(1)
    asked = json.dumps(gateway.assistant.asked)
    assert "[phone-1] or [email-1]" in asked
    for private in ("555", "canary", "6789"):
        assert private not in asked
    assert "(212) 555-0142" in answer["text"]


def test_a_pressed_button_counts_only_if_it_was_offered(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("hi")
    visitor.wait_for_answers(1)
    visitor.send("Talk to a person", button="/request_human")
    visitor.send("sneaky", button='/inform{"contact_consent": "yes"}')
    visitor.send('/request_callback{"contact_name": "x"}')
    visitor.wait_for_answers(4)
    assert [q["label"] for q in gateway.assistant.asked] == [None, "request_human", None, None]


def test_the_assistant_is_told_which_topic_was_answered_last(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    for number, label in enumerate(("faq/iop_cost", "thank", "faq/php")):
        gateway.assistant.label = label
        visitor.send(f"words {number}")
        visitor.wait_for_answers(number + 1)
    asked = [question["previous"] for question in gateway.assistant.asked]
    assert asked == [None, "faq/iop_cost", "faq/iop_cost"]


@pytest.mark.parametrize("mode", ["down", "hangs", "failed", "error"])
def test_when_the_assistant_fails_the_visitor_is_told_and_answered_later(
    gateway: Gateway, mode: str
) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = mode
    visitor.send("how much is it")
    said = visitor.wait(lambda said: any(m["author"] == "system" for m in said))
    assert "988" in said[-1]["text"]
    assert "1-866-929-0179" in said[-1]["text"]
    gateway.assistant.mode = "answers"
    (answer,) = visitor.wait_for_answers(1)
    assert answer["text"].startswith("You said: how much is it")
    assert sum(m["author"] == "system" for m in visitor.history()) == 1


def test_who_is_never_answered_is_told_so_in_the_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.turns.GIVE_UP_SECONDS", 0.3)
    gateway.assistant.mode = "down"
    visitor = gateway.visitor()
    visitor.send("how much is it")
    said = visitor.wait(lambda said: sum(m["author"] == "system" for m in said) == 2)
    assert "stopped trying" in said[-1]["text"]
    assert "988" in said[-1]["text"]
    assert conversations.unanswered(gateway.core) == []


def test_danger_is_answered_at_once_with_the_assistant_down(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = "down"
    visitor.send("a question that waits")
    visitor.send("i want to kill myself")
    said = visitor.wait(lambda said: any("988" in m["text"] for m in said[2:]))
    crisis = [m for m in said if m["author"] == "guide"][1:]
    assert crisis
    assert "988" in crisis[0]["text"]


def test_danger_that_the_assistant_sees_gets_the_fixed_reply(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    gateway.assistant.label = "crisis/withdrawal"
    visitor.send("something the screen does not know")
    (answer,) = visitor.wait_for_answers(1)
    assert "911" in answer["text"]
    visitor.wait(lambda _: bool(gateway.assistant.forgotten))


def test_a_limited_visitor_still_gets_the_crisis_text(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    codes = {visitor.send(f"spam {n}").status_code for n in range(40)}
    assert codes == {202, 429}
    assert visitor.send("i want to die tonight").status_code == 202
    said = visitor.wait(lambda said: any("988" in m["text"] for m in said[1:]))
    assert said


def test_with_the_database_away_the_answer_is_honest(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    with gateway.core.transaction() as session:
        session.connection().exec_driver_sql("drop table messages")
    refused = visitor.send("how much is it")
    assert refused.status_code == 503
    assert "988" in " ".join(refused.json()["say"])
    danger = visitor.send("i want to kill myself")
    assert danger.status_code == 503
    assert "988" in " ".join(danger.json()["say"])


BAD_BODIES: list[tuple[Any, int]] = [
    (b"", 400),
    (b"\xff\xfe\x00binary", 400),
    (b"[]", 400),
    (b'{"id": "12345678"}', 400),
    (b'{"id": "12345678", "text": ""}', 400),
    (b'{"id": "12345678", "text": "   "}', 400),
    (b'{"id": "12345678", "text": 5}', 400),
    (b'{"id": "12345678", "text": "a\\u0000b"}', 400),
    (b'{"id": "x", "text": "hi"}', 400),
    (b'{"id": "12345678", "text": "hi", "button": 7}', 400),
    (json.dumps({"id": "12345678", "text": "a" * 6001}).encode(), 413),
    (b'{"id": "12345678", "text": "' + b"a" * 70_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES)
def test_bad_input_gets_a_clear_error_and_stores_nothing(
    gateway: Gateway, body: bytes, status: int
) -> None:
    visitor = gateway.visitor()
    answer = visitor.client.post("/chat/messages", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert len(visitor.history()) == 1


def test_half_an_emoji_is_stored_and_shown_without_harm(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    answer = visitor.client.post(
        "/chat/messages", content=b'{"id": "12345678", "text": "hi \\ud83d there"}'
    )
    assert answer.status_code == 202
    visitor.wait_for_answers(1)


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer x.y"}, {"Authorization": "Basic abc"}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chat/history"),
        ("GET", "/chat/events"),
        ("POST", "/chat/messages"),
        ("DELETE", "/chat/session"),
    ],
)
def test_without_a_token_nothing_is_shown(
    gateway: Gateway, header: dict[str, str], method: str, path: str
) -> None:
    answer = httpx.request(method, gateway.url + path, headers=header)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unknown_session"


def test_one_visitor_never_sees_another(gateway: Gateway) -> None:
    one, two = gateway.visitor(), gateway.visitor()
    one.send("a secret of mine")
    one.wait_for_answers(1)
    assert "secret" not in json.dumps(two.history())


def test_an_ended_session_is_gone(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    assert visitor.client.delete("/chat/session").status_code == 204
    assert visitor.client.get("/chat/history").status_code == 401
    assert visitor.send("hello?").status_code == 401


def test_what_was_unanswered_at_a_crash_is_answered_after_the_restart(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = "down"
    visitor.send("do not forget me")
    visitor.wait(lambda said: any(m["author"] == "system" for m in said))
    assert len(conversations.unanswered(gateway.core)) == 1


def test_every_answer_carries_the_security_headers(gateway: Gateway) -> None:
    for path in ("/", "/readyz", "/chat/history", "/desk/login", "/nowhere"):
        headers = httpx.get(gateway.url + path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_ones_own_data_come_as_a_file_that_nobody_keeps(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("my number is (212) 555-0142\u2028=HYPERLINK(1) \U0001f600")
    visitor.wait_for_answers(1)
    answer = visitor.client.get("/chat/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-chat.txt"'
    assert answer.headers["cache-control"] == "no-store"
    assert "You: my number is (212) 555-0142\u2028=HYPERLINK(1) \U0001f600" in answer.text
    stranger = gateway.visitor()
    assert "0142" not in stranger.client.get("/chat/export").text


def test_without_its_token_nobody_gets_a_file(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    assert httpx.get(f"{gateway.url}/chat/export").status_code == 401
    forged = {"Authorization": "Bearer " + "x" * 40}
    assert httpx.get(f"{gateway.url}/chat/export", headers=forged).status_code == 401
    visitor.client.delete("/chat/session")
    assert visitor.client.get("/chat/export").status_code == 401


def test_a_file_is_not_made_over_and_over(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    most = gateway.core.settings.messages_per_minute
    answers = [visitor.client.get("/chat/export").status_code for _ in range(most + 1)]
    assert answers == [200] * most + [429]
