"""The screen for danger, on every channel before anything else."""

from care import safety
from gateway.threads import Threads

AT_ONCE = 300  # characters; a longer text takes longer than others should wait for
THREADS = 4


class Screening:
    def __init__(self) -> None:
        self._threads = Threads(THREADS)

    async def danger_in(self, text: str) -> safety.Finding | None:
        if len(text) > AT_ONCE:
            return await self._threads.run(safety.screen, text)
        return safety.screen(text)
