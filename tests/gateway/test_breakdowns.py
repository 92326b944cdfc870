"""The parts behind the gateway gone, hung or talking nonsense: what is said, what is kept."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from care import conversations, tickets
from care.db import Core
from care.errors import StorageDownError
from care.settings import Settings
from tests.databases import fresh_sqlite
from tests.fakes import GARBAGE, FakeAssistant
from tests.gateway.conftest import Gateway, running
from tests.visitor import Visitor

DANGER = "i want to kill myself"
BROKEN = ["down", "hangs", "slow", "trickles", "endless", "error", "failed", *GARBAGE]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.trouble.ADMIT_SECONDS", 0.3)
    monkeypatch.setattr("gateway.intake.REPEAT_SECONDS", (0.1,))


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """One that waits half a second for the assistant."""
    fresh_sqlite(settings.database_url)
    impatient = settings.model_copy(update={"assistant_timeout_seconds": 0.5})
    with running(impatient, FakeAssistant()) as started:
        yield started


class Storage:
    """The storing of messages, made to hang or to fail; `back()` mends it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._real, self._patch = conversations.receive, patch
        self._open = threading.Event()

    def hang(self) -> None:
        def wait(*args: Any) -> Any:
            self._open.wait(30)
            return self._real(*args)

        self._patch.setattr(conversations, "receive", wait)

    def refuse(self) -> None:
        def fail(*_: Any) -> Any:
            raise StorageDownError("refused")

        self._patch.setattr(conversations, "receive", fail)

    def back(self) -> None:
        self._patch.setattr(conversations, "receive", self._real)
        self._open.set()


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    made = Storage(monkeypatch)
    yield made
    made.back()


def texts(visitor: Visitor, author: str) -> list[str]:
    return [said["text"] for said in visitor.history() if said["author"] == author]


def urgent(core: Core) -> int:
    return sum(ticket.priority == "urgent" for ticket in tickets.listed(core))


@pytest.mark.parametrize("mode", BROKEN)
def test_whatever_the_assistant_does_danger_and_questions_get_their_words(
    gateway: Gateway, mode: str
) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = mode
    assert visitor.send("how much is it").status_code == 202
    assert visitor.send(DANGER).status_code == 202
    visitor.wait(lambda said: any("988" in s["text"] for s in said[1:] if s["author"] == "guide"))
    assert urgent(gateway.core) == 1
    visitor.wait(lambda said: any(s["author"] == "system" for s in said))
    (admitted,) = texts(visitor, "system")
    assert "988" in admitted
    assert "1-866-929-0179" in admitted
    gateway.assistant.mode = "answers"
    visitor.wait_for_answers(2)
    assert conversations.unanswered(gateway.core) == []


@pytest.mark.parametrize("breaks", [Storage.hang, Storage.refuse])
def test_danger_that_cannot_be_stored_is_answered_and_stored_later_without_the_visitor(
    gateway: Gateway, storage: Storage, breaks: Callable[[Storage], None]
) -> None:
    visitor = gateway.visitor()
    breaks(storage)
    for _ in range(3):
        answer = visitor.client.post("/chat/messages", json={"id": "danger-1", "text": DANGER})
        assert answer.status_code == 503
        assert "988" in answer.json()["say"][0]
    assert urgent(gateway.core) == 0
    storage.back()
    assert "988" in visitor.wait_for_answers(1)[0]["text"]
    assert texts(visitor, "visitor") == [DANGER]
    assert urgent(gateway.core) == 1


@pytest.mark.parametrize("breaks", [Storage.hang, Storage.refuse])
def test_a_question_that_cannot_be_stored_is_refused_honestly_and_taken_once_later(
    gateway: Gateway, storage: Storage, breaks: Callable[[Storage], None]
) -> None:
    visitor = gateway.visitor()
    breaks(storage)
    message = {"id": "question-1", "text": "how much is it"}
    refused = visitor.client.post("/chat/messages", json=message)
    assert refused.status_code == 503
    assert "988" in refused.json()["say"][0]
    assert "1-866-929-0179" in refused.json()["say"][0]
    storage.back()
    assert visitor.client.post("/chat/messages", json=message).status_code == 202
    visitor.wait_for_answers(1)
    assert texts(visitor, "visitor") == ["how much is it"]


