"""The order of looking for work, which a message may fall into at any point."""

import asyncio
from typing import Any

from gateway.arrived import Prepared
from gateway.hub import Hub
from gateway.turns import Turns

VISIT = "conversation"


class LastLook(Turns):
    """Nothing is ever left to answer; during the first look, one more message comes in."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        nobody: Any = None
        super().__init__(nobody, nobody, Hub(), lambda: None)
        self.loop, self.looks = loop, 0

    def _prepare_next(self, conversation_id: str) -> Prepared | None:
        self.looks += 1
        if self.looks == 1:
            told = asyncio.run_coroutine_threadsafe(self._another_comes(), self.loop)
            told.result(timeout=5)
        return None

    async def _another_comes(self) -> None:
        self.work_on(VISIT)


def test_what_comes_during_a_worker_s_last_look_is_looked_for_again() -> None:
    async def run() -> int:
        turns = LastLook(asyncio.get_running_loop())
        turns.work_on(VISIT)
        await asyncio.gather(*turns._workers.values())
        return turns.looks

    assert asyncio.run(run()) == 2
