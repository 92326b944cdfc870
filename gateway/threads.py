"""Work that may block, mostly on the database, in threads that only this kind of work uses."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, fail_after, to_thread

from care.errors import StorageDownError

T = TypeVar("T")
Args = TypeVarTuple("Args")


class Threads:
    """At most so many at once; what hangs here takes no thread from anything else."""

    def __init__(self, most: int = 40):
        self._limiter = CapacityLimiter(most)

    async def run(self, work: Callable[[*Args], T], *args: *Args) -> T:
        return await to_thread.run_sync(partial(work, *args), limiter=self._limiter)

    async def within(self, seconds: float, work: Callable[[*Args], T], *args: *Args) -> T:
        """Raises StorageDownError if it takes longer; the thread then goes on by itself."""
        try:
            with fail_after(seconds):
                return await to_thread.run_sync(
                    partial(work, *args), limiter=self._limiter, abandon_on_cancel=True
                )
        except TimeoutError:
            raise StorageDownError("too slow") from None
