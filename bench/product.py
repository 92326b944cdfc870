"""The guide: gateway, assistant and actions under one supervisor, met at the gateway."""

import json
import os
import queue
import shutil
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from itertools import takewhile
from typing import Any, Final

import httpx

from bench.processes import BenchError, Trees
from bench.system import ANSWER_SECONDS, BUILD, READY_SECONDS, ROOT, Answer

COMMAND: Final = (str(ROOT / ".venv" / "app" / "bin" / "python"), "-m", "tools.serve")
PORT: Final = 8380
STORED: Final = BUILD / "stored"
# Ports and databases of its own, and no limit on how much one visitor may send.
SETTINGS: Final = {
    "GUIDE_PORT": str(PORT),
    "GUIDE_ASSISTANT_PORT": "5405",
    "GUIDE_ACTIONS_PORT": "5455",
    "GUIDE_DATABASE_URL": f"sqlite:///{STORED}/guide.db",
    "GUIDE_ASSISTANT_DATABASE_URL": f"sqlite:///{STORED}/assistant.db",
    "GUIDE_DEMO_TICKETS": "off",
    "GUIDE_MESSAGES_PER_MINUTE": "1000000",
    "GUIDE_SESSIONS_PER_MINUTE": "1000000",
}
# An answer may be several messages: it is over when nothing more comes for this long.
QUIET_SECONDS: Final = 0.05


class Product:
    name = "product"

    def __init__(self) -> None:
        shutil.rmtree(STORED, ignore_errors=True)
        self._trees = Trees(BUILD / "product.log")
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}", timeout=ANSWER_SECONDS, trust_env=False
        )

    def start(self) -> None:
        STORED.mkdir(parents=True, exist_ok=True)
        self._trees.spawn(COMMAND, ROOT, {**os.environ, **SETTINGS})
        self._trees.wait_until(self._ready, READY_SECONDS)

    def stop(self) -> None:
        self._trees.stop()

    def memory(self) -> int:
        return self._trees.memory()

    def converse(self) -> "ProductConversation":
        return ProductConversation(self._client)

    def _ready(self) -> bool:
        try:
            return self._client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


class ProductConversation:
    """One visitor: posts messages, and reads the event stream in a thread of its own."""

    def __init__(self, client: httpx.Client):
        self._client = client
        opened = client.post("/chat/sessions").raise_for_status().json()
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        greeting = max((int(message["seq"]) for message in opened["messages"]), default=0)
        self._arrived: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self._listening = threading.Event()
        self._closed = threading.Event()
        threading.Thread(target=self._read, args=(greeting,), daemon=True).start()
        if not self._listening.wait(ANSWER_SECONDS):
            raise BenchError("the event stream did not open")

    def say(self, text: str, button: str | None = None) -> Answer:
        message = {"id": str(uuid.uuid4()), "text": text}
        if button:
            message["button"] = button
        began = time.perf_counter()
        self._client.post("/chat/messages", json=message, headers=self._headers).raise_for_status()
        at, texts = self._collect()
        return Answer(texts, at - began)

    def ask_for_a_call(self) -> Answer:
        return self.say("please have somebody call me", button="/request_callback")

    def close(self) -> None:
        """The reader ends with the stream, or at its next heart-beat."""
        self._closed.set()
        self._client.delete("/chat/session", headers=self._headers)

    def _collect(self) -> tuple[float, tuple[str, ...]]:
        """All messages of one answer, and when the last of them arrived."""
        at, texts, patience = 0.0, list[str](), ANSWER_SECONDS
        while True:
            try:
                at, message = self._arrived.get(timeout=patience)
            except queue.Empty:
                if not texts:
                    raise BenchError(f"no answer in {ANSWER_SECONDS:.0f} s") from None
                return at, tuple(texts)
            texts.append(str(message["text"]))
            patience = QUIET_SECONDS

    def _read(self, last_seen: int) -> None:
        """By the plainest client there is: its own work would count as the guide's."""
        connection = HTTPConnection("127.0.0.1", PORT)
        headers = {**self._headers, "Last-Event-ID": str(last_seen)}
        with closing(connection):
            connection.request("GET", "/chat/events", headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                raise BenchError(f"the event stream answered {response.status}")
            lines = (line.decode().rstrip("\r\n") for line in response)
            self._listening.set()
            for event, data in events(takewhile(lambda _: not self._closed.is_set(), lines)):
                if event == "message" and data["author"] == "guide":
                    self._arrived.put((time.perf_counter(), data))


def events(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events with JSON in them; comments are skipped."""
    event, data = "message", list[str]()
    for line in lines:
        field, _, value = line.partition(":")
        if field == "event":
            event = value.strip()
        elif field == "data":
            data.append(value.strip())
        elif not line:
            if data:
                yield event, json.loads("\n".join(data))
            event, data = "message", []
