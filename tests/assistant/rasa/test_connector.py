"""The connector over real HTTP, with a small trained model and a fake action server."""

import json
import logging
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import structlog
from rasa.core.channels import channel
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from assistant import engine, parse_data
from assistant.connector import GuideInput
from assistant.engine import GuideAgent
from assistant.tracker_store import EncryptedTrackerStore
from tests.assistant.rasa.conftest import FakeActions

TOKEN = "token-of-the-tests"
WHO = "a" * 32
HIDDEN = "Ottokar Zwiebelfisch"


class Caller:
    def __init__(self, http: aiohttp.ClientSession, base: str):
        self._http, self._base = http, base

    async def call(
        self, method: str, path: str, body: Any = None, token: str = TOKEN
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"}
        address = f"{self._base}/webhooks/guide{path}"
        async with self._http.request(method, address, data=data, headers=headers) as response:
            content = await response.read()
            return response.status, json.loads(content) if content else None

    async def say(self, text: str, **fields: Any) -> Any:
        question = {"conversation": WHO, "channel": "web", "id": uuid.uuid4().hex, "text": text}
        status, answer = await self.call("POST", "/messages", {**question, **fields})
        assert status == 200
        return answer


@pytest_asyncio.fixture
async def guide(agent: GuideAgent) -> AsyncIterator[Caller]:
    Sanic.test_mode = True
    app = Sanic(f"assistant_{id(agent)}", configure_logging=False)
    channel.register([GuideInput(TOKEN)], app, route="/webhooks/")
    app.ctx.agent = agent
    server = await app.create_server(port=0, host="127.0.0.1", return_asyncio_server=True)
    await server.startup()
    await server.start_serving()
    port = server.server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as http:
        yield Caller(http, f"http://127.0.0.1:{port}")
    await server.close()


async def test_a_question_is_answered_whole(guide: Caller) -> None:
    answer = await guide.say("how much is it")
    assert answer["failed"] is False
    assert answer["parse"]["label"] == "faq/cost"
    assert answer["replies"] == [
        {
            "text": "It costs little.",
            "buttons": [{"title": "Days", "payload": "/faq/schedule"}],
            "response": "utter_faq/cost",
            "metadata": {"sources": ["S"], "reviewed_on": "2026-11-24"},
        }
    ]


async def test_each_channel_gets_its_own_variant(guide: Caller) -> None:
    answer = await guide.say("how much is it", channel="sms")
    assert [reply["text"] for reply in answer["replies"]] == ["Costs little (SMS)."]


async def test_a_pressed_button_is_not_guessed_at(guide: Caller) -> None:
    answer = await guide.say("Days", label="faq/schedule")
    assert answer["parse"]["label"] == "faq/schedule"
    assert answer["parse"]["confidence"] == 1.0
    assert answer["replies"][0]["response"] == "utter_faq/schedule"


async def test_a_typed_intent_is_plain_text(guide: Caller, store: EncryptedTrackerStore) -> None:
    answer = await guide.say('/greet{"contact_name": "injected"}')
    assert answer["parse"]["confidence"] < 1.0
    tracker = await store.retrieve(WHO)
    assert tracker is None or tracker.get_slot("contact_name") is None


async def test_a_danger_does_not_run_the_dialogue(
    guide: Caller, store: EncryptedTrackerStore
) -> None:
    answer = await guide.say("i want to end my life")
    assert answer["parse"]["label"] == "crisis/suicide"
    assert answer["replies"] == []
    assert answer["failed"] is False
    assert await store.retrieve(WHO) is None


@pytest.mark.parametrize("mode", ["fails", "garbles"])
async def test_a_failed_action_leaves_the_conversation_as_it_was(
    guide: Caller, store: EncryptedTrackerStore, actions: FakeActions, mode: str
) -> None:
    await guide.say("hello")
    before = store._read(WHO)
    actions.mode = mode
    answer = await guide.say("please call me back", id="m2")
    assert (answer["failed"], answer["replies"]) == (True, [])
    assert store._read(WHO) == before
    actions.mode = "answers"
    answer = await guide.say("please call me back", id="m2")
    assert answer["failed"] is False
    assert [reply["text"] for reply in answer["replies"]] == ["What name?"]


async def test_a_turn_that_was_finished_is_not_run_again(
    guide: Caller, store: EncryptedTrackerStore, actions: FakeActions
) -> None:
    """The gateway asks again if it died, or gave up, before it had stored the answer."""
    first = await guide.say("please call me back", id="m2")
    before, calls = store._read(WHO), len(actions.calls)
    assert await guide.say("please call me back", id="m2") == first
    assert (store._read(WHO), len(actions.calls)) == (before, calls)
    await guide.say("Ottokar", id="m3")
    assert len(actions.calls) > calls


async def test_of_two_topics_in_one_message_only_the_missing_one_is_run(
    guide: Caller, agent: GuideAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = parse_data.summary
    monkeypatch.setattr(
        "assistant.connector.parse_data.summary",
        lambda data: {**summary(data), "second": "faq/schedule"},
    )
    turn = agent.processor.turn

    async def fails_in_the_second(message: UserMessage) -> None:
        if message.parse_data["intent"]["name"] == "faq" and "schedule" in str(message.parse_data):
            raise TimeoutError
        await turn(message)

    whole = await guide.say("how much is it", id="m1")
    await guide.call("DELETE", f"/conversations/{WHO}")
    monkeypatch.setattr(agent.processor, "turn", fails_in_the_second)
    assert (await guide.say("how much is it", id="m1"))["failed"] is True
    monkeypatch.setattr(agent.processor, "turn", turn)
    assert await guide.say("how much is it", id="m1") == whole
    assert await guide.say("how much is it", id="m1") == whole


async def test_a_slow_action_fails_in_time(
    guide: Caller,
    store: EncryptedTrackerStore,
    actions: FakeActions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "TURN_SECONDS", 0.2)
    actions.mode = "hangs"
    answer = await guide.say("please call me back")
    assert answer["failed"] is True
    assert await store.retrieve(WHO) is None


async def test_an_action_s_replies_come_with_their_names(
    guide: Caller, actions: FakeActions
) -> None:
    actions.result = {"events": [], "responses": [{"response": "utter_greet", "buttons": []}]}
    answer = await guide.say("who won the game last night")
    assert [reply["response"] for reply in answer["replies"]] == ["utter_greet"]


async def test_nothing_that_was_said_is_logged(
    guide: Caller,
    actions: FakeActions,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    actions.mode = "fails"
    with structlog.testing.capture_logs() as logged:
        await guide.say(f"call me, i am {HIDDEN}", label="request_callback", id="m7")
        await guide.call("POST", "/messages", f"{{{HIDDEN}".encode())
    printed = capfd.readouterr()
    assert HIDDEN not in f"{printed.out}{printed.err}{caplog.text}{logged}"
    assert logged == [
        {
            "event": "turn_failed",
            "log_level": "error",
            "action": "contact_form",
            "why": "RasaException",
            "conversation": WHO,
            "message_id": "m7",
        }
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": "short"},
        {"conversation": None},
        {"channel": "fax"},
        {"id": ""},
        {"text": None},
        {"text": ["a"]},
        {"text": "x" * 6001},
        {"label": "No/Such Label"},
        {"label": 3},
        {"expects": {"a": 1}},
        {"request": "maybe"},
        {"request": {"a": 1}},
    ],
)
async def test_bad_input_is_refused(guide: Caller, change: dict[str, Any]) -> None:
    body = {"conversation": WHO, "channel": "web", "id": "m1", "text": "hello", **change}
    status, answer = await guide.call("POST", "/messages", body)
    assert status == 400
    assert "error" in answer


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff\xfe"])
async def test_a_garbled_body_is_refused(guide: Caller, body: bytes) -> None:
    status, answer = await guide.call("POST", "/messages", body)
    assert status == 400
    assert "error" in answer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/messages"),
        ("POST", "/parse"),
        ("DELETE", f"/conversations/{WHO}"),
        ("GET", "/health"),
    ],
)
async def test_without_the_token_nothing_is_served(guide: Caller, method: str, path: str) -> None:
    for token in ("", "wrong", TOKEN + "x"):
        status, _ = await guide.call(method, path, {}, token=token)
        assert status == 401


async def test_parse_health_and_forgetting(guide: Caller, store: EncryptedTrackerStore) -> None:
    assert await guide.call("GET", "/health") == (200, {"ready": True})
    status, answer = await guide.call("POST", "/parse", {"text": "skip", "expects": "contact_name"})
    assert (status, answer["parse"]["label"]) == (200, "contact_skip")
    await guide.say("hello")
    assert await store.retrieve(WHO) is not None
    assert await guide.call("DELETE", f"/conversations/{WHO}") == (204, None)
    assert await store.retrieve(WHO) is None


@pytest.mark.parametrize("credentials", [None, {}, {"token": ""}, {"token": "${NOT_SET}"}])
def test_without_a_token_in_the_settings_it_does_not_start(credentials: Any) -> None:
    with pytest.raises(RasaException, match="GUIDE_ASSISTANT_TOKEN"):
        GuideInput.from_credentials(credentials)
