"""Sends what waits in the queue of deliveries."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from care import deliveries
from care.db import Core, now
from care.deliveries import Due, Miss
from gateway.channels.channel import Channel, NotSentError, Parcel
from gateway.outgoing import Outgoing
from gateway.threads import Threads

SEND_SECONDS = 20.0  # well within the lease
LONGEST_ASKED = timedelta(hours=1)

log = structlog.get_logger()


class Courier(Outgoing[Due]):
    queue, every_seconds, at_once = "deliveries", 1.0, 16

    def __init__(
        self, core: Core, channels: Mapping[str, Channel], clock: Callable[[], datetime] = now
    ):
        super().__init__(clock)
        self.core, self.channels = core, channels
        self._threads = Threads(self.at_once)

    def start(self) -> None:
        if self.channels:
            super().start()

    async def stop(self) -> None:
        await super().stop()
        for channel in self.channels.values():
            await channel.close()

    async def next_due(self) -> datetime | None:
        return await self._threads.run(deliveries.next_due, self.core, list(self.channels))

    async def take(self, most: int) -> Sequence[Due]:
        return await self._threads.run(
            deliveries.take, self.core, list(self.channels), self.clock(), most
        )

    async def deliver(self, due: Due) -> None:
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
