"""Rasa's input channel "guide": the gateway's only way in, on loopback, with a token.

POST messages and parse, DELETE conversations/<id>, GET health; see docs/architecture.md.
"""

import asyncio
import hmac
import itertools
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as answer

from assistant import parse_data, repeated
from assistant.channel import Replies
from assistant.engine import GuideAgent, TurnFailedError
from assistant.labels import is_crisis, is_topic
from assistant.requests import (
    BadRequestError,
    Question,
    conversation_in,
    parse_in,
    question_in,
)

log = structlog.get_logger()

Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


class GuideInput(InputChannel):
    def __init__(self, token: str):
        self._token = token.encode()
        # Rasa's own lock is polled once a second; the gateway sends one message at a time anyway.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        return "guide"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "GuideInput":
        token = (credentials or {}).get("token")
        if not isinstance(token, str) or not token or token.startswith("${"):
            raise RasaException("GUIDE_ASSISTANT_TOKEN is not set")
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("guide")
        routes: list[tuple[str, str, Handler]] = [
            ("POST", "/messages", self._messages),
            ("POST", "/parse", self._parse),
            ("DELETE", "/conversations/<conversation:str>", self._forget),
            ("GET", "/health", self._health),
        ]
        for method, path, handler in routes:
            name = handler.__name__.strip("_")
            blueprint.add_route(self._guarded(handler), path, methods=[method], name=name)
        return blueprint

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request, **parts: str) -> HTTPResponse:
            if not self._knows(request.headers.get("authorization", "")):
                return answer({"error": "unknown token"}, 401)
            try:
                return await handler(request, **parts)
            except BadRequestError as error:
                return answer({"error": str(error)}, 400)

        return guarded

    def _knows(self, header: str) -> bool:
        kind, _, token = header.partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(token.encode(), self._token)

    async def _messages(self, request: Request) -> HTTPResponse:
        question, agent = question_in(_body(request)), _agent(request)
        lock = self._turns.setdefault(question.conversation, asyncio.Lock())
        async with lock:
            return answer(await _turn(agent, question))

    async def _parse(self, request: Request) -> HTTPResponse:
        data = _agent(request).processor.understand(*parse_in(_body(request)))
        return answer({"parse": parse_data.summary(data)})

    async def _forget(self, request: Request, conversation: str) -> HTTPResponse:
        await _agent(request).tracker_store.delete(conversation_in(conversation))
        return empty()

    async def _health(self, request: Request) -> HTTPResponse:
        ready = _agent(request).is_ready()
        return answer({"ready": ready}, 200 if ready else 503)


async def _turn(agent: GuideAgent, question: Question) -> dict[str, Any]:
    if question.label:
        data = parse_data.pressed(question.label, question.text)
    else:
        data = agent.processor.understand(question.text, question.context)
    parse = parse_data.summary(data)
    if is_crisis(parse["label"]):  # the gateway owns these replies
        return {"replies": [], "parse": parse, "failed": False}
    turns = [data]
    if parse["second"]:
        turns.append(parse_data.pressed(parse["second"], question.text))
    replies = await _all_ran(agent, question, turns)
    if replies and parse["second"] and is_topic(parse["second"]):
        replies.join()
    said = replies.collected if replies else []
    return {"replies": said, "parse": parse, "failed": replies is None}


async def _all_ran(
    agent: GuideAgent, question: Question, turns: list[dict[str, Any]]
) -> Replies | None:
    """What was said in all turns, in those finished before too; None if one failed."""
    replies = Replies(question.channel)
    stored = await agent.tracker_store.stored(question.conversation) or []
    before = repeated.finished(stored, question.id)[: len(turns)]
    for said in itertools.chain.from_iterable(before):
        await replies.send_response(question.conversation, said)
    for data in turns[len(before) :]:
        if not await _ran(agent, question, data, replies):
            return None
    return replies


async def _ran(
    agent: GuideAgent, question: Question, data: dict[str, Any], replies: Replies
) -> bool:
    message = UserMessage(
        text=question.text,
        output_channel=replies,
        sender_id=question.conversation,
        parse_data=data,
        input_channel=question.channel,
        message_id=question.id,
    )
    who = {"conversation": question.conversation, "message_id": question.id}
    try:
        await agent.processor.turn(message)
    except TurnFailedError as error:
        log.error("turn_failed", action=error.action, why=error.why, **who)
        return False
    except Exception as error:  # noqa: BLE001  (the edge: named, without the words it may quote)
        log.error("turn_failed", why=type(error).__name__, **who)
        return False
    return True


def _agent(request: Request) -> GuideAgent:
    agent: GuideAgent = request.app.ctx.agent
    return agent


def _body(request: Request) -> object:
    try:
        return json.loads(request.body)
    except ValueError:
        raise BadRequestError("the body is not JSON") from None
