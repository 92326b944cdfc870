"""Wakes the open event streams of a conversation. Holds no words: readers ask the database."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """One open stream: told that something new is stored, and whether somebody types."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.typing = False


class Hub:
    """Who listens to which conversation, within this process."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._typing: set[str] = set()

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Listener]:
        listener = Listener()
        listener.typing = conversation_id in self._typing
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def count(self, conversation_id: str) -> int:
        return len(self._listeners.get(conversation_id, ()))

    def wake(self, conversation_id: str) -> None:
        for listener in self._listeners.get(conversation_id, ()):
            listener.woken.set()

    @contextmanager
    def typing(self, conversation_id: str) -> Iterator[None]:
        """Shows the typing sign for exactly as long as the block runs."""
        self._set_typing(conversation_id, True)
        try:
            yield
        finally:
            self._set_typing(conversation_id, False)

    def _set_typing(self, conversation_id: str, on: bool) -> None:
        (self._typing.add if on else self._typing.discard)(conversation_id)
        for listener in self._listeners.get(conversation_id, ()):
            listener.typing = on
            listener.woken.set()
