"""The web channel: sessions, messages in, events out. Documented in `docs/api.md`."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from care import conversations, crisis, language, my_data, ratings, retention, wording
from care.db import Core
from care.errors import StorageDownError, UnknownConversationError
from care.transcript import Said
from gateway import rendering, widget
from gateway.channels import bodies
from gateway.errors import RefusedError
from gateway.hub import Hub, Listener
from gateway.limits import RateLimits
from gateway.screening import Screening
from gateway.threads import Threads
from gateway.tokens import Tokens
from gateway.turns import Turns
from gateway.typing_signs import Typing

CHANNEL = "web"
EXPORT_NAME = "my-chat.txt"
HEARTBEAT_SECONDS = 15
STREAMS_PER_CONVERSATION = 6
VISITOR = Typing("visitor")


class WebChannel:
    """Serves visitors in a browser. A token is the session; guessing one shows nothing."""

    def __init__(self, core: Core, turns: Turns, hub: Hub, limits: RateLimits):
        self.core, self.turns, self.hub, self.limits = core, turns, hub, limits
        self._threads, self._screening = Threads(), Screening()
        self._tokens = Tokens(core.settings)

    def routes(self) -> list[Route]:
        return [
            Route("/chat/sessions", self.start, methods=["POST"]),
            Route("/chat/session", self.end, methods=["DELETE"]),
            Route("/chat/messages", self.receive, methods=["POST"]),
            Route("/chat/typing", self.typing, methods=["POST"]),
            Route("/chat/history", self.history, methods=["GET"]),
            Route("/chat/history", self.forget, methods=["DELETE"]),
            Route("/chat/ratings", self.rate, methods=["PUT"]),
            Route("/chat/texts/{language}", self.texts, methods=["GET"]),
            Route("/chat/export", self.export, methods=["GET"]),
            Route("/chat/events", self.events, methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        if not self.limits.session(_address(request)):
            raise self._limited()
        greeting = [rendering.fixed(self.core, "utter_start", CHANNEL)]
        try:
            conversation_id, said = await self._in_time(conversations.start, CHANNEL, greeting)
        except StorageDownError:
            raise self._storage_down() from None
        token = self._tokens.issue(conversation_id, request.state.site)
        return JSONResponse({"token": token, "messages": [_shown(s) for s in said]}, 201)

    async def end(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        await self._stored(conversations.end, conversation_id)
        self.hub.wake(conversation_id)
        return Response(status_code=204)

    async def receive(self, request: Request) -> Response:
        body = await bodies.read(request)
        try:
            conversation_id = self._conversation(request)
            inbound = bodies.inbound(body)
        except RefusedError as refused:
            raise await self._screened_too(refused, bodies.words(body)) from None
        finding = await self._screening.danger_in(inbound.text)
        if not finding and len(inbound.text) > bodies.TEXT_LIMIT:
            raise bodies.too_long()
        if not finding and not self.limits.message(conversation_id, _address(request)):
            raise self._limited()
        kept = replace(inbound, text=inbound.text[: bodies.TEXT_LIMIT])
        try:
            await self.turns.receive(conversation_id, CHANNEL, kept, finding)
        except UnknownConversationError:
            raise await self._screened_too(_unknown_session(), inbound.text) from None
        except StorageDownError:
            raise await self._screened_too(self._storage_down(inbound.text), inbound.text) from None
        return JSONResponse({"id": inbound.external_id}, 202)

    async def typing(self, request: Request) -> Response:
        """The visitor writes: a person who has the chat sees that. Nothing is read or stored."""
        conversation_id = self._conversation(request)
        if self.limits.typing(conversation_id):
            self.hub.types(conversation_id, VISITOR)
        return Response(status_code=204)

    async def _screened_too(self, refused: RefusedError, text: str) -> RefusedError:
        """Whatever a message is refused for, danger in it is answered."""
        finding = await self._screening.danger_in(text)
        if finding is None:
            return refused
        lines = self.turns.danger(finding, CHANNEL).lines
        return RefusedError(refused.status, refused.code, refused.message, lines)

    async def history(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        said, ratings = await self._stored(_with_ratings, conversation_id)
        return JSONResponse({"messages": [_shown(s, ratings.get(s.seq)) for s in said]})

    async def forget(self, request: Request) -> Response:
        """Deletes all that was said, here and in the assistant; the session is over."""
        conversation_id = self._conversation(request)
        await self._stored(retention.forget, conversation_id, True)
        self.turns.leave_dialogue(conversation_id)
        self.hub.wake(conversation_id)
        return Response(status_code=204)

    async def rate(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        seq, helpful = bodies.rating(await bodies.read(request))
        if not await self._stored(ratings.keep, conversation_id, seq, helpful):
            raise RefusedError(404, "unknown_answer", "There is no answer to rate at this place.")
        return Response(status_code=204)

    async def texts(self, request: Request) -> Response:
        """What the chat window itself says, in another language."""
        found = widget.texts(self.core.settings, request.path_params["language"])
        if found is None:
            raise RefusedError(404, "unknown_language", "The window does not speak this language.")
        return JSONResponse(found)

    async def export(self, request: Request) -> Response:
        """Everything kept of this conversation, as a text file for whoever holds its token."""
        conversation_id = self._conversation(request)
        if not self.limits.message(conversation_id, _address(request)):
            raise self._limited()
        await self._stored(conversations.get, conversation_id)
        text = await self._stored(my_data.export, conversation_id)
        disposition = f'attachment; filename="{EXPORT_NAME}"'
        return PlainTextResponse(text, headers={"Content-Disposition": disposition})

    async def events(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        await self._stored(conversations.get, conversation_id)
        if self.hub.count(conversation_id) >= STREAMS_PER_CONVERSATION:
            raise RefusedError(429, "too_many_streams", "This chat is open too many times.")
        last = request.headers.get("last-event-id", "0")
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
        return EventSourceResponse(self._stream(conversation_id, after), ping=HEARTBEAT_SECONDS)

    async def _stream(self, conversation_id: str, after: int) -> AsyncIterator[dict[str, str]]:
        with self.hub.listen(conversation_id) as listener:
            typing = None
            while True:
                listener.woken.clear()
                while listener.notices:
                    notice = rendering.unstored([listener.notices.pop(0)])
                    yield {"event": "notice", "data": _dumps(notice)}
                said = listener.news(after)
                if said is None:
                    try:
                        said = await self._in_time(conversations.news, conversation_id, after)
                    except (UnknownConversationError, StorageDownError):
                        return
                # Before the message: what went afterwards would move it under a finger.
                if listener.typing != typing:
                    typing = listener.typing
                    yield {"event": "typing", "data": _dumps(_sign(typing))}
                for each in said:
                    after = each.seq
                    yield {"event": "message", "id": str(each.seq), "data": _dumps(_shown(each))}
                await _until_woken(listener, typing)

    def _conversation(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unknown_session()
        conversation_id = self._tokens.conversation(token, request.state.site)
        if conversation_id is None:
            raise _unknown_session()
        return conversation_id

    async def _stored(self, use_case: Any, conversation_id: str, *more: Any) -> Any:
        try:
            return await self._in_time(use_case, conversation_id, *more)
        except UnknownConversationError:
            raise _unknown_session() from None
        except StorageDownError:
            raise self._storage_down() from None

    async def _in_time(self, use_case: Any, *more: Any) -> Any:
        seconds = self.core.settings.storage_timeout_seconds
        return await self._threads.within(seconds, use_case, self.core, *more)

    def _storage_down(self, text: str = "") -> RefusedError:
        name = wording.translated(["utter_trouble_storage"], language.of(text) == "es")
        line = rendering.fixed(self.core, name, CHANNEL, author="system")
        return RefusedError(503, "not_stored", "Nothing can be stored right now.", [line])

    def _limited(self) -> RefusedError:
        return RefusedError(429, "slow_down", "Too many messages in a minute. Please wait a bit.")


async def _until_woken(listener: Listener, typing: Typing | None) -> None:
    if listener.typing == typing:
        await listener.woken.wait()


def _sign(typing: Typing | None) -> dict[str, Any]:
    known = {"by": typing.by, "name": typing.name} if typing else {}
    return {"on": typing is not None, **{key: value for key, value in known.items() if value}}


def _with_ratings(core: Core, conversation_id: str) -> tuple[list[Said], dict[int, bool]]:
    said = conversations.news(core, conversation_id, 0)
    return said, ratings.of(core, conversation_id)


def _shown(said: Said, helpful: bool | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seq": said.seq,
        "author": said.author,
        "text": said.text,
        "at": said.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if said.author == "visitor":
        shown["client_id"] = said.external_id
    if said.buttons:
        shown["buttons"] = list(said.buttons)
    if said.sources:
        shown["sources"] = wording.source_links(said.sources)
    if said.owner:
        shown["owner"] = said.owner
    if said.name:
        shown |= {"name": said.name, "role": said.role}
    if wording.is_spanish(said.response):
        shown["language"] = "es"
    if kind := crisis.kind_of(said.response):
        shown["danger"] = kind
    if ratings.takes(said):
        shown["rateable"] = True
    if helpful is not None:
        shown["helpful"] = helpful
    return shown


def _dumps(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _unknown_session() -> RefusedError:
    return RefusedError(401, "unknown_session", "This chat session is not known. Start a new one.")
