"""Sends what is due in a queue of the database: woken when something comes, or after a while."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Generic, TypeVar

import structlog

DRAIN_SECONDS = 5.0
LEAST_PAUSE = 0.05  # seconds

log = structlog.get_logger()
Due = TypeVar("Due")


class Outgoing(ABC, Generic[Due]):
    """Safe beside others on the same database: what is due is taken by one of them at a time."""

    queue: str  # its name in the log
    every_seconds: float  # another process fills the queue too
    at_once: int

    def __init__(self, clock: Callable[[], datetime]):
        self.clock = clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def next_due(self) -> datetime | None:
        """Only looks, so that nobody waits for a lock."""

    @abstractmethod
    async def take(self, most: int) -> Sequence[Due]:
        """Takes what is due now, by a lease."""

    @abstractmethod
    async def deliver(self, due: Due) -> None:
        """Tries to send it and records what came of it."""

    def start(self) -> None:
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

    async def once(self) -> int:
        """Tries to send what is due now; returns how many that were."""
        taken = await self._taken(self.at_once)
        await asyncio.gather(*map(self.deliver, taken))
        return len(taken)

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            pause = self.every_seconds
            try:
                for due in await self._taken(self.at_once - len(self._sending)):
                    self._begin(due)
                if len(self._sending) < self.at_once:
                    pause = await self._pause()
            except Exception as error:  # noqa: BLE001  (whatever breaks, sending must go on)
                log.error(f"{self.queue}_put_off", why=type(error).__name__)
            if not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), max(pause, LEAST_PAUSE))

    def _begin(self, due: Due) -> None:
        """Sends beside others: a receiver that hangs holds up nothing else."""
        task = asyncio.create_task(self.deliver(due))
        self._sending.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error(f"{self.queue}_not_recorded", why=type(error).__name__)

    async def _taken(self, most: int) -> Sequence[Due]:
        return await self.take(most) if most > 0 and await self._pause() <= 0 else []

    async def _pause(self) -> float:
        """Seconds until something is due."""
        due = await self.next_due()
        seconds = (due - self.clock()).total_seconds() if due else self.every_seconds
        return min(max(seconds, 0.0), self.every_seconds)
