"""Who writes in a storm, through which provider, and what they get: text messages and Messenger."""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx
from starlette.routing import Route

from care.db import now
from gateway.channels.messenger import signature as meta
from gateway.channels.messenger.account import Account as Page
from gateway.channels.messenger.webhooks import WEBHOOK
from gateway.channels.sms.account import Account
from gateway.channels.sms.webhooks import MESSAGES
from gateway.dev.fake_graph import Content, FakeGraph, RefusedError, batch
from gateway.dev.fake_twilio import FakeTwilio, inbound
from tests.texter import Texter

AGAIN, LOST = 0.3, 0.03  # shares of repeated webhooks and of lost answers
BATCH = 5  # people whose messages come in one webhook
NUMBER = "+12025550100"


class Mail(ABC):
    """One provider. `posted` counts the webhooks that were taken."""

    path: ClassVar[str]
    lease: ClassVar[float]  # seconds; the provider's word of a message must be heard within it
    alive: ClassVar[tuple[float, float]]  # seconds that a gateway serves

    def __init__(self, chance: random.Random, here: str, api: str):
        self.chance, self.here, self.api, self.posted = chance, here, api, 0

    settings: Mapping[str, Any]
    routes: Sequence[Route]

    @abstractmethod
    def people(self, count: int) -> list[str]: ...

    @abstractmethod
    async def write(self, client: httpx.AsyncClient, people: list[str], share: int) -> None:
        """Each person's messages in order, with repetitions."""

    @abstractmethod
    def bodies(self, person: str) -> list[str]:
        """All that reached somebody, oldest first."""

    async def until_taken(self, client: httpx.AsyncClient, **request: Any) -> None:
        while True:
            try:
                answer = await client.post(self.path, **request)
                if answer.status_code == 200 and "<Message>" not in answer.text:
                    self.posted += 1
                    return
            except (httpx.HTTPError, OSError, AttributeError):  # a dying server breaks more
                pass
            await asyncio.sleep(0.05)


class Texts(Mail):
    path, lease, alive = MESSAGES, 2.0, (0.2, 3.0)

    def __init__(self, chance: random.Random, here: str, api: str):
        super().__init__(chance, here, api)
        self.account = Account("AC1", "token-of-the-storm", (NUMBER,), api, here)
        self.twilio = FakeTwilio(self.account)
        self.routes = self.twilio.routes()
        self.settings = {
            "twilio_account_sid": self.account.sid,
            "twilio_auth_token": self.account.token,
            "twilio_numbers": (NUMBER,),
            "twilio_api_url": api,
        }

    def people(self, count: int) -> list[str]:
        return [f"+1212555{n:04}" for n in range(count)]

    async def write(self, client: httpx.AsyncClient, people: list[str], share: int) -> None:
        await asyncio.gather(*(self._texts(client, person, share) for person in people))

    async def _texts(self, client: httpx.AsyncClient, person: str, share: int) -> None:
        with httpx.Client() as unused:
            texter = Texter(unused, self.account, person)
            for n in range(share):
                await self._text(client, texter, n)
                while self.chance.random() < AGAIN:
                    await self._text(client, texter, self.chance.randint(0, n))
                if self.chance.random() < LOST:
                    self.twilio.simulate.append(self.chance.choice(["cut_off", "broken"]))

    async def _text(self, client: httpx.AsyncClient, texter: Texter, n: int) -> None:
        sid = f"SM{texter.number[2:]}x{n}"
        fields = inbound(self.account, texter.number, f"message {n}", sid)
        await self.until_taken(client, data=fields, headers=texter.signed(fields))

    def bodies(self, person: str) -> list[str]:
        return [text.body for text in self.twilio.phone(person) if text.direction != "inbound"]


class Batches(Mail):
    path, lease, alive = WEBHOOK, 8.0, (0.5, 8.0)

    def __init__(self, chance: random.Random, here: str, api: str):
        super().__init__(chance, here, api)
        page = Page("1", "token", "secret", "verify", f"{api}/v26.0", here, app="2")
        self.graph = FakeGraph(page, told=self._told)
        self.routes = self.graph.routes()
        self._tasks: set[asyncio.Task[None]] = set()
        self.settings = {
            "messenger_page_id": page.page,
            "messenger_page_token": page.token,
            "messenger_app_id": page.app,
            "messenger_app_secret": page.secret,
            "messenger_verify_token": page.verify_token,
            "messenger_graph_url": api,
        }

    def people(self, count: int) -> list[str]:
        return [f"24680{n:09}" for n in range(count)]

    async def write(self, client: httpx.AsyncClient, people: list[str], share: int) -> None:
        groups = [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
        await asyncio.gather(*(self._batches(client, group, share) for group in groups))

    async def _batches(self, client: httpx.AsyncClient, group: list[str], share: int) -> None:
        for n in range(share):
            events = [self._event(person, n) for person in group]
            while self.chance.random() < AGAIN * len(group) / (1 + AGAIN * len(group)):
                old = self._event(self.chance.choice(group), self.chance.randint(0, n))
                events.insert(self.chance.randint(0, len(events)), old)
            self.chance.shuffle(events)  # people in any order; of one person only known ones twice
            await self._post(client, batch(self.graph.account.page, events))
            if self.chance.random() < LOST * len(group):
                self._break()

    def _break(self) -> None:
        if self.chance.random() < 0.5:
            self.graph.lost += 1
        else:
            self.graph.fail.append(RefusedError(2, status=500))

    def _event(self, person: str, n: int) -> Content:
        self.graph.wrote_at[person] = now()
        message = {"mid": f"m_{person}x{n}", "text": f"message {n}"}
        page = {"id": self.graph.account.page}
        return {"sender": {"id": person}, "recipient": page, "message": message}

    async def _post(self, client: httpx.AsyncClient, content: Content) -> None:
        body = json.dumps(content).encode()
        headers = {meta.HEADER: meta.sign(self.graph.account.secret, body)}
        await self.until_taken(client, content=body, headers=headers)

    def _told(self, content: Content) -> None:
        """Echoes and receipts come again too until they are taken."""
        task = asyncio.create_task(self._tell(content))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, content: Content) -> None:
        async with httpx.AsyncClient(base_url=self.here, timeout=5) as client:
            await self._post(client, content)

    def bodies(self, person: str) -> list[str]:
        sent = [s["message"] for s in self.graph.sent if s["recipient"]["id"] == person]
        return [m.get("text") or m["attachment"]["payload"]["text"] for m in sent]


MAILS: dict[str, type[Mail]] = {"sms": Texts, "messenger": Batches}
