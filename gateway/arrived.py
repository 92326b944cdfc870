"""A message on its way from a channel to its turn."""

from collections.abc import Callable
from dataclasses import dataclass

from care.conversations import AtOnce
from care.safety import Finding
from care.transcript import Inbound, Pick, Waiting
from gateway.assistant import Question


@dataclass(frozen=True)
class Arrived:
    """A message that came, with what the screen saw in it.

    `at_once` answers one that needs no dialogue, such as STOP. `given`: was the reply to the danger
    said already, in another way?
    """

    channel: str
    inbound: Inbound
    finding: Finding | None
    at_once: AtOnce | None = None
    given: Callable[[], bool] = bool


@dataclass(frozen=True)
class Prepared:
    """A message that waits, the question it makes for Rasa, and a fixed text that needs no Rasa.

    `pick` is what a button pressed says of a message that was not understood.
    """

    waiting: Waiting
    question: Question
    fixed: str | None
    pick: Pick | None
