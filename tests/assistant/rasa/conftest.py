"""A small assistant of five topics, trained once, and a fake action server."""

import asyncio
import os

from assistant import quiet, standins

quiet.prepare()
standins.install()

from collections.abc import AsyncIterator, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402
import pytest_asyncio  # noqa: E402
from aiohttp import web  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

from assistant.engine import GuideAgent  # noqa: E402
from assistant.tracker_store import EncryptedTrackerStore  # noqa: E402
from assistant.training import train  # noqa: E402
from care.cipher import new_key  # noqa: E402

PROJECT = Path(__file__).parent / "project"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ["RASA_CACHE_DIRECTORY"] = str(tmp_path_factory.mktemp("cache"))
    return train(PROJECT, tmp_path_factory.mktemp("models"), force=True)


class FakeActions:
    """An action server that does as it is told: "answers", "fails" or "hangs"."""

    def __init__(self) -> None:
        self.mode = "answers"
        self.url = ""
        self.calls: list[dict[str, Any]] = []
        self.result: dict[str, Any] = {"events": [], "responses": []}

    async def webhook(self, request: web.Request) -> web.Response:
        self.calls.append(await request.json())
        if self.mode == "fails":
            return web.json_response({"error": "broken"}, status=500)
        if self.mode == "hangs":
            await asyncio.sleep(1)
        if self.mode == "garbles":
            return web.json_response({"events": "none", "responses": 3})
        return web.json_response(self.result)


@pytest_asyncio.fixture
async def actions() -> AsyncIterator[FakeActions]:
    fake = FakeActions()
    app = web.Application()
    app.router.add_post("/webhook", fake.webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    yield fake
    await runner.cleanup()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


@pytest.fixture
def store(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EncryptedTrackerStore]:
    monkeypatch.setenv("GUIDE_DATA_KEYS", new_key("test1"))
    store = EncryptedTrackerStore(Domain.empty(), EndpointConfig(f"sqlite:///{database}"))
    yield store
    store.close()


@pytest.fixture
def agent(model: Path, store: EncryptedTrackerStore, actions: FakeActions) -> GuideAgent:
    return GuideAgent.of(model, store, EndpointConfig(actions.url))
