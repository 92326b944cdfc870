"""What the two systems have in common: start, hold a conversation, stop."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "build" / "bench"
READY_SECONDS: Final = 300.0
ANSWER_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Answer:
    """The texts said in reply to one message, and the seconds until the last of them."""

    texts: tuple[str, ...]
    seconds: float


class Conversation(Protocol):
    def say(self, text: str) -> Answer: ...

    def ask_for_a_call(self) -> Answer:
        """Starts the contact form."""

    def close(self) -> None: ...


class System(Protocol):
    name: str

    def start(self) -> None:
        """Spawns the servers and returns once they answer."""

    def stop(self) -> None: ...

    def memory(self) -> int:
        """Bytes of all its processes."""

    def converse(self) -> Conversation: ...
