"""Tells the open event streams of a conversation what is new. Keeps nothing itself."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from care.transcript import Line, Said
from gateway.typing_signs import LASTS_SECONDS, Typing, TypingSigns

TYPING_AFTER_SECONDS = 0.2  # most answers are there before that; a sign that flickers helps nobody
SIGNS = ("guide", "staff", "visitor")


class Listener:
    """One open stream: what was said since it last looked, and who of the other side types."""

    def __init__(self, for_staff: bool) -> None:
        self.for_staff = for_staff
        self.woken = asyncio.Event()
        self.typing: Typing | None = None
        self.notices: list[Line] = []
        self._said: list[Said] | None = None

    def tell(self, said: Sequence[Said]) -> None:
        if self._said is not None:
            self._said += said
        self.woken.set()

    def ask_the_database(self) -> None:
        self._said = None
        self.woken.set()

    def news(self, after: int) -> list[Said] | None:
        """What was said beyond place `after`; None if only the database knows."""
        said, self._said = self._said, []
        if said is None:
            return None
        fresh = [each for each in said if each.seq > after]
        places = [each.seq for each in fresh]
        return fresh if places == list(range(after + 1, after + 1 + len(places))) else None


class Hub:
    """Who listens to which conversation, within this process."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        """`told` is called whenever something was said."""
        self._told = told
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._signs = TypingSigns(self._typing_changed)

    @contextmanager
    def listen(self, conversation_id: str, *, for_staff: bool = False) -> Iterator[Listener]:
        listener = Listener(for_staff)
        listener.typing = self._signs.seen(conversation_id, for_staff=for_staff)
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def count(self, conversation_id: str) -> int:
        """How many streams its visitor has open."""
        return sum(not each.for_staff for each in self._listeners.get(conversation_id, ()))

    def tell(self, conversation_id: str, said: Sequence[Said]) -> None:
        """These messages have been stored."""
        self._told()
        changes_hands = any(each.owner for each in said)
        for author in SIGNS if changes_hands else {each.author for each in said}:
            self._signs.end(conversation_id, author)
        for listener in self._listeners.get(conversation_id, ()):
            listener.tell(said)

    def notice(self, conversation_id: str, line: Line) -> None:
        """A line that cannot be stored now."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.notices.append(line)
            listener.woken.set()

    def wake(self, conversation_id: str) -> None:
        """Something else has changed, such as the end of the conversation."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.ask_the_database()

    def types(self, conversation_id: str, typing: Typing) -> None:
        """A person writes; said again as long as they do."""
        self._signs.show(conversation_id, typing, LASTS_SECONDS)

    @contextmanager
    def typing(self, conversation_id: str) -> Iterator[None]:
        """The guide's own sign: once the block has run for a moment, and no longer than it runs."""
        guide = Typing("guide")
        show = partial(self._signs.show, conversation_id, guide, None)
        shown = asyncio.get_running_loop().call_later(TYPING_AFTER_SECONDS, show)
        try:
            yield
        finally:
            shown.cancel()
            self._signs.end(conversation_id, guide.by)

    def _typing_changed(self, conversation_id: str) -> None:
        for listener in self._listeners.get(conversation_id, ()):
            seen = self._signs.seen(conversation_id, for_staff=listener.for_staff)
            if seen != listener.typing:
                listener.typing = seen
                listener.woken.set()
