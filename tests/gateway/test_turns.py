"""The order of looking for work, which a message may fall into at any point."""

import asyncio
from typing import Any

from gateway.answers import Answers
from gateway.arrived import Prepared
from gateway.hub import Hub
from gateway.turns import Turns

VISIT = "conversation"
NOBODY: Any = None


class LastLook(Answers):
    """Nothing is ever left to answer; during the first look, one more message comes in."""

    def __init__(self, turns: Turns, loop: asyncio.AbstractEventLoop):
        super().__init__(NOBODY)
        self.turns, self.loop, self.looks = turns, loop, 0

    def prepare_next(self, conversation_id: str) -> Prepared | None:
        self.looks += 1
        if self.looks == 1:
            told = asyncio.run_coroutine_threadsafe(self._another_comes(), self.loop)
            told.result(timeout=5)
        return None

    async def _another_comes(self) -> None:
        self.turns.work_on(VISIT)


def test_what_comes_during_a_worker_s_last_look_is_looked_for_again() -> None:
    async def run() -> int:
        turns = Turns(NOBODY, NOBODY, Hub(), lambda: None)
        answers = turns.answers = LastLook(turns, asyncio.get_running_loop())
        turns.work_on(VISIT)
        await asyncio.gather(*turns._workers.values())
        return answers.looks

    assert asyncio.run(run()) == 2
