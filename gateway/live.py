"""Chats with a person in the running gateway: their pages are told, and the clock is watched."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool

from care import live_chat
from care.db import Core, now
from care.live_chat import Told
from care.live_chat_steps import Writer
from care.transcript import SENT, Said
from gateway.channels.channel import Channel, ShowsTyping
from gateway.channels.sms import rendering
from gateway.hub import Listener
from gateway.turns import Turns
from gateway.typing_signs import Typing

TEND_SECONDS = 5.0

log = structlog.get_logger()


class LiveChats:
    """What the desk needs of the gateway for chats with visitors."""

    def __init__(self, core: Core, turns: Turns, channels: Mapping[str, Channel]):
        self.core, self.turns = core, turns
        self._shows_typing: dict[str, ShowsTyping] = {
            name: channel for name, channel in channels.items() if isinstance(channel, ShowsTyping)
        }
        self._task: asyncio.Task[None] | None = None

    def changed(self, told: Told) -> None:
        """Staff took a chat, wrote in it or gave it back."""
        self.turns.hub.tell(told.conversation_id, told.said)
        if any(said.owner for said in told.said):
            self.turns.leave_dialogue(told.conversation_id)
            self.turns.unheard.discard(told.conversation_id)

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Listener]:
        with self.turns.hub.listen(conversation_id, for_staff=True) as listener:
            yield listener

    def types(self, writer: Writer) -> None:
        self.turns.hub.types(writer.conversation_id, Typing("staff", writer.person.name))
        address = writer.address
        if address and address.channel in self._shows_typing:
            self._shows_typing[address.channel].show_typing(address.person)

    def texts(self, words: str) -> list[str]:
        return rendering.parts(Said(0, "staff", words, now(), SENT))

    def is_unheard(self, conversation_id: str) -> bool:
        """Can the assistant not listen for danger there now?"""
        return conversation_id in self.turns.unheard

    async def tend(self, at: datetime) -> None:
        """Tells who waits for long; takes back chats whose member of staff is silent."""
        for told in await run_in_threadpool(live_chat.tell_late, self.core, at):
            self.changed(told)
        for told in await run_in_threadpool(live_chat.return_silent, self.core, at):
            self.changed(told)

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_tending())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep_tending(self) -> None:
        while True:
            try:
                await self.tend(now())
            except Exception as error:  # noqa: BLE001  (whatever breaks, nobody may wait for ever)
                log.warning("live_chats_put_off", why=type(error).__name__)
            await asyncio.sleep(TEND_SECONDS)
