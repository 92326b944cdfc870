"""Stand-ins that behave as the real parts are documented to."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx

from care.db import now
from care.settings import Settings
from gateway.assistant import Assistant
from gateway.senders import NotDeliveredError, Note

SAID = b'{"parse": {"label": "greet"}, "replies": [%s]}'
GARBAGE: dict[str, bytes] = {
    "list": b'["not", {"an": "answer"}]',
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "nothing": b"",
    "cut": b'{"parse": {"label": "faq/iop_c',
    "deep": b"[" * 100_000,
    "binary": b"\xff\xfe\x00\x01",
    "no-parse": b'{"replies": [{"text": "x"}]}',
    "replies-words": b'{"parse": {"label": "greet"}, "replies": "words"}',
    "buttons-words": SAID % b'{"text": "x", "buttons": ["y"]}',
    "metadata-words": SAID % b'{"text": "x", "metadata": "ab"}',
    "expects-list": SAID % b'{"text": "x", "metadata": {"expects": [1]}}',
    "text-number": SAID % b'{"text": 7}',
    "beside-number": b'{"parse": {"label": "greet", "beside": 7}, "replies": [{"text": "x"}]}',
    "unknown-danger": b'{"parse": {"label": "crisis/none_such"}, "replies": []}',
}


class FakeAssistant:
    """The assistant's HTTP interface in memory: echoes, and breaks on demand."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.heard: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.mode = "answers"  # or: down, hangs, slow, trickles, failed, error, one of GARBAGE
        self.label = "faq/iop_cost"
        self.replies: list[dict[str, Any]] | None = None
        self.replies_once_left: list[dict[str, Any]] | None = None
        self.held = False  # an answer stays on its way
        self.beside: list[str] = []
        self.unclear = False

    def client(self, settings: Settings) -> Assistant:
        return Assistant(settings, httpx.MockTransport(self._handle))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if self.mode == "down":
            raise httpx.ConnectError("refused", request=request)
        if self.mode == "hangs":
            await asyncio.sleep(0.05)
            raise httpx.ReadTimeout("too late", request=request)
        if self.mode in {"endless", "trickles"}:
            return httpx.Response(200, content=_without_end(self.mode))
        if self.mode == "slow":
            await asyncio.sleep(60)
        if request.method == "DELETE":
            self.forgotten.append(request.url.path.rsplit("/", 1)[-1])
            return httpx.Response(204)
        if request.url.path.endswith("/health"):
            return httpx.Response(200, json={"ready": True})
        if request.url.path.endswith("/parse"):
            self.heard.append(json.loads(request.content))
            return httpx.Response(200, json={"parse": {"label": self.label}})
        answer = self._turn(json.loads(request.content))
        while self.held:  # noqa: ASYNC110  (told by a thread of the test)
            await asyncio.sleep(0.01)
        return answer

    def _turn(self, question: dict[str, Any]) -> httpx.Response:
        self.asked.append(question)
        if self.mode == "error":
            return httpx.Response(500, text="words of the visitor")
        if self.mode in GARBAGE:
            return httpx.Response(200, content=GARBAGE[self.mode])
        label = str(question["label"] or self.label)
        parse = {"label": label, "confidence": 0.9, "ranking": []}
        parse |= {"beside": self.beside, "unclear": self.unclear}
        body: dict[str, Any] = {"parse": parse, "failed": self.mode == "failed", "replies": []}
        if not body["failed"] and not label.startswith("crisis/"):
            left = question["conversation"] in self.forgotten and self.replies_once_left
            body["replies"] = left or self.replies or [_echo(question["text"])]
        return httpx.Response(200, json=body)


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class FakeChannel:
    """A way to staff that keeps what it was given, and breaks on demand."""

    def __init__(self) -> None:
        self.sent: list[Note] = []
        self.tries = 0
        self.breaks: Exception | None = None

    def send(self, note: Note) -> None:
        self.tries += 1
        if self.breaks:
            raise self.breaks
        self.sent.append(note)

    def refuse(self) -> None:
        self.breaks = NotDeliveredError("Status503")


async def _without_end(mode: str) -> AsyncIterator[bytes]:
    while True:
        yield b" " if mode == "trickles" else b" " * 100_000
        await asyncio.sleep(0.01)


def _echo(text: str) -> dict[str, Any]:
    return {
        "text": f"You said: {text}. Call $hotline.",
        "buttons": [
            {"title": "Talk to a person", "payload": "/request_human"},
            {"title": "Call", "url": "tel:$hotline"},
        ],
        "response": "utter_faq/iop_cost",
        "metadata": {"sources": ["S"], "title": "What it costs"},
    }
