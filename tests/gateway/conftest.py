"""A real gateway on a loopback port, with a fake assistant behind it."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn

from care.db import Core, migrate
from care.settings import Settings
from gateway.app import create_app
from tests.fakes import FakeAssistant
from tests.postgres import free_port


@dataclass
class Gateway:
    """A running gateway: where it is, what it stores in, what stands behind it."""

    url: str
    core: Core
    assistant: FakeAssistant
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self) -> "Visitor":
        client = httpx.Client(base_url=self.url, timeout=10)
        self.clients.append(client)
        answer = client.post("/chat/sessions")
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return Visitor(client, answer.json()["messages"])


@dataclass
class Visitor:
    """Somebody with a chat session."""

    client: httpx.Client
    greeting: list[dict[str, Any]] = field(default_factory=list)

    def send(self, text: str, **more: Any) -> httpx.Response:
        body = {"id": uuid.uuid4().hex, "text": text, **more}
        return self.client.post("/chat/messages", json=body)

    def history(self) -> list[dict[str, Any]]:
        answer = self.client.get("/chat/history")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def wait(self, until: Callable[[list[dict[str, Any]]], bool], seconds: float = 8) -> Any:
        """The history as soon as `until` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            said = self.history()
            if until(said):
                return said
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {[m['text'] for m in self.history()]}")

    def wait_for_answers(self, count: int) -> list[dict[str, Any]]:
        """The guide's answers beside the greeting, once there are `count`."""

        def answers(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [m for m in said if m["author"] == "guide"][1:]

        return answers(self.wait(lambda said: len(answers(said)) >= count))

    def events(self, after: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
        headers = {"Last-Event-ID": str(after)}
        with self.client.stream("GET", "/chat/events", headers=headers) as stream:
            kind = ""
            for line in stream.iter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield kind, json.loads(line.removeprefix("data:"))


@contextmanager
def running(settings: Settings, assistant: FakeAssistant) -> Iterator[Gateway]:
    settings = settings.model_copy(update={"port": free_port()})
    app = create_app(settings, assistant.client(settings))
    server = uvicorn.Server(
        uvicorn.Config(app, port=settings.port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    core = Core.open(settings)
    gateway = Gateway(f"http://127.0.0.1:{settings.port}", core, assistant)
    try:
        yield gateway
    finally:
        for client in gateway.clients:
            client.close()
        server.should_exit = True
        thread.join(timeout=10)
        core.engine.dispose()


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.turns.RETRY_SECONDS", (0.1,))


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    migrate(settings.database_url)
    with running(settings, FakeAssistant()) as started:
        yield started
