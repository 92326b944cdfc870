"""Sends what waits in the queue of deliveries: woken when a line is stored, and every second."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from care import deliveries
from care.db import Core, now
from care.deliveries import Due, Miss
from gateway.channels.channel import Channel, NotSentError, Parcel
from gateway.threads import Threads

EVERY_SECONDS = 1.0  # another process stores lines too
SEND_SECONDS = 20.0  # well within the lease
DRAIN_SECONDS = 5.0
AT_ONCE = 16
LONGEST_ASKED = timedelta(hours=1)

log = structlog.get_logger()


class Courier:
    """Safe beside others on the same database: a delivery is taken by one of them at a time."""

    def __init__(
        self, core: Core, channels: Mapping[str, Channel], clock: Callable[[], datetime] = now
    ):
        self.core, self.channels, self.clock = core, channels, clock
        self._threads = Threads(AT_ONCE)
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        if self.channels:
            self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def stop(self) -> None:
        """Lets what is being sent finish; what does not is due again when its lease runs out."""
        self._stopping = True
        self._woken.set()
        if self._task:
            await asyncio.wait({self._task, *self._sending}, timeout=DRAIN_SECONDS)
        for channel in self.channels.values():
            await channel.close()

    async def once(self) -> int:
        """Sends what is due now; returns how many deliveries that were."""
        taken = await self._take(AT_ONCE)
        await asyncio.gather(*map(self._deliver, taken))
        return len(taken)

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            pause = EVERY_SECONDS
            try:
                for due in await self._take(AT_ONCE - len(self._sending)):
                    self._begin(due)
                if len(self._sending) < AT_ONCE:
                    pause = await self._pause()
            except Exception as error:  # noqa: BLE001  (whatever breaks, sending must go on)
                log.error("deliveries_put_off", why=type(error).__name__)
            if not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), max(pause, 0.05))

    def _begin(self, due: Due) -> None:
        """Sends beside others: a provider that hangs for one person holds up nobody else."""
        task = asyncio.create_task(self._deliver(due))
        self._sending.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery_not_recorded", why=type(error).__name__)

    async def _take(self, most: int) -> list[Due]:
        if most <= 0 or await self._pause() > 0:
            return []
        return await self._threads.run(
            deliveries.take, self.core, list(self.channels), self.clock(), most
        )

    async def _pause(self) -> float:
        """Seconds until something is due. Only looks, so that nobody waits for a lock."""
        due = await self._threads.run(deliveries.next_due, self.core, list(self.channels))
        seconds = (due - self.clock()).total_seconds() if due else EVERY_SECONDS
        return min(max(seconds, 0.0), EVERY_SECONDS)

    async def _deliver(self, due: Due) -> None:
        about = {"delivery": due.id, "channel": due.address.channel, "attempt": due.attempt}
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._hand_over(due)
        except NotSentError as error:
            return await self._not_sent(due, error, about)
        except TimeoutError:
            return await self._not_sent(due, NotSentError("Timeout", unsure=True), about)
        except Exception as error:  # noqa: BLE001  (a channel may raise anything)
            told = NotSentError(type(error).__name__, unsure=True)
            return await self._not_sent(due, told, about)
        await self._threads.run(deliveries.sent, self.core, due, self.clock())
        log.info("delivery_sent", **about)

    async def _hand_over(self, due: Due) -> None:
        """The parts that are not out yet, in order; each is written down when it is."""
        channel = self.channels[due.address.channel]
        contents = channel.parts(due.said)
        unsure = due.unsure
        for number, content in enumerate(contents, start=1):
            if number in due.parts:
                continue
            parcel = Parcel(
                due.id, number, len(contents), content, due.address, due.purpose, due.said
            )
            known = await channel.find(due, parcel) if unsure else None
            unsure = False  # only the part after the last known one can be in doubt
            provider_id = known or await channel.send(parcel)
            await self._threads.run(
                deliveries.part_sent, self.core, due, number, provider_id, self.clock()
            )

    async def _not_sent(self, due: Due, error: NotSentError, about: Mapping[str, object]) -> None:
        at = self.clock()
        if error.final:
            await self._threads.run(
                deliveries.refused, self.core, due, str(error), at, error.opted_out
            )
            log.error("delivery_refused", why=str(error), **about)
            return
        miss = Miss(str(error), self._wait(due, error), error.unsure)
        dead = await self._threads.run(deliveries.failed, self.core, due, miss, at)
        tell = log.error if dead else log.warning
        tell("delivery_failed" if dead else "delivery_put_off", why=str(error), **about)

    def _wait(self, due: Due, error: NotSentError) -> timedelta:
        own = deliveries.wait_after(due.attempt, random.random())  # noqa: S311  (spreads the load)
        asked = timedelta(seconds=error.seconds or 0)
        return max(own, min(asked, LONGEST_ASKED))