def test_what_cannot_be_stored_is_refused_in_its_own_language(
    gateway: Gateway, storage: Storage
) -> None:
    visitor = gateway.visitor()
    storage.refuse()
    message = {"id": "question-1", "text": "cuánto cuesta el programa"}
    told = visitor.client.post("/chat/messages", json=message).json()["say"][0]
    danger = {"id": "danger-1", "text": "quiero morirme"}
    first = visitor.client.post("/chat/messages", json=danger).json()["say"][0]
    storage.back()
    assert "no puedo guardar mensajes" in told
    assert "oprima 2" in told
    assert "¿Está a salvo ahora mismo?" in first


def test_a_crowd_that_waits_for_the_database_keeps_nobody_else_waiting(
    gateway: Gateway, storage: Storage
) -> None:
    visitor, danger = gateway.visitor(), gateway.visitor()
    storage.hang()
    crowd = [threading.Thread(target=visitor.send, args=(f"words {n}",)) for n in range(60)]
    for one in crowd:
        one.start()
    long = f"{'we talked about the schedule and the cost. ' * 100} {DANGER}"
    answer = danger.send(long)
    assert answer.status_code == 503
    assert "988" in answer.json()["say"][0]
    assert httpx.get(f"{gateway.url}/static/page.css", timeout=10).status_code == 200
    storage.back()
    for one in crowd:
        one.join()
    danger.wait_for_answers(1)


@pytest.mark.parametrize("path", ["/chat/history", "/chat/events", "/chat/sessions", "/readyz"])
def test_no_request_hangs_with_the_database(
    gateway: Gateway, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, back = gateway.visitor(), threading.Event()
    for name in ("start", "news", "get"):
        monkeypatch.setattr(conversations, name, lambda *_: back.wait(30))
    monkeypatch.setattr(Core, "ready", lambda _: back.wait(30))
    answer = visitor.client.request("POST" if "sessions" in path else "GET", path)
    back.set()
    assert answer.status_code == 503
    if path.startswith("/chat"):
        assert "988" in answer.json()["say"][0]


def test_an_answer_that_cannot_be_stored_is_admitted_on_the_open_stream(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> Any:
        raise StorageDownError("refused")

    visitor = gateway.visitor()
    monkeypatch.setattr(conversations, "answer", down)
    monkeypatch.setattr(conversations, "say", down)
    stream = visitor.events()
    next(stream)
    visitor.send("how much is it")
    notice = next(event for kind, event in stream if kind == "notice")
    stream.close()  # type: ignore[attr-defined]
    assert "988" in notice["say"][0]
    monkeypatch.undo()


def test_what_was_under_way_when_danger_came_asks_for_no_details(settings: Settings) -> None:
    fresh_sqlite(settings.database_url)
    assistant = FakeAssistant()
    assistant.replies = [
        {"text": "Your number?", "response": "x", "metadata": {"expects": "contact_reach"}}
    ]
    assistant.replies_once_left = [{"text": "?", "response": "utter_unsure", "metadata": {}}]
    with running(settings, assistant) as gateway:
        visitor = gateway.visitor()
        assistant.held = True
        visitor.send("Robin")
        visitor.send(DANGER)
        visitor.wait_for_answers(1)
        assistant.held = False
        said = [answer["text"] for answer in visitor.wait_for_answers(2)]
        assert all("988" in text for text in said)
        assert len(assistant.asked) == 2


def test_a_dialogue_that_could_not_be_left_is_left_before_the_next_question(
    gateway: Gateway,
) -> None:
    visitor = gateway.visitor()
    gateway.assistant.mode = "down"
    visitor.send(DANGER)
    visitor.wait_for_answers(1)
    gateway.assistant.mode = "answers"
    visitor.send("how much is it")
    visitor.wait_for_answers(2)
    assert len(gateway.assistant.forgotten) == 1
