"""What Meta tells us: verified before it is read, stored before it is acknowledged."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from care import conversations, deliveries, opt_outs, windows
from care.addresses import Address
from care.conversations import AtOnce
from care.db import Core
from care.deliveries import Report
from care.errors import StorageDownError
from care.transcript import Inbound, Line, Outcome, Said
from gateway import rendering as approved
from gateway.channels.messenger import events, rendering, signature
from gateway.channels.messenger.account import Account
from gateway.channels.messenger.events import Event
from gateway.reception import NotStoredError, Reception
from gateway.threads import Threads

CHANNEL = "messenger"
WEBHOOK = "/channels/messenger/webhook"
BODY_LIMIT = 4 * 1024 * 1024
PERSONS_AT_ONCE = 8
GET_STARTED = "get_started"
GREETING, NO_PICTURES, MORE_CHOICES = "utter_start", "utter_no_pictures", "utter_more_choices"

T = TypeVar("T")
Args = TypeVarTuple("Args")
Say = Callable[[Address, Line, str], None]


class Webhooks:
    """`say` sends a line that could not be stored, `taken` is told of each message stored."""

    def __init__(
        self, account: Account, reception: Reception, say: Say, taken: Callable[[str], None]
    ):
        self._account, self._reception = account, reception
        self._say, self._taken = say, taken
        self._threads = Threads()

    async def verify(self, request: Request) -> Response:
        """The handshake when the webhook is named to Meta."""
        asked = request.query_params
        if asked.get("hub.mode") != "subscribe" or not signature.same(
            self._account.verify_token, asked.get("hub.verify_token")
        ):
            return Response(status_code=403)
        return PlainTextResponse(asked.get("hub.challenge", ""))

    async def receive(self, request: Request) -> Response:
        """200 once every event is stored; 503 makes Meta send the batch again."""
        body = await _read(request)
        if len(body) > BODY_LIMIT:
            return Response(status_code=413)
        if not signature.is_valid(
            self._account.secret, body, request.headers.get(signature.HEADER)
        ):
            self._ignored("bad_signature")
            return Response(status_code=403)
        found = events.read(body)
        if found is None:
            self._ignored("not_a_batch")
            return Response(status_code=400)
        return Response(status_code=200 if await self._handle_all(found) else 503)

    async def _handle_all(self, found: list[Event]) -> bool:
        """Each person's events in their order, and several persons' beside each other."""
        by_person: defaultdict[str, list[Event]] = defaultdict(list)
        for event in found:
            by_person[event.person].append(event)
        turn = asyncio.Semaphore(PERSONS_AT_ONCE)

        async def handle(mine: list[Event]) -> bool:
            async with turn:
                return all([await self._handle(event) for event in mine])

        return all(await asyncio.gather(*map(handle, by_person.values())))

    async def _handle(self, event: Event) -> bool:
        """False if it could not be stored."""
        if event.kind == "ignored":
            self._ignored(event.why)
        elif event.page != self._account.page:
            self._ignored("other_page")
        elif event.person == event.page:
            self._ignored("ourselves")
        elif event.kind in {"delivered", "echo"}:
            return await self._report(event)
        else:
            return await self._take(event)
        return True

    async def _report(self, event: Event) -> bool:
        state = deliveries.DELIVERED if event.kind == "delivered" else deliveries.SENT
        for id_ in event.ids:
            report = Report(CHANNEL, events.fit(id_, events.PROVIDER_ID_LIMIT), state, of=event.of)
            try:
                await self._reception.reported(report)
            except StorageDownError:
                return False
        return True

    async def _take(self, event: Event) -> bool:
        address = Address(CHANNEL, event.person, event.page)
        try:
            inbound, at_once = await self._read(address, event)
            if not await self._reception.screening.danger_in(
                inbound.text
            ):  # danger waits for nothing
                await self._look_up(opt_outs.wants_again, address, event.id)
            await self._reception.take(address, inbound, at_once)
        except NotStoredError as error:
            self._say(address, error.line, event.id)
            return False
        except StorageDownError:
            return False
        self._taken(event.person)
        return True

    async def _read(self, address: Address, event: Event) -> tuple[Inbound, AtOnce | None]:
        """A message, and its answer if it needs no dialogue: not while staff answer."""
        payload, text = event.payload, event.text
        if event.kind == "attachment":
            return Inbound(event.id, rendering.attachment()), await self._fixed(
                address, NO_PICTURES
            )
        if payload == GET_STARTED:
            return Inbound(event.id, text or GET_STARTED), await self._fixed(address, GREETING)
        if payload and (more := await self._more(address, payload)):
            return Inbound(event.id, text or payload), await self._fixed(
                address, MORE_CHOICES, more
            )
        if payload is None or payload.startswith("/"):
            return Inbound(event.id, text or payload or "", payload), None
        said = await self._look_up(_offered, address, payload)
        return Inbound(event.id, payload if said or not text else text), None

    async def _more(self, address: Address, payload: str) -> tuple[dict[str, str], ...]:
        """The further choices that a "More" of ours asks for."""
        place = payload.removeprefix(rendering.MORE)
        if place == payload or not (place.isascii() and place.isdigit() and len(place) < 10):
            return ()
        said = await self._look_up(_said_at, address, int(place))
        return tuple(dict(button) for button in rendering.beyond(said)) if said else ()

    async def _fixed(
        self, address: Address, name: str, buttons: tuple[dict[str, str], ...] | None = None
    ) -> AtOnce | None:
        talk = await self._look_up(windows.talk_with, address)
        if talk and talk.owner == windows.STAFF:
            return None
        line = approved.fixed(self._reception.core, name, CHANNEL)
        if buttons is not None:
            line = Line(line.text, buttons=buttons, response=name)
        return lambda _: Outcome([line], aside=name != GREETING)  # a form stays where it was

    async def _look_up(self, work: Callable[[Core, *Args], T], *args: *Args) -> T:
        core = self._reception.core
        return await self._threads.within(core.settings.storage_timeout_seconds, work, core, *args)

    def _ignored(self, why: str) -> None:
        self._reception.ignored(CHANNEL, why)


def _said_at(core: Core, address: Address, seq: int) -> Said | None:
    """A line that was said to this person."""
    talk = windows.talk_with(core, address)
    lines = conversations.history(core, talk.id, after=seq - 1) if talk else []
    return next((said for said in lines if said.seq == seq and said.author != "visitor"), None)


def _offered(core: Core, address: Address, payload: str) -> bool:
    """Was this person offered a button that says these words?"""
    talk = windows.talk_with(core, address)
    lines = conversations.history(core, talk.id) if talk else []
    return any(button.get("payload") == payload for said in lines for button in said.buttons)


async def _read(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            break
    return body
