"""Honest words to a visitor whose message cannot be answered now, or at all."""

import asyncio
from types import TracebackType

import structlog

from care import conversations, crisis, wording
from care.db import Core
from care.errors import StorageDownError, UnknownConversationError
from care.transcript import Line, Waiting
from gateway import rendering
from gateway.hub import Hub
from gateway.threads import Threads

log = structlog.get_logger()

ADMIT_SECONDS = 4.0


class Trouble:
    """Tells about one message, once: at the first miss, or when it has taken a while."""

    def __init__(self, core: Core, hub: Hub, threads: Threads, conversation_id: str, at: Waiting):
        self._core, self._hub, self._threads = core, hub, threads
        self._conversation_id, self._waiting = conversation_id, at
        self._telling: asyncio.Task[None] | None = None

    def __enter__(self) -> "Trouble":
        self._slow = asyncio.get_running_loop().call_later(ADMIT_SECONDS, self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        self._slow.cancel()

    async def admit(self) -> None:
        await asyncio.wait({self._begin()})

    def _begin(self) -> asyncio.Task[None]:
        self._telling = self._telling or asyncio.create_task(self._tell())
        return self._telling

    async def _tell(self) -> None:
        line = self._line("utter_trouble_form" if self._waiting.expects else "utter_trouble")
        seconds = self._core.settings.storage_timeout_seconds
        try:
            said = await self._threads.within(
                seconds, conversations.say, self._core, self._conversation_id, line
            )
        except UnknownConversationError:
            return
        except StorageDownError:
            log.warning("trouble_not_stored", conversation=self._conversation_id)
            return self._hub.notice(self._conversation_id, line)
        self._hub.tell(self._conversation_id, said)

    async def give_up(self) -> None:
        line = self._line("utter_trouble_given_up")
        seq = self._waiting.said.seq
        said = await self._threads.run(
            conversations.give_up, self._core, self._conversation_id, seq, line
        )
        self._hub.tell(self._conversation_id, said)

    def _line(self, name: str) -> Line:
        waiting = self._waiting
        spanish = crisis.in_spanish(waiting.said.text, waiting.spoken)
        name = wording.translated([name], spanish)
        return rendering.fixed(self._core, name, waiting.channel, author="system")
