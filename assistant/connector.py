"""Rasa's input channel for the gateway. The interface is described in `docs/architecture.md`."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import labels, turn

CHANNELS = ("web", "sms", "messenger")
TEXT_LIMIT = 6000
RANKING = 10

logger = logging.getLogger(__name__)


class Replies(OutputChannel):
    """Collects what the guide says; named as the person's channel, so that its variants are used."""

    def __init__(self, channel: str):
        self._name = channel
        self.said: list[dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]
        return self._name

    async def send_response(self, _recipient_id: str, message: dict[str, Any]) -> None:
        self.said.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "response": message.get("utter_action"),
                "metadata": message.get("metadata") or {},
            }
        )


class GuideInput(InputChannel):
    """Loopback only, one message at a time per conversation, with a token."""

    def __init__(self, token: str):
        self._token = token

    @classmethod
    def name(cls) -> str:
        return "guide"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "GuideInput":
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("credentials.yml: assistant.connector.GuideInput needs a token")
        return cls(str(token))

    def blueprint(self, _on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        guide = Blueprint("guide")
        guide.add_route(self._guarded(_health), "/health", methods=["GET"])
        guide.add_route(self._guarded(_message), "/messages", methods=["POST"])
        guide.add_route(self._guarded(_parse), "/parse", methods=["POST"])
        guide.add_route(
            self._guarded(_forget), "/conversations/<conversation:str>", methods=["DELETE"]
        )
        return guide

    def _guarded(self, handler: Callable[..., Awaitable[HTTPResponse]]) -> Any:
        async def guarded(request: Request, **path: str) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                return response.json({"error": "wrong token"}, 401)
            try:
                return await handler(request, **path)
            except BadRequestError as error:
                return response.json({"error": str(error)}, 400)
            except Exception as error:  # the edge: named in the log, without its words
                logger.error("request failed: %s", type(error).__name__)
                return response.json({"error": "internal error"}, 500)

        guarded.__name__ = handler.__name__
        return guarded


class BadRequestError(Exception):
    """The gateway asked for something that is not of the interface."""


async def _health(request: Request) -> HTTPResponse:
    agent = getattr(request.app.ctx, "agent", None)
    return response.json({"ready": bool(agent and agent.is_ready())})


async def _message(request: Request) -> HTTPResponse:
    body = _body(request, "conversation", "id", "text", channel=CHANNELS)
    agent = request.app.ctx.agent
    _watch_actions(agent)
    metadata = {"expects": body.get("expects")}
    parse = await _understood(agent, body["text"], body.get("label"), metadata)
    shown = _shown(parse)
    if labels.of(parse).startswith("crisis/"):
        return response.json({"replies": [], "parse": shown, "failed": False})
    replies = Replies(body["channel"])
    turn.begin()
    await agent.handle_message(
        UserMessage(
            text=body["text"],
            output_channel=replies,
            sender_id=body["conversation"],
            parse_data=parse,
            input_channel=body["channel"],
            message_id=body["id"],
            metadata=metadata,
        )
    )
    failed = turn.failed()
    said = [] if failed else replies.said
    return response.json({"replies": said, "parse": shown, "failed": failed})


async def _parse(request: Request) -> HTTPResponse:
    body = _body(request, "text")
    metadata = {"expects": body.get("expects")}
    parse = await _understood(request.app.ctx.agent, body["text"], None, metadata)
    return response.json({"parse": _shown(parse)})


async def _forget(request: Request, conversation: str) -> HTTPResponse:
    await request.app.ctx.agent.tracker_store.delete(conversation)
    return response.empty()


async def _understood(
    agent: Any, text: str, label: str | None, metadata: dict[str, Any]
) -> dict[str, Any]:
    if label is not None:
        if not labels.is_known(agent.domain, label):
            raise BadRequestError("unknown label")
        return labels.pressed(text, label)
    plain = text.lstrip("/ \n\t") or "."  # a leading slash is no command
    message = UserMessage(text=plain, metadata=metadata)
    parse: dict[str, Any] = await agent.processor.parse_message(message)
    return parse


def _watch_actions(agent: Any) -> None:
    processor = agent.processor
    if not isinstance(processor.action_endpoint, turn.ActionEndpoint):
        processor.action_endpoint = turn.ActionEndpoint.of(processor.action_endpoint)


def _body(request: Request, *texts: str, **choices: tuple[str, ...]) -> dict[str, Any]:
    body = request.json
    if not isinstance(body, dict):
        raise BadRequestError("the body must be a JSON object")
    for key in texts:
        if not isinstance(body.get(key), str) or not body[key].strip():
            raise BadRequestError(f"{key} must be a text")
    for key, allowed in choices.items():
        if body.get(key) not in allowed:
            raise BadRequestError(f"{key} must be one of {', '.join(allowed)}")
    for key in ("label", "expects"):
        if not isinstance(body.get(key), str | None):
            raise BadRequestError(f"{key} must be a text or null")
    if len(body["text"]) > TEXT_LIMIT:
        raise BadRequestError(f"text may have {TEXT_LIMIT} characters")
    return body


def _shown(parse: dict[str, Any]) -> dict[str, Any]:
    ranking = [
        {"label": entry["name"], "confidence": entry["confidence"]}
        for entry in parse.get("intent_ranking", [])[:RANKING]
    ]
    confidence = parse["intent"]["confidence"]
    return {"label": labels.of(parse), "confidence": confidence, "ranking": ranking}
