"""Who is writing where: each sign has an owner and an end. Nothing of it is stored."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

LASTS_SECONDS = 8.0  # whoever goes on writing says so again before that


@dataclass(frozen=True)
class Typing:
    """Somebody writes; `name` is that of a member of staff."""

    by: str
    name: str | None = None


class TypingSigns:
    def __init__(self, changed: Callable[[str], None]) -> None:
        """`changed` is told the conversation."""
        self._changed = changed
        self._signs: dict[tuple[str, str], Typing] = {}
        self._ends: dict[tuple[str, str], asyncio.TimerHandle] = {}

    def show(self, conversation_id: str, typing: Typing, seconds: float | None) -> None:
        """Until it is ended, or for so many seconds after the last word of it."""
        key = (conversation_id, typing.by)
        self._cancel(key)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._ends[key] = loop.call_later(seconds, self.end, *key)
        if self._signs.get(key) != typing:
            self._signs[key] = typing
            self._changed(conversation_id)

    def end(self, conversation_id: str, by: str) -> None:
        key = (conversation_id, by)
        self._cancel(key)
        if self._signs.pop(key, None):
            self._changed(conversation_id)

    def seen(self, conversation_id: str, *, for_staff: bool) -> Typing | None:
        """Of the other side: a person before the guide."""
        others = ("visitor",) if for_staff else ("staff", "guide")
        found = (self._signs.get((conversation_id, by)) for by in others)
        return next((typing for typing in found if typing), None)

    def _cancel(self, key: tuple[str, str]) -> None:
        if timer := self._ends.pop(key, None):
            timer.cancel()
