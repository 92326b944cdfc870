"""Messages taken in while the database is slow or away: nobody waits long, no danger is lost."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog

from care.errors import StorageDownError, UnknownConversationError

log = structlog.get_logger()

REPEAT_SECONDS = (1.0, 2.0, 5.0, 10.0)
KEPT_SECONDS = 24 * 60 * 60.0
MOST = 1000  # of each: messages being stored, dangers that wait for storage

Key = tuple[str, str]  # the conversation, and the sender's id of the message
Store = Callable[[], Coroutine[Any, Any, int]]


class Intake:
    """Each message is being stored once at a time. Storing it again must change nothing."""

    def __init__(self) -> None:
        self._under_way: dict[Key, asyncio.Task[int]] = {}
        self._repeated: dict[Key, asyncio.Task[None]] = {}

    async def store(self, key: Key, store: Store, seconds: float) -> int:
        """Raises StorageDownError if it takes longer than that; it then goes on by itself."""
        task = self._begun(key, store)
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            raise StorageDownError("too slow")
        return task.result()

    def repeat(self, key: Key, store: Store) -> None:
        """Goes on until it is stored, as whoever sent it may never do so again."""
        if key not in self._repeated and len(self._repeated) < MOST:
            task = self._repeated[key] = asyncio.create_task(self._until_stored(key, store))
            task.add_done_callback(lambda _: self._repeated.pop(key))

    async def stop(self) -> None:
        tasks = [*self._repeated.values(), *self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begun(self, key: Key, store: Store) -> asyncio.Task[int]:
        if key not in self._under_way:
            if len(self._under_way) >= MOST:
                raise StorageDownError("too many wait")
            self._under_way[key] = asyncio.create_task(store())
            self._under_way[key].add_done_callback(partial(self._done, key))
        return self._under_way[key]

    def _done(self, key: Key, task: asyncio.Task[int]) -> None:
        del self._under_way[key]
        if not task.cancelled() and (error := task.exception()):
            log.warning("not_stored", conversation=key[0], why=type(error).__name__)

    async def _until_stored(self, key: Key, store: Store) -> None:
        started, tries = time.monotonic(), 0
        while time.monotonic() - started < KEPT_SECONDS:
            await asyncio.sleep(REPEAT_SECONDS[min(tries, len(REPEAT_SECONDS) - 1)])
            tries += 1
            try:
                await self._begun(key, store)
            except StorageDownError:
                continue
            except UnknownConversationError:
                return
            return
        log.error("danger_never_stored", conversation=key[0])
