"""The client for the assistant (Rasa), which is private and may be away at any time."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel, ConfigDict, ValidationError

from care import wording
from care.errors import CareError
from care.settings import Settings

CONNECT_SECONDS = 1.0
ANSWER_LIMIT = 1024 * 1024


class AssistantDownError(CareError):
    """The assistant did not answer, or could not finish the turn. The message may be sent again."""


@dataclass(frozen=True)
class Question:
    """One message for the assistant; `label` is that of a button it offered itself.

    `previous` is the label of the topic that was answered last, `request` how this conversation's
    call-back request stands, if it has one: `open` or `over`. `doubted`: danger was denied there,
    so the assistant must be certain of it.
    """

    conversation: str
    channel: str
    id: str
    text: str
    label: str | None = None
    expects: str | None = None
    previous: str | None = None
    request: str | None = None
    doubted: bool = False


class Known(BaseModel):
    """Metadata of a text that the gateway acts on; more may stand beside it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")

    expects: str | None = None
    forgets: bool = False
    sources: list[str] | None = None


class Reply(BaseModel):
    """One answer in approved words, placeholders and references not yet filled."""

    model_config = ConfigDict(frozen=True)

    text: str
    buttons: tuple[dict[str, str], ...] = ()
    response: str | None = None
    metadata: Known = Known()


@dataclass(frozen=True)
class Answer:
    """What the assistant understood and says; `beside` are topics that may have been meant.

    `unclear`: no danger, but it might be the hint of one.
    """

    label: str
    replies: tuple[Reply, ...]
    beside: tuple[str, ...] = ()
    unclear: bool = False


class _Parse(BaseModel):
    label: str
    beside: tuple[str, ...] = ()
    unclear: bool = False


class _Wire(BaseModel):
    parse: _Parse
    replies: tuple[Reply, ...]


class Assistant:
    """One message at a time per conversation; the caller sees to that."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None):
        self._seconds = settings.assistant_timeout_seconds  # for the whole, however it trickles in
        timeout = httpx.Timeout(self._seconds, connect=CONNECT_SECONDS)
        token = settings.assistant_token.get_secret_value()
        self._client = httpx.AsyncClient(
            base_url=f"{settings.assistant_url}/webhooks/guide",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            transport=transport or AiohttpTransport(),
        )

    async def ask(self, question: Question) -> Answer:
        """Raises AssistantDownError when there is no usable answer."""
        content = await self._send("POST", "/messages", vars(question))
        if content.get("failed"):
            raise AssistantDownError("the turn failed")
        answer = _read(content)
        if not (answer.replies or answer.label.startswith("crisis/")):
            raise AssistantDownError("the turn failed")
        return answer

    async def hear(self, question: Question) -> str:
        """The label of a message that only has to be understood. Raises AssistantDownError."""
        body = {"text": question.text, "expects": None, "previous": question.previous}
        content = await self._send("POST", "/parse", body)
        return _read({**content, "replies": []}).label

    async def forget(self, conversation: str) -> None:
        """Deletes what the assistant keeps of a conversation. Raises AssistantDownError."""
        await self._send("DELETE", f"/conversations/{conversation}")

    async def ready(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return bool((await self._send("GET", "/health")).get("ready"))
        except (AssistantDownError, TimeoutError):
            return False

    async def close(self) -> None:
        await self._client.aclose()

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._seconds):
                content = json.loads(await self._bytes(method, path, body) or b"{}")
        except (httpx.HTTPError, ValueError, RecursionError, TimeoutError) as error:
            raise AssistantDownError(type(error).__name__) from None
        if not isinstance(content, dict):
            raise AssistantDownError("garbled answer")
        return content

    async def _bytes(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        """The whole answer; one that never ends is cut off."""
        read = b""
        async with self._client.stream(method, path, json=body) as response:
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                read += chunk
                if len(read) > ANSWER_LIMIT:
                    raise AssistantDownError("endless answer")
        return read


def _read(content: dict[str, Any]) -> Answer:
    try:
        wire = _Wire.model_validate(content)
    except ValidationError:
        raise AssistantDownError("garbled answer") from None
    label = wire.parse.label
    if label.startswith("crisis/") and not wording.known(f"utter_{label}"):
        raise AssistantDownError("unknown danger")
    return Answer(label, wire.replies, wire.parse.beside, wire.parse.unclear)
