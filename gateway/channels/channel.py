"""What a channel beside the web is: it takes events in, and hands what is said to a provider.

`docs/how-to/add-a-channel.md` tells how to write one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from prometheus_client import Counter
from starlette.routing import BaseRoute

from care.addresses import Address
from care.deliveries import Due
from care.errors import CareError
from care.transcript import Said

if TYPE_CHECKING:
    from gateway.reception import Reception

IGNORED = Counter(
    "guide_channel_events_ignored",
    "Events of a channel that nothing was done for",
    ["channel", "why"],
)


@dataclass(frozen=True)
class Parcel:
    """One part of one line on its way to one person."""

    delivery: int
    number: int
    of: int
    content: Any
    address: Address
    purpose: str
    said: Said


class NotSentError(CareError):
    """The provider did not take a part; `str()` is a code, never its words.

    `final`: it never will. `seconds`: how long it asks us to wait. `unsure`: it may have taken it.
    `opted_out`: it says that this person wants no messages.
    """

    def __init__(
        self,
        code: str,
        *,
        final: bool = False,
        seconds: float | None = None,
        unsure: bool = False,
        opted_out: bool = False,
    ):
        super().__init__(code)
        self.final, self.seconds, self.unsure, self.opted_out = final, seconds, unsure, opted_out


class Channel(Protocol):
    """One folder in `gateway/channels/`, one line in `registered.py`."""

    name: str
    lists_choices: bool  # choices are a numbered list, so that "2" is one of them

    def routes(self, reception: "Reception") -> Sequence[BaseRoute]:
        """Its webhooks: each verifies before it reads, stores before it answers."""

    def parts(self, said: Said) -> Sequence[Any]:
        """A line as the messages it goes out as, in order; the same ones every time."""

    async def send(self, parcel: Parcel) -> str:
        """Hands one part to the provider; returns its id there. Raises NotSentError."""

    async def find(self, due: Due, parcel: Parcel) -> str | None:
        """The id of a part that may have been sent already; None if it was not, or who knows."""

    async def close(self) -> None: ...


@runtime_checkable
class KeepsHouse(Protocol):
    """A channel that has something to see to now and then."""

    async def keep_house(self) -> None:
        """Raises StorageDownError."""


@runtime_checkable
class ShowsTyping(Protocol):
    """A channel whose provider can show that a person writes, for a while."""

    def show_typing(self, person: str) -> None:
        """Does not wait for it: nothing depends on it."""
