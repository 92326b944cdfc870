"""Sends staff alerts that are due: woken when a ticket is opened, and every few seconds."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

import anyio
import structlog
from starlette.concurrency import run_in_threadpool

from care import alerts
from care.alerts import NO_REFUSAL, Due, Refusal
from care.db import Core, now
from gateway import senders
from gateway.senders import NotDeliveredError, Sender

EVERY_SECONDS = 3.0  # another process opens tickets too
SEND_SECONDS = 12.0  # well within the lease
DRAIN_SECONDS = 5.0
AT_ONCE = 8

log = structlog.get_logger()


class Dispatcher:
    """Safe beside others on the same database: an alert is taken by one of them at a time."""

    def __init__(
        self, core: Core, channels: Mapping[str, Sender], clock: Callable[[], datetime] = now
    ):
        self.core, self.channels, self.clock = core, channels, clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def stop(self) -> None:
        """Lets what is being sent finish; what does not is sent when its lease has run out."""
        self._stopping = True
        self._woken.set()
        if self._task:
            await asyncio.wait({self._task, *self._sending}, timeout=DRAIN_SECONDS)

    async def once(self) -> int:
        """Tries to send what is due now; returns how many that were."""
        taken = await self._take(AT_ONCE)
        await asyncio.gather(*map(self._deliver, taken))
        return len(taken)

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                for due in await self._take(AT_ONCE - len(self._sending)):
                    self._begin(due)
                full = len(self._sending) >= AT_ONCE
                pause = EVERY_SECONDS if full else await self._pause()
            except Exception as error:  # noqa: BLE001  (whatever breaks, alerts must go on)
                log.error("alerts_put_off", why=type(error).__name__)
                pause = EVERY_SECONDS
            if not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), pause)

    def _begin(self, due: Due) -> None:
        """Sends beside others: a channel that hangs holds up no other alert."""
        task = asyncio.create_task(self._deliver(due))
        self._sending.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("alert_not_recorded", why=type(error).__name__)

    async def _take(self, most: int) -> list[Due]:
        if most <= 0 or await self._pause() > 0:
            return []
        return await run_in_threadpool(alerts.take, self.core, self.clock(), most)

    async def _pause(self) -> float:
        """Seconds until something is due. Only looks, so that nobody waits for a lock."""
        due = await run_in_threadpool(alerts.next_due, self.core)
        seconds = (due - self.clock()).total_seconds() if due else EVERY_SECONDS
        return min(max(seconds, 0.0), EVERY_SECONDS)

    async def _deliver(self, due: Due) -> None:
        problem, refusal = await self._try(due)
        about = {"alert": due.key, "attempt": due.attempt}
        if problem is None:
            await run_in_threadpool(alerts.sent, self.core, due, self.clock())
            log.info("alert_sent", **about)
            return
        jitter = random.random()  # noqa: S311  (only spreads the load)
        at = self.clock()
        dead = await run_in_threadpool(alerts.failed, self.core, due, problem, at, jitter, refusal)
        tell = log.error if dead else log.warning
        tell("alert_dead" if dead else "alert_failed", why=problem, **about)

    async def _try(self, due: Due) -> tuple[str | None, Refusal]:
        """None if it was sent, else the name of what went wrong, and what that says of later."""
        channel = self.channels.get(due.recipient)
        if channel is None:
            return "UnknownRecipient", NO_REFUSAL
        try:
            with anyio.fail_after(SEND_SECONDS):
                await anyio.to_thread.run_sync(
                    channel.send,
                    senders.note(self.core.settings, due),
                    abandon_on_cancel=True,
                    limiter=anyio.CapacityLimiter(1),  # not one of the threads that serve visitors
                )
        except NotDeliveredError as error:
            return str(error), error.refusal
        except Exception as error:  # noqa: BLE001  (a channel's library may raise anything)
            return type(error).__name__, NO_REFUSAL
        return None, NO_REFUSAL
