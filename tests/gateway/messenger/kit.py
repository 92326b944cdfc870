"""Messenger in a test: our side with a stand-in for Meta, without a socket between them."""

import asyncio
import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from care import conversations, windows
from care.addresses import Address
from care.db import Core, now
from care.models import Conversation, Delivery
from care.transcript import Said
from gateway.channels.messenger import account
from gateway.channels.messenger.channel import MessengerChannel
from gateway.channels.messenger.webhooks import WEBHOOK
from gateway.courier import Courier
from gateway.dev.fake_graph import FakeGraph, batch
from gateway.hub import Hub
from gateway.limits import RateLimits
from gateway.reception import Reception
from gateway.turns import Turns
from tests.fakes import FakeAssistant

PAYLOADS = Path(__file__).parent / "payloads"
PERSON, OTHER = "24680135791357", "24680135791358"


def captured(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return content


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 from its definition (RFC 2104), by nobody's library."""
    key = secret.encode()
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + body).digest()
    return "sha256=" + hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).hexdigest()


class Chat:
    """Our side of Messenger, what stands behind it, and Meta."""

    def __init__(self, core: Core):
        self.core, self.assistant, self.alerted = core, FakeAssistant(), 0
        self.later = timedelta()  # how far the courier's clock is ahead
        self.account = account.stand_in(core.settings)
        self.graph = FakeGraph(self.account)
        transport = httpx.ASGITransport(Starlette(routes=self.graph.routes(account.STAND_IN)))
        self.channel = MessengerChannel(self.account, transport)
        self.courier = Courier(core, {"messenger": self.channel}, lambda: now() + self.later)
        client = self.assistant.client(core.settings)
        self.turns = Turns(core, client, Hub(), self._alert, {"messenger"})
        self.reception = Reception(core, self.turns, RateLimits(core.settings))
        app = Starlette(routes=list(self.channel.routes(self.reception)))
        self.meta = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://guide.test"
        )
        self._ids = itertools.count(1)

    def _alert(self) -> None:
        self.alerted += 1

    def age(self, person: str = PERSON, **time: float) -> None:
        """They wrote so much longer ago, for us and for Meta."""
        by = timedelta(**time)
        self.graph.wrote_at[person] -= by
        with self.core.transaction() as session:
            session.get_one(Conversation, self.conversation(person)).active_at -= by

    async def post(self, content: object, sign: Callable[[str, bytes], str] = signature) -> int:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"X-Hub-Signature-256": sign(self.account.secret, body)}
        answer = await self.meta.post(WEBHOOK, content=body, headers=headers)
        return answer.status_code

    def event(self, person: str = PERSON, **told: Any) -> dict[str, Any]:
        self.graph.wrote_at[person] = now()
        return {"sender": {"id": person}, "recipient": {"id": self.account.page}, **told}

    def message(self, text: str, person: str = PERSON, **more: Any) -> dict[str, Any]:
        mid = f"m_{next(self._ids):06}" + 80 * "x"
        return self.event(person, message={"mid": mid, "text": text, **more})

    async def batch(self, *events: dict[str, Any]) -> int:
        return await self.post(batch(self.account.page, list(events)))

    async def says(self, text: str, person: str = PERSON, **more: Any) -> list[dict[str, Any]]:
        """Somebody writes; returns what they get."""
        before = len(self.graph.sent)
        assert await self.batch(self.message(text, person, **more)) == 200
        await self.settle()
        return [sent for sent in self.graph.sent[before:] if sent["recipient"]["id"] == person]

    async def settle(self) -> None:
        """Until every message is answered and every answer is out, as far as it can be now."""
        await self.worked()
        while await self.courier.once():
            pass
        await self.worked()

    async def worked(self) -> None:
        """Until every message is answered."""
        while tasks := [*self.turns._workers.values(), *self.channel._tasks]:
            await asyncio.wait(tasks)
            await asyncio.sleep(0)  # what is called when they are done

    def history(self, person: str = PERSON) -> list[Said]:
        talk = windows.talk_with(self.core, Address("messenger", person, self.account.page))
        return conversations.history(self.core, talk.id) if talk else []

    def conversation(self, person: str = PERSON) -> str:
        talk = windows.talk_with(self.core, Address("messenger", person, self.account.page))
        assert talk
        return talk.id

    def deliveries(self) -> list[tuple[str, str | None]]:
        with self.core.snapshot() as session:
            rows = session.query(Delivery).order_by(Delivery.id).all()
            return [(row.state, row.error) for row in rows]


@asynccontextmanager
async def chatting(core: Core) -> AsyncIterator[Chat]:
    chat = Chat(core)
    try:
        yield chat
    finally:
        await chat.meta.aclose()
        await chat.reception.stop()
        await chat.turns.stop()
        await chat.courier.stop()
        await chat.turns.assistant.close()


def texts(sent: list[dict[str, Any]]) -> list[str]:
    """The words of messages, wherever they stand in them."""
    return [text_of(each["message"]) for each in sent]


def text_of(message: dict[str, Any]) -> str:
    if "text" in message:
        return str(message["text"])
    return str(message["attachment"]["payload"]["text"])


def titles(sent: list[dict[str, Any]]) -> list[str]:
    """What can be tapped below the last message."""
    message = sent[-1]["message"]
    template = message.get("attachment", {}).get("payload", {}).get("buttons", [])
    return [each["title"] for each in [*template, *message.get("quick_replies", [])]]
