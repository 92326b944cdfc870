"""WhatsApp through Twilio: a third channel, written by docs/how-to/add-a-channel.md."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from care import conversations, windows
from care.addresses import Address
from care.db import Core
from care.models import Conversation, Delivery
from care.transcript import Line
from gateway.channels.sms import account, signature
from gateway.channels.whatsapp import channel as whatsapp
from gateway.courier import Courier
from gateway.hub import Hub
from gateway.limits import RateLimits
from gateway.reception import Reception
from gateway.turns import Turns
from tests.fakes import FakeAssistant

OURS, PERSON = "+12025550100", "whatsapp:+12125550123"


class Chat:
    def __init__(self, core: Core):
        self.core, self.account = core, account.stand_in(core.settings)
        self.sent: list[dict[str, str]] = []
        self.refuses: int | None = None
        self.assistant = FakeAssistant()
        self.channel = whatsapp.WhatsAppChannel(
            self.account, OURS, httpx.MockTransport(self._twilio)
        )
        client = self.assistant.client(core.settings)
        self.turns = Turns(core, client, Hub(), lambda: None, {"whatsapp"})
        self.courier = Courier(core, {"whatsapp": self.channel})
        reception = Reception(core, self.turns, RateLimits(core.settings))
        app = Starlette(routes=list(self.channel.routes(reception)))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=self.account.public_url
        )

    def _twilio(self, request: httpx.Request) -> httpx.Response:
        if self.refuses:
            return httpx.Response(400, json={"code": self.refuses})
        form = {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        self.sent.append(form)
        return httpx.Response(201, json={"sid": f"SM{len(self.sent)}"})

    async def post(self, path: str, fields: dict[str, str], token: str | None = None) -> int:
        fields = {"AccountSid": self.account.sid, **fields}
        url = self.account.public_url + path
        signed = signature.sign(token or self.account.token, url, fields.items())
        answer = await self.client.post(path, data=fields, headers={signature.HEADER: signed})
        return answer.status_code

    async def says(self, text: str, sid: str, **more: str) -> list[str]:
        before = len(self.sent)
        fields = {"MessageSid": sid, "From": PERSON, "To": f"whatsapp:{OURS}", "Body": text}
        assert await self.post(whatsapp.MESSAGES, {**fields, **more}) == 204
        await self.settle()
        return [sent["Body"] for sent in self.sent[before:]]

    async def settle(self) -> None:
        while tasks := list(self.turns._workers.values()):
            await asyncio.wait(tasks)
            await asyncio.sleep(0)
        while await self.courier.once():
            pass

    def talk(self) -> str:
        found = windows.talk_with(self.core, Address("whatsapp", PERSON, f"whatsapp:{OURS}"))
        assert found
        return found.id

    def states(self) -> list[tuple[str, str | None]]:
        with self.core.snapshot() as session:
            return [(d.state, d.error) for d in session.query(Delivery).order_by(Delivery.id)]


@pytest_asyncio.fixture
async def chat(sqlite_core: Core) -> AsyncIterator[Chat]:
    running = Chat(sqlite_core)
    yield running
    await running.client.aclose()
    await running.turns.stop()
    await running.courier.stop()
    await running.turns.assistant.close()


async def test_a_message_is_answered_once_with_choices_to_pick(chat: Chat) -> None:
    greeting, answer = await chat.says("how much is it?", "SM01")
    assert "not a person" in greeting
    assert answer.endswith("1. Talk to a person")
    assert (chat.sent[0]["To"], chat.sent[0]["From"]) == (PERSON, f"whatsapp:{OURS}")
    assert await chat.says("how much is it?", "SM01") == []
    await chat.says("1", "SM02")
    assert chat.assistant.asked[-1]["label"] == "request_human"
    assert await chat.says("", "SM03", NumMedia="1")


async def test_danger_is_answered_without_the_assistant(chat: Chat) -> None:
    chat.assistant.mode = "down"
    assert "988" in (await chat.says("i want to kill myself", "SM01"))[0]


@pytest.mark.parametrize("path", [whatsapp.MESSAGES, whatsapp.STATUS])
async def test_what_twilio_did_not_sign_for_this_number_is_refused(chat: Chat, path: str) -> None:
    right = {"MessageSid": "SM01", "From": PERSON, "To": f"whatsapp:{OURS}", "Body": "hello"}
    assert await chat.post(path, right, token="another") == 403
    assert await chat.post(path, {**right, "To": "whatsapp:+19995550100"}) == 403
    assert await chat.post(path, {**right, "AccountSid": "AC" + 32 * "1"}) == 403


async def test_after_a_day_nothing_goes_out(chat: Chat) -> None:
    await chat.says("hello", "SM01")
    chat.refuses = 63016
    conversations.say(chat.core, chat.talk(), Line("by Meta's clock too late", author="staff"))
    await chat.settle()
    assert chat.states()[-1] == ("suppressed", "outside_window")
    chat.refuses = None
    with chat.core.transaction() as session:
        session.get_one(Conversation, chat.talk()).active_at -= timedelta(hours=24)
    conversations.say(chat.core, chat.talk(), Line("too late", author="staff"))
    await chat.settle()
    assert chat.states()[-1] == ("suppressed", "outside_window")
    assert not any("too late" in sent["Body"] for sent in chat.sent)


async def test_reports_are_kept(chat: Chat) -> None:
    await chat.says("hello", "SM01")
    for number in (1, 2):
        fields = {"MessageSid": f"SM{number}", "MessageStatus": "read", "From": f"whatsapp:{OURS}"}
        assert await chat.post(whatsapp.STATUS, fields) == 204
    assert [state for state, _ in chat.states()] == ["delivered", "delivered"]
