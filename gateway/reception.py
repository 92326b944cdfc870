"""Where messages of channels beside the web come in: screened, stored once, answered in order."""

from dataclasses import dataclass, replace
from functools import partial

from care import addresses, deliveries, language, opt_outs, safety, wording
from care.addresses import Address
from care.conversations import AtOnce
from care.db import Core, now
from care.deliveries import Report
from care.errors import StorageDownError, UnknownConversationError
from care.transcript import Inbound, Line
from gateway import rendering
from gateway.arrived import Arrived
from gateway.channels.channel import IGNORED
from gateway.intake import Intake
from gateway.limits import RateLimits
from gateway.screening import Screening
from gateway.threads import Threads
from gateway.turns import Turns

TEXT_LIMIT = 6000
TRIES = 3


class NotStoredError(StorageDownError):
    """Nothing can be stored now; `line` is what to say in the answer to the request itself.

    `danger`: it is the reply to a danger, and the message is stored as soon as that is possible.
    """

    def __init__(self, line: Line, danger: bool):
        super().__init__("not stored")
        self.line, self.danger = line, danger


@dataclass(frozen=True)
class Attempt:
    """One message that is to be stored; `key` is who sent it, hashed, and its id."""

    key: tuple[str, str]
    address: Address
    inbound: Inbound
    finding: safety.Finding | None
    at_once: AtOnce | None


class Reception:
    """Takes in one message of a person at an address. The same message again changes nothing."""

    def __init__(self, core: Core, turns: Turns, limits: RateLimits):
        self.core, self.turns, self._limits = core, turns, limits
        self._threads, self.screening, self._intake = Threads(), Screening(), Intake()
        self._given: set[tuple[str, str]] = set()

    async def take(self, address: Address, inbound: Inbound, at_once: AtOnce | None = None) -> None:
        """Returns when it is stored; then it may be acknowledged. Raises NotStoredError.

        `at_once` makes the answer to a message that needs no dialogue, such as STOP; danger in it
        comes first. A text that is too long is kept in part, and screened whole.
        """
        finding = await self.screening.danger_in(inbound.text)
        found = addresses.digest(self.core.settings, address.channel, address.person)
        if not (finding or at_once or self._limits.message(found, found)):
            return self.ignored(address.channel, "limit")
        kept = replace(inbound, text=inbound.text[:TEXT_LIMIT])
        attempt = Attempt((found, inbound.external_id), address, kept, finding, at_once)
        settings = self.core.settings
        seconds = settings.danger_timeout_seconds if finding else settings.storage_timeout_seconds
        try:
            await self._intake.store(attempt.key, partial(self._store, attempt), seconds)
        except StorageDownError:
            raise self._not_stored(attempt) from None

    async def reported(self, report: Report, opted_out: bool = False) -> None:
        """What a provider says became of a message. Raises StorageDownError."""
        seconds = self.core.settings.storage_timeout_seconds
        known = await self._threads.within(
            seconds, deliveries.report, self.core, report, now(), opted_out
        )
        if not known:
            self.ignored(report.channel, "unknown_delivery")

    async def opted_out(self, address: Address) -> bool:
        """Does this person want no messages? No, as long as nobody can tell."""
        seconds = self.core.settings.storage_timeout_seconds
        try:
            return await self._threads.within(seconds, opt_outs.wants_none, self.core, address)
        except StorageDownError:
            return False

    def ignored(self, channel: str, why: str) -> None:
        """An event that nothing is done for; counted, without a word of it."""
        IGNORED.labels(channel, why).inc()

    async def stop(self) -> None:
        await self._intake.stop()

    async def _store(self, attempt: Attempt) -> int:
        arrived = Arrived(
            attempt.address.channel,
            attempt.inbound,
            attempt.finding,
            attempt.at_once,
            given=lambda: attempt.key in self._given,
        )
        for _ in range(TRIES):
            talk = await self._threads.run(addresses.conversation, self.core, attempt.address)
            try:
                seq = await self.turns.take(talk, arrived)
            except UnknownConversationError:
                continue  # it ended this moment: a new one begins
            self._given.discard(attempt.key)
            return seq
        raise StorageDownError("conversation keeps ending")

    def _not_stored(self, attempt: Attempt) -> NotStoredError:
        """What can be said all the same; a danger is stored later, without being said again."""
        channel = attempt.address.channel
        if attempt.finding:
            self._given.add(attempt.key)
            self._intake.repeat(attempt.key, partial(self._store, attempt))
            return NotStoredError(self.turns.danger(attempt.finding, channel).lines[0], danger=True)
        spanish = language.of(attempt.inbound.text) == "es"
        name = wording.translated(["utter_trouble_storage"], spanish)
        return NotStoredError(rendering.fixed(self.core, name, channel, "system"), danger=False)
