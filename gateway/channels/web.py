"""The web channel: sessions, messages in, events out. Documented in `docs/api.md`."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from care import conversations, safety, wording
from care.db import Core
from care.errors import StorageDownError, UnknownConversationError
from care.transcript import Inbound, Said
from gateway import rendering
from gateway.errors import RefusedError
from gateway.hub import Hub, Listener
from gateway.limits import RateLimits
from gateway.turns import Turns

CHANNEL = "web"
TEXT_LIMIT = 6000
SCREENED_AT_ONCE = 300
BODY_LIMIT = 64 * 1024
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEARTBEAT_SECONDS = 15
STREAMS_PER_CONVERSATION = 6


class WebChannel:
    """Serves visitors in a browser. A token is the session; guessing one shows nothing."""

    def __init__(self, core: Core, turns: Turns, hub: Hub, limits: RateLimits):
        self.core, self.turns, self.hub, self.limits = core, turns, hub, limits
        secret = core.settings.session_key.get_secret_value()
        self._tokens = URLSafeSerializer(secret, salt="web-session")

    def routes(self) -> list[Route]:
        return [
            Route("/chat/sessions", self.start, methods=["POST"]),
            Route("/chat/session", self.end, methods=["DELETE"]),
            Route("/chat/messages", self.receive, methods=["POST"]),
            Route("/chat/history", self.history, methods=["GET"]),
            Route("/chat/events", self.events, methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        if not self.limits.session(_address(request)):
            raise self._limited()
        greeting = [rendering.fixed(self.core, "utter_start", CHANNEL)]
        try:
            conversation_id, said = await run_in_threadpool(
                conversations.start, self.core, CHANNEL, greeting
            )
        except StorageDownError:
            raise self._storage_down() from None
        token = self._tokens.dumps(conversation_id)
        return JSONResponse({"token": token, "messages": [_shown(s) for s in said]}, 201)

    async def end(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        await self._stored(conversations.end, conversation_id)
        self.hub.wake(conversation_id)
        return Response(status_code=204)

    async def receive(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        inbound = _inbound(await _json(request))
        finding = await _screened(inbound.text)
        if not finding and not self.limits.message(conversation_id, _address(request)):
            raise self._limited()
        try:
            await self.turns.receive(conversation_id, CHANNEL, inbound, finding)
        except UnknownConversationError:
            raise _unknown_session() from None
        except StorageDownError:
            if finding:
                danger = self.turns.danger(finding, CHANNEL)
                raise RefusedError(503, "not_stored", "not stored", danger.lines) from None
            raise self._storage_down() from None
        return JSONResponse({"id": inbound.external_id}, 202)

    async def history(self, request: Request) -> Response:
        conversation_id = self._conversation(request)
        said = await self._stored(conversations.news, conversation_id, 0)
        return JSONResponse({"messages": [_shown(s) for s in said]})

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
            typing = False
            while True:
                listener.woken.clear()
                said = listener.news(after)
                if said is None:
                    try:
                        said = await run_in_threadpool(
                            conversations.news, self.core, conversation_id, after
                        )
                    except (UnknownConversationError, StorageDownError):
                        return
                for each in said:
                    after = each.seq
                    yield {"event": "message", "id": str(each.seq), "data": _dumps(_shown(each))}
                if listener.typing != typing:
                    typing = listener.typing
                    yield {"event": "typing", "data": _dumps({"on": typing})}
                await _until_woken(listener, typing)

    def _conversation(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unknown_session()
        try:
            return str(self._tokens.loads(token))
        except BadSignature:
            raise _unknown_session() from None

    async def _stored(self, use_case: Any, conversation_id: str, *more: Any) -> Any:
        try:
            return await run_in_threadpool(use_case, self.core, conversation_id, *more)
        except UnknownConversationError:
            raise _unknown_session() from None
        except StorageDownError:
            raise self._storage_down() from None

    def _storage_down(self) -> RefusedError:
        line = rendering.fixed(self.core, "utter_trouble_storage", CHANNEL, author="system")
        return RefusedError(503, "not_stored", "Nothing can be stored right now.", [line])

    def _limited(self) -> RefusedError:
        return RefusedError(429, "slow_down", "Too many messages in a minute. Please wait a bit.")


async def _screened(text: str) -> safety.Finding | None:
    """A long text takes longer than others should wait for."""
    if len(text) > SCREENED_AT_ONCE:
        return await run_in_threadpool(safety.screen, text)
    return safety.screen(text)


async def _until_woken(listener: Listener, typing: bool) -> None:
    if listener.typing == typing:
        await listener.woken.wait()


async def _json(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedError(413, "too_long", "The message is too long.")
    try:
        content = json.loads(body)
    except ValueError:
        raise RefusedError(400, "not_json", "The body must be a JSON object.") from None
    if not isinstance(content, dict):
        raise RefusedError(400, "not_json", "The body must be a JSON object.")
    return content


def _inbound(content: dict[str, Any]) -> Inbound:
    message_id, text, button = content.get("id"), content.get("text"), content.get("button")
    if not (isinstance(message_id, str) and MESSAGE_ID.fullmatch(message_id)):
        raise RefusedError(400, "bad_id", "`id` must be 8 to 64 letters, digits, - or _.")
    if not isinstance(text, str) or not text.strip() or "\x00" in text:
        raise RefusedError(400, "bad_text", "`text` must be a text that is not empty.")
    if len(text) > TEXT_LIMIT:
        raise RefusedError(413, "too_long", f"A message may have {TEXT_LIMIT} characters.")
    if button is not None and not (isinstance(button, str) and len(button) <= 128):
        raise RefusedError(400, "bad_button", "`button` must be the payload of a button.")
    readable = text.encode("utf-8", "replace").decode()
    return Inbound(external_id=message_id, text=readable, button=button)


def _shown(said: Said) -> dict[str, Any]:
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
    return shown


def _dumps(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _unknown_session() -> RefusedError:
    return RefusedError(401, "unknown_session", "This chat session is not known. Start a new one.")
