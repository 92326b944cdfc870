"""What the desk needs of whoever runs it for chats with visitors."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from care.live_chat import Told
from care.live_chat_steps import Writer
from care.transcript import Said


class News(Protocol):
    """What is new in one conversation."""

    @property
    def woken(self) -> asyncio.Event: ...

    @property
    def typing(self) -> object | None:
        """None if the visitor does not write."""

    def news(self, after: int) -> Sequence[Said] | None:
        """None if only the database knows."""


class Live(Protocol):
    """The running chats."""

    def changed(self, told: Told) -> None:
        """Staff took a chat, wrote in it or gave it back."""

    def listen(self, conversation_id: str) -> AbstractContextManager[News]: ...

    def types(self, writer: Writer) -> None:
        """A member of staff writes."""

    def texts(self, words: str) -> Sequence[str]:
        """The text messages that a line of staff goes out as."""

    def is_unheard(self, conversation_id: str) -> bool:
        """Can nothing listen for danger there now?"""
