"""Sends staff alerts that are due."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import anyio
import structlog
from starlette.concurrency import run_in_threadpool

from care import alerts
from care.alerts import NO_REFUSAL, Due, Refusal
from care.db import Core, now
from gateway import senders
from gateway.outgoing import Outgoing
from gateway.senders import NotDeliveredError, Sender

SEND_SECONDS = 12.0  # well within the lease

log = structlog.get_logger()


class Dispatcher(Outgoing[Due]):
    queue, every_seconds, at_once = "alerts", 3.0, 8

    def __init__(
        self, core: Core, channels: Mapping[str, Sender], clock: Callable[[], datetime] = now
    ):
        super().__init__(clock)
        self.core, self.channels = core, channels

    async def next_due(self) -> datetime | None:
        return await run_in_threadpool(alerts.next_due, self.core)

    async def take(self, most: int) -> Sequence[Due]:
        return await run_in_threadpool(alerts.take, self.core, self.clock(), most)

    async def deliver(self, due: Due) -> None:
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
