"""A visitor with a chat session, over HTTP, as the tests drive one."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 30.0  # seconds; a busy machine may stand still for some


@dataclass
class Visitor:
    """Somebody with a chat session."""

    client: httpx.Client
    greeting: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def arrive(cls, client: httpx.Client) -> "Visitor":
        answer = client.post("/chat/sessions")
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return cls(client, answer.json()["messages"])

    def send(self, text: str, **more: Any) -> httpx.Response:
        body = {"id": uuid.uuid4().hex, "text": text, **more}
        return self.client.post("/chat/messages", json=body)

    def history(self) -> list[dict[str, Any]]:
        answer = self.client.get("/chat/history")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def wait(self, until: Callable[[list[dict[str, Any]]], bool], seconds: float = PATIENCE) -> Any:
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
