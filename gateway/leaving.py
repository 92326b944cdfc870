"""Dialogues to be left: Rasa forgets where it stands before it is asked anything more.

In danger nobody is asked for contact details; what a visitor deletes goes everywhere.
"""

import asyncio

import structlog

from gateway.assistant import Assistant, AssistantDownError

log = structlog.get_logger()


class Leaving:
    """Begun at once, without making anybody wait; made up for before the next question."""

    def __init__(self, assistant: Assistant):
        self._assistant = assistant
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._open: set[str] = set()

    def begin(self, conversation_id: str) -> None:
        self._open.add(conversation_id)
        if conversation_id not in self._tasks:
            task = self._tasks[conversation_id] = asyncio.create_task(self._try(conversation_id))
            task.add_done_callback(lambda _: self._tasks.pop(conversation_id))

    async def finished(self, conversation_id: str) -> None:
        """Raises AssistantDownError as long as the dialogue cannot be left."""
        if task := self._tasks.get(conversation_id):
            await asyncio.wait({task})
        if conversation_id in self._open:
            await self._leave(conversation_id)

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _try(self, conversation_id: str) -> None:
        try:
            await self._leave(conversation_id)
        except AssistantDownError as error:
            log.warning("dialogue_not_left", conversation=conversation_id, why=str(error))

    async def _leave(self, conversation_id: str) -> None:
        await self._assistant.forget(conversation_id)
        self._open.discard(conversation_id)
