"""One storm: visitors ask for calls while processes die and the alert sink fails half the time."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sized
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette

from care.cipher import new_key
from care.db import Core, migrate
from care.models import Alert
from care.settings import Settings
from tests.postgres import free_port
from tests.storm.assistant import StandIn
from tests.storm.product import Moment, Supervised, supervised
from tests.storm.report import Report, examine, search_logs
from tests.storm.sink import Sink
from tests.storm.visitors import Promised, ask_for_a_call

AT_ONCE = 100
ACTION_SECONDS = 5.0  # as long as Rasa gives a turn
FEWEST_KILLS, VISITORS_PER_KILL, MOST_DELAY = 2, 80, 1.0  # of each part
LOOK_SECONDS = 0.1
MOST_SECONDS = 300.0


def storm(visitors: int, database_url: str, folder: Path, seed: int) -> Report:
    chance = random.Random(seed)
    ports = [free_port() for _ in range(4)]
    settings = _settings(database_url, ports)
    migrate(settings.database_url)
    core = Core.open(settings)
    report, started = Report(visitors), time.monotonic()
    report.figures["seed"] = seed
    sink = Sink(settings.alert_webhook_key.get_secret_value(), chance)
    try:
        promised = asyncio.run(_weather(report, core, folder, sink, chance))
        report.seconds = time.monotonic() - started
        examine(report, core, sink, promised)
        search_logs(report, folder / "output.log", promised)
    finally:
        core.engine.dispose()
    return report


def _settings(database_url: str, ports: list[int]) -> Settings:
    return Settings(
        data_keys=new_key("storm1"),
        session_key=secrets.token_hex(),
        assistant_token=secrets.token_hex(),
        database_url=database_url,
        port=ports[0],
        assistant_port=ports[1],
        actions_port=ports[2],
        alert_step_1=f"webhook+http://127.0.0.1:{ports[3]}/alerts",
        alert_webhook_key=secrets.token_hex(),
        messages_per_minute=100_000,
        sessions_per_minute=100_000,
        log_level="debug",
    )


async def _weather(
    report: Report, core: Core, folder: Path, sink: Sink, chance: random.Random
) -> list[Promised]:
    """Kills go on until every visitor has a number; then all alerts may still go out."""
    settings, promised = core.settings, list[Promised]()
    actions = httpx.AsyncClient(base_url=settings.actions_url, timeout=ACTION_SECONDS)
    stand_in = StandIn(actions, chance)
    async with (
        actions,
        _served(sink.app(), _port_of(settings.alert_addresses("step_1")[0])),
        _served(stand_in.app(), settings.assistant_port),
    ):
        with supervised(settings, folder) as product:
            async with _killing(product, core, _moments(report.visitors, promised, chance)):
                await _visits(report, core, promised, chance)
            with suppress(TimeoutError):
                async with asyncio.timeout(MOST_SECONDS):
                    await _until(lambda: _nothing_due(core))
    report.figures["killed"] = dict(product.killed)
    report.figures["turns and action calls"] = dict(stand_in.counts)
    return promised


def _port_of(address: str) -> int:
    return urlsplit(address.removeprefix("webhook+")).port or 0


@asynccontextmanager
async def _killing(
    product: Supervised, core: Core, moments: Callable[[], Iterable[Moment]]
) -> AsyncIterator[None]:
    ports = {"gateway": core.settings.port, "actions": core.settings.actions_port}
    killers = [
        asyncio.create_task(product.kill_at_random(name, port, moments()))
        for name, port in ports.items()
    ]
    try:
        yield
    finally:
        for killer in killers:
            killer.cancel()
        await asyncio.gather(*killers, return_exceptions=True)


def _moments(
    visitors: int, promised: Sized, chance: random.Random
) -> Callable[[], Iterable[Moment]]:
    """Spread at random over the whole storm, however quick the machine is."""

    async def moment(progress: float) -> None:
        await _until(lambda: len(promised) >= progress)
        await asyncio.sleep(chance.uniform(0, MOST_DELAY))

    def spread() -> Iterable[Moment]:
        kills = max(FEWEST_KILLS, visitors // VISITORS_PER_KILL)
        places = sorted(chance.uniform(0, 0.9 * visitors) for _ in range(kills))
        return [partial(moment, place) for place in places]

    return spread


async def _visits(
    report: Report, core: Core, promised: list[Promised], chance: random.Random
) -> None:
    url, gate = f"http://127.0.0.1:{core.settings.port}", asyncio.Semaphore(AT_ONCE)
    limits, started = httpx.Limits(max_connections=None), time.monotonic()
    async with httpx.AsyncClient(base_url=url, timeout=10, limits=limits) as client:

        async def visit(place: int) -> None:
            async with gate:
                promised.append(await ask_for_a_call(client, place, chance))

        try:
            async with asyncio.timeout(MOST_SECONDS):
                await asyncio.gather(*map(visit, range(report.visitors)))
        except TimeoutError:
            report.faults.append(f"not all promised within {MOST_SECONDS:.0f} s")
    report.figures["promised after"] = f"{time.monotonic() - started:.0f} s"


async def _until(holds: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(holds):  # noqa: ASYNC110  (looks at other processes)
        await asyncio.sleep(LOOK_SECONDS)


def _nothing_due(core: Core) -> bool:
    """Every first alert is sent or given up."""
    with core.snapshot() as session:
        open_ones = select(func.count(Alert.id)).where(
            Alert.step == 1, Alert.sent_at.is_(None), Alert.next_try_at.is_not(None)
        )
        return session.scalar(open_ones) == 0


@asynccontextmanager
async def _served(app: Starlette, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await _until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await task
