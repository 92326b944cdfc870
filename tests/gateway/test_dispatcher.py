"""Alerts that are due go out once, whatever breaks or dies on the way. No test waits."""

import asyncio
import os
import subprocess
import sys
import threading

import pytest
import structlog

from care import alerts, conversations, ticket_steps, tickets
from care.alerts import LEASE, QUICK_TRIES
from care.db import Core
from care.settings import ROOT, Settings
from care.transcript import Inbound, Line, Outcome
from gateway.dispatcher import Dispatcher
from gateway.senders import Note
from tests.fakes import Clock, FakeChannel

DIES_WHILE_SENDING = """
import asyncio, os
from care.db import Core
from care.settings import Settings
from gateway.dispatcher import Dispatcher
from gateway.senders import Note

class Dies:
    def send(self, note):
        print(note.key, flush=True)
        os._exit(9)

asyncio.run(Dispatcher(Core.open(Settings.load()), {"console": Dies()}).once())
"""


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dispatcher(core: Core, channel: FakeChannel, clock: Clock) -> Dispatcher:
    return Dispatcher(core, {"console": channel}, clock)


@pytest.fixture
def number(core: Core, clock: Clock) -> str:
    """The ticket of somebody in danger, just opened."""
    visit, _ = conversations.start(core, "web")
    message = Inbound("danger-1", "words of a visitor")
    outcome = Outcome([Line("988")], crisis="suicide")
    conversations.receive(core, visit, message, lambda _: outcome)
    clock.pass_(seconds=10)
    return tickets.listed(core)[0].number


async def test_the_ladder_is_climbed_until_somebody_claims(
    core: Core, dispatcher: Dispatcher, channel: FakeChannel, clock: Clock, number: str
) -> None:
    assert [await dispatcher.once(), await dispatcher.once()] == [1, 0]
    clock.pass_(seconds=120)
    await dispatcher.once()
    assert [(n.ticket, n.step) for n in channel.sent] == [(number, 1), (number, 2)]
    ticket_steps.claim(core, number, "dana")
    clock.pass_(days=1)
    assert await dispatcher.once() == 0


async def test_no_alert_carries_a_visitors_word(
    dispatcher: Dispatcher, channel: FakeChannel, number: str
) -> None:
    await dispatcher.once()
    (note,) = channel.sent
    assert "words of a visitor" not in str(note)
    assert note.key == f"{number}:1:1:console"


@pytest.mark.parametrize("breaks", [RuntimeError("secret words"), OSError("x"), TimeoutError()])
async def test_whatever_a_channel_raises_the_alert_is_tried_again(
    core: Core,
    dispatcher: Dispatcher,
    channel: FakeChannel,
    clock: Clock,
    number: str,
    breaks: Exception,
) -> None:
    channel.breaks = breaks
    await dispatcher.once()
    assert await dispatcher.once() == 0
    channel.breaks = None
    clock.pass_(seconds=3)
    await dispatcher.once()
    assert len(channel.sent) == 1
    assert channel.tries == 2


async def test_after_the_last_quick_try_it_is_reported_once_by_its_ids(
    core: Core, dispatcher: Dispatcher, channel: FakeChannel, clock: Clock, number: str
) -> None:
    ticket_steps.claim(core, number, "dana")
    ticket_steps.resolve(core, number, "dana")
    visit, _ = conversations.start(core, "web")
    mine = tickets.request_callback(core, visit, "key-1", {}).number
    clock.pass_(seconds=10)
    channel.refuse()
    with structlog.testing.capture_logs() as logs:
        for _ in range(QUICK_TRIES):
            await dispatcher.once()
            clock.pass_(minutes=1)
        clock.pass_(minutes=10)
        await dispatcher.once()
    assert channel.tries == QUICK_TRIES + 1
    assert [lost.error for lost in alerts.undelivered(core)] == ["Status503"]
    dead = [line for line in logs if line["event"] == "alert_dead"]
    assert [line["alert"] for line in dead] == [f"{mine}:1:1:console"]


async def test_a_recipient_that_was_taken_out_of_the_settings_is_a_failure_not_a_loss(
    core: Core, clock: Clock, channel: FakeChannel, number: str
) -> None:
    await Dispatcher(core, {}, clock).once()
    clock.pass_(seconds=3)
    await Dispatcher(core, {"console": channel}, clock).once()
    assert len(channel.sent) == 1


async def test_a_channel_that_hangs_is_left_and_tried_again(
    core: Core,
    dispatcher: Dispatcher,
    channel: FakeChannel,
    clock: Clock,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.dispatcher.SEND_SECONDS", 0.01)
    hangs = threading.Event()
    monkeypatch.setattr(channel, "send", lambda note: hangs.wait(30))
    await dispatcher.once()
    hangs.set()
    monkeypatch.undo()
    clock.pass_(seconds=3)
    await dispatcher.once()
    assert len(channel.sent) == 1


async def test_a_channel_that_hangs_holds_up_no_other_alert(
    core: Core, channel: FakeChannel, clock: Clock, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, seen = threading.Event(), threading.Event()

    def hang_at_first(note: Note) -> None:
        if note.ticket == number:
            hangs.wait(30)
        else:
            seen.set()

    monkeypatch.setattr(channel, "send", hang_at_first)
    dispatcher = Dispatcher(core, {"console": channel}, clock)
    dispatcher.start()
    visit, _ = await asyncio.to_thread(conversations.start, core, "web")
    await asyncio.to_thread(tickets.request_callback, core, visit, "key-1", {})
    clock.pass_(seconds=10)
    dispatcher.wake()
    assert await asyncio.to_thread(seen.wait, 8)
    hangs.set()
    await dispatcher.stop()


async def test_two_gateways_send_each_alert_once(
    core: Core, channel: FakeChannel, clock: Clock
) -> None:
    for n in range(6):
        visit, _ = conversations.start(core, "web")
        tickets.request_callback(core, visit, f"key-{n}", {})
    clock.pass_(seconds=10)
    one, two = (Dispatcher(core, {"console": channel}, clock) for _ in range(2))
    for _ in range(3):
        await one.once()
        await two.once()
    assert len({note.key for note in channel.sent}) == len(channel.sent) == 6


async def test_killed_between_taking_and_sending_nothing_is_lost_or_doubled(
    core: Core, dispatcher: Dispatcher, channel: FakeChannel, clock: Clock, number: str
) -> None:
    died = await asyncio.to_thread(die_while_sending, core)
    assert died.returncode == 9, died.stderr
    assert await dispatcher.once() == 0
    clock.pass_(seconds=LEASE.total_seconds() + 60)
    assert await dispatcher.once() == 1
    assert await dispatcher.once() == 0
    assert [note.key for note in channel.sent] == [died.stdout.strip()]


async def test_with_the_database_away_it_goes_on_later(
    settings: Settings, channel: FakeChannel
) -> None:
    away = Core.open(
        settings.model_copy(update={"database_url": "postgresql+psycopg://guide@127.0.0.1:1/none"})
    )
    dispatcher = Dispatcher(away, {"console": channel})
    with structlog.testing.capture_logs() as logs:
        dispatcher.start()
        while not logs:
            dispatcher.wake()
            await asyncio.sleep(0)
        await dispatcher.stop()
    assert logs[0]["event"] == "alerts_put_off"


def die_while_sending(core: Core) -> "subprocess.CompletedProcess[str]":
    environment = {
        "GUIDE_DATABASE_URL": core.settings.database_url,
        "GUIDE_DATA_KEYS": core.settings.data_keys.get_secret_value(),
    }
    return subprocess.run(
        [sys.executable, "-c", DIES_WHILE_SENDING],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
