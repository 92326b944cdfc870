"""Facebook Messenger. `docs/channels/messenger.md` is the guide to it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import httpx
import structlog
from starlette.routing import BaseRoute, Route

from care import outbox, windows
from care.addresses import Address
from care.db import now
from care.deliveries import Due
from care.settings import Settings
from care.transcript import Line, Said
from gateway.channels.channel import NotSentError, Parcel
from gateway.channels.messenger import account, events, rendering, window
from gateway.channels.messenger.account import Account
from gateway.channels.messenger.deletion import CALLBACK, STATUS, Deletion
from gateway.channels.messenger.graph import Graph
from gateway.channels.messenger.webhooks import CHANNEL, WEBHOOK, Webhooks
from gateway.reception import Reception
from gateway.threads import Threads

SAID_LIMIT = 1000
ECHO_SECONDS = 10.0  # before a second try, Meta's echo can tell that the first one went out

log = structlog.get_logger()


class MessengerChannel:
    name = CHANNEL
    lists_choices = True

    def __init__(
        self,
        account: Account,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = now,
    ):
        self._account, self._clock = account, clock
        self._graph, self._threads = Graph(account, transport), Threads()
        self._said: set[str] = set()  # messages answered though they could not be stored
        self._typing: set[str] = set()  # people who see that somebody writes
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        hooks = Webhooks(self._account, reception, self._not_stored, self._taken)
        deletion = self._deletion = Deletion(self._account, reception, self._graph)
        self._core = reception.core
        return [
            Route(WEBHOOK, hooks.verify, methods=["GET"]),
            Route(WEBHOOK, hooks.receive, methods=["POST"]),
            Route(CALLBACK, deletion.ask, methods=["POST"]),
            Route(STATUS, deletion.status, methods=["GET"]),
        ]

    def parts(self, said: Said) -> Sequence[Any]:
        return rendering.parts(said, self._account.public_url)

    async def send(self, parcel: Parcel) -> str:
        by_staff = parcel.said.author == "staff"
        talk = await self._threads.run(windows.talk_with, self._core, parcel.address)
        marks = window.permit(talk, by_staff, self._account.human_agent, self._clock())
        place = f"{events.METADATA}{parcel.delivery}:{parcel.number}"
        persona = (
            {"persona_id": self._account.persona} if by_staff and self._account.persona else {}
        )
        body = {
            "recipient": {"id": parcel.address.person},
            **marks,
            **persona,
            "message": {**parcel.content, "metadata": place},
        }
        person = parcel.address.person
        try:
            sent = await self._graph.send(body)
        except NotSentError as error:
            if person in self._typing:
                self._begin(self._act(person, "typing_off"))
            if error.unsure and parcel.purpose != outbox.DANGER:
                error.seconds = max(error.seconds or 0, ECHO_SECONDS)
            raise
        finally:
            self._typing.discard(person)
        return events.fit(sent, events.PROVIDER_ID_LIMIT) if sent else place

    async def find(self, due: Due, parcel: Parcel) -> str | None:
        """Meta's echo of a part says that it went out; it is in `due.parts` by the next try."""
        return None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._graph.close()

    def show_typing(self, person: str) -> None:
        self._begin(self._act(person, "typing_on"))

    async def keep_house(self) -> None:
        await self._deletion.go_on()

    def _not_stored(self, address: Address, line: Line, message_id: str) -> None:
        """Said once, as Meta sends again what could not be stored."""
        if message_id in self._said:
            return
        if len(self._said) >= SAID_LIMIT:
            self._said.clear()
        self._said.add(message_id)
        self._begin(self._say(address, line))

    async def _say(self, address: Address, line: Line) -> None:
        said = Said(0, line.author, line.text, self._clock(), "", buttons=line.buttons)
        try:
            for message in self.parts(said):
                to = {"recipient": {"id": address.person}, **window.REPLY, "message": message}
                await self._graph.send(to)
        except NotSentError as error:
            log.error("not_said", channel=CHANNEL, why=str(error))

    def _taken(self, person: str) -> None:
        """A message is stored: its sender sees that it arrived, and that an answer is coming."""
        self._typing.add(person)
        self._begin(self._show(person))

    async def _show(self, person: str) -> None:
        await self._act(person, "mark_seen")
        address = Address(CHANNEL, person, self._account.page)
        talk = await self._threads.run(windows.talk_with, self._core, address)
        if person in self._typing and talk and talk.owner != windows.STAFF:
            await self._act(person, "typing_on")

    async def _act(self, person: str, action: str) -> None:
        try:
            await self._graph.act(person, action)
        except NotSentError as error:
            log.debug("not_shown", channel=CHANNEL, why=str(error))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("not_shown", channel=CHANNEL, why=type(error).__name__)


def build(settings: Settings) -> MessengerChannel | None:
    found = account.of(settings)
    return MessengerChannel(found) if found else None
