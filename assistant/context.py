"""What a message says after the answer that it follows: "and how much is that?"."""

import hashlib
from dataclasses import dataclass
from typing import Final

from assistant.wordforms import plain

LONGEST_FOLLOW_UP: Final = 8  # words; a longer message says itself what it is about
APART: Final = 8  # in a hundred examples


@dataclass(frozen=True)
class Context:
    """Where a conversation stands when a message comes.

    `expects` is the contact form's slot that was asked for, `previous` the label of the topic
    answered last, `request` how a call-back request stands, if there is one. `doubted`: danger was
    denied there, or the words have a harmless sense, so only a certain danger is one.
    """

    expects: str | None = None
    previous: str | None = None
    request: str | None = None
    doubted: bool = False


ALONE: Final = Context()
CONTEXT: Final = "context"  # its name in a message's metadata


def reading(text: str, previous: str | None) -> str:
    """The text as the encoder reads it, with the topic before it named in front."""
    spelled = plain(text)
    if previous is None:
        return spelled
    topic = previous.rpartition("/")[2].replace("_", " ")
    return f"{topic} | {spelled}"


def leans_on(previous: str | None, text: str) -> str | None:
    """The topic before, if a message is short enough to need it."""
    return previous if len(text.split()) <= LONGEST_FOLLOW_UP else None


def kept_apart(text: str) -> bool:
    """Is this example not for tuning the encoder? The same ones always, whatever else there is."""
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < APART
