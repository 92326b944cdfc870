"""Meta's callback when somebody asks it for the deletion of what an app knows of them."""

import asyncio
import re
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from care import deletion_requests
from care.db import now
from care.errors import StorageDownError
from gateway import rendering
from gateway.assistant import AssistantDownError
from gateway.channels import bodies
from gateway.channels.channel import NotSentError
from gateway.channels.messenger import signature
from gateway.channels.messenger.account import Account
from gateway.channels.messenger.graph import Graph
from gateway.reception import Reception
from gateway.threads import Threads

CHANNEL = "messenger"
CALLBACK = "/channels/messenger/deletion"
STATUS = CALLBACK + "/{code}"
CODE = re.compile(r"[0-9a-f]{32}")
AT_ONCE_SECONDS = 5.0
WORDS = {
    deletion_requests.PENDING: "utter_deletion/pending",
    deletion_requests.DONE: "utter_deletion/done",
}

log = structlog.get_logger()


class Deletion:
    """Meta names a person by the app's id; the Page's id of the same person is asked for."""

    def __init__(self, account: Account, reception: Reception, graph: Graph):
        self._account, self._reception, self._graph = account, reception, graph
        self._core, self._threads = reception.core, Threads(4)
        self._seconds = self._core.settings.storage_timeout_seconds

    async def ask(self, request: Request) -> Response:
        """Stored first; what cannot be done at once is tried again until it is."""
        user = self._user(await bodies.read(request))
        if user is None:
            self._reception.ignored(CHANNEL, "bad_signed_request")
            return Response(status_code=403)
        try:
            code, asked = await self._threads.within(
                self._seconds, deletion_requests.ask, self._core, CHANNEL, user
            )
        except StorageDownError:
            return Response(status_code=503)
        try:
            async with asyncio.timeout(AT_ONCE_SECONDS):
                await self._carry_out(asked)
        except (TimeoutError, StorageDownError):
            log.warning("deletion_put_off", request=asked.id)
        url = f"{self._account.public_url}{CALLBACK}/{code}"
        return JSONResponse({"url": url, "confirmation_code": code})

    async def status(self, request: Request) -> Response:
        code = request.path_params["code"]
        if not CODE.fullmatch(code):
            return Response(status_code=404)
        try:
            state = await self._threads.within(
                self._seconds, deletion_requests.state, self._core, code
            )
        except StorageDownError:
            return Response(status_code=503)
        if state is None:
            return Response(status_code=404)
        return PlainTextResponse(rendering.fixed(self._core, WORDS[state], CHANNEL).text)

    async def go_on(self) -> None:
        """Does what is still to be done. Raises StorageDownError."""
        for asked in await self._threads.run(deletion_requests.waiting, self._core, CHANNEL):
            await self._carry_out(asked)

    async def _carry_out(self, asked: deletion_requests.Request) -> None:
        persons, certain = await self._persons(asked)
        for person in persons:
            gone = await self._threads.run(deletion_requests.erase, self._core, CHANNEL, person)
            for conversation_id in gone:
                await self._forget(conversation_id)
        if certain:
            await self._threads.run(deletion_requests.done, self._core, asked, now())

    async def _persons(self, asked: deletion_requests.Request) -> tuple[set[str], bool]:
        """Whom it may be about, and whether Meta could be asked."""
        if not self._account.app:
            return {asked.person}, True
        try:
            return {asked.person, *await self._graph.persons_of(asked.person)}, True
        except NotSentError as error:
            log.warning("person_not_looked_up", request=asked.id, why=str(error))
            return {asked.person}, error.final

    async def _forget(self, conversation_id: str) -> None:
        """What the assistant keeps goes with the chat's row at the latest."""
        try:
            await self._reception.turns.assistant.forget(conversation_id)
        except AssistantDownError as error:
            log.warning("not_forgotten_yet", conversation=conversation_id, why=str(error))

    def _user(self, body: bytes) -> str | None:
        """The id of who asks, if Meta signed it."""
        try:
            fields = parse_qs(
                body[: bodies.BODY_LIMIT].decode("ascii", "replace"), max_num_fields=20
            )
        except ValueError:
            return None
        given = fields.get("signed_request", [""])[0]
        content = signature.signed_request(self._account.secret, given)
        user = content.get("user_id") if content else None
        is_id = isinstance(user, str) and user.isascii() and user.isdigit() and len(user) <= 32
        return str(user) if is_id else None
