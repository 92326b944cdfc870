"""A real gateway on a loopback port, with a fake assistant behind it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser

from care import staff
from care.db import Core
from care.settings import Settings
from gateway.app import create_app
from gateway.senders import Sender
from tests.colleagues import hire
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant
from tests.gateway.desk_visit import NAME, PASSWORD, sign_in
from tests.gateway.page_visit import Visit, chromium, visiting
from tests.postgres import free_port
from tests.visitor import PATIENCE, Visitor


@dataclass
class Gateway:
    """A running gateway: where it is, what it stores in, what stands behind it."""

    url: str
    core: Core
    assistant: FakeAssistant
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self) -> Visitor:
        client = httpx.Client(base_url=self.url, timeout=PATIENCE)
        self.clients.append(client)
        return Visitor.arrive(client)


@contextmanager
def running(
    settings: Settings,
    assistant: FakeAssistant,
    channels: Mapping[str, Sender] | None = None,
    keeps_port: bool = False,
) -> Iterator[Gateway]:
    if not keeps_port:
        settings = settings.model_copy(update={"port": free_port()})
    app = create_app(settings, assistant.client(settings), channels)
    server = uvicorn.Server(
        uvicorn.Config(app, port=settings.port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    core = Core.open(settings)
    if not staff.exists(core):
        hire(core)
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
    fresh_sqlite(settings.database_url)
    with running(settings, FakeAssistant()) as started:
        yield started


@pytest.fixture
def desk(gateway: Gateway) -> httpx.Client:
    staff.set_password(gateway.core, NAME, PASSWORD)
    client = httpx.Client(base_url=gateway.url, follow_redirects=True, timeout=PATIENCE)
    gateway.clients.append(client)
    sign_in(client)
    return client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as opened:
        yield opened
