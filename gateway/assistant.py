"""The client for the assistant (Rasa), which is private and may be away at any time."""

from dataclasses import dataclass
from typing import Any

import httpx

from care.errors import CareError
from care.settings import Settings

CONNECT_SECONDS = 1.0


class AssistantDownError(CareError):
    """The assistant did not answer, or could not finish the turn. The message may be sent again."""


@dataclass(frozen=True)
class Question:
    """One message for the assistant; `label` is that of a button it offered itself.

    `previous` is the label of the topic that was answered last.
    """

    conversation: str
    channel: str
    id: str
    text: str
    label: str | None = None
    expects: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Reply:
    """One answer in approved words, placeholders and references not yet filled."""

    text: str
    buttons: tuple[dict[str, str], ...]
    response: str | None
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the assistant understood and says; `beside` are topics that may have been meant.

    `unclear`: no danger, but it might be the hint of one.
    """

    label: str
    replies: tuple[Reply, ...]
    beside: tuple[str, ...] = ()
    unclear: bool = False


class Assistant:
    """One message at a time per conversation; the caller sees to that."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None):
        timeout = httpx.Timeout(settings.assistant_timeout_seconds, connect=CONNECT_SECONDS)
        token = settings.assistant_token.get_secret_value()
        self._client = httpx.AsyncClient(
            base_url=f"{settings.assistant_url}/webhooks/guide",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            transport=transport,
        )

    async def ask(self, question: Question) -> Answer:
        """Raises AssistantDownError when there is no usable answer."""
        content = await self._send("POST", "/messages", vars(question))
        try:
            answer = _read(content)
        except (KeyError, TypeError, AttributeError):
            raise AssistantDownError("garbled answer") from None
        if content.get("failed") or not (answer.replies or answer.label.startswith("crisis/")):
            raise AssistantDownError("the turn failed")
        return answer

    async def forget(self, conversation: str) -> None:
        """Deletes what the assistant keeps of a conversation. Raises AssistantDownError."""
        await self._send("DELETE", f"/conversations/{conversation}")

    async def ready(self) -> bool:
        try:
            return bool((await self._send("GET", "/health")).get("ready"))
        except AssistantDownError:
            return False

    async def close(self) -> None:
        await self._client.aclose()

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, json=body)
            response.raise_for_status()
            content = response.json() if response.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise AssistantDownError(type(error).__name__) from None
        if not isinstance(content, dict):
            raise AssistantDownError("garbled answer")
        return content


def _read(content: dict[str, Any]) -> Answer:
    replies = tuple(
        Reply(
            text=str(reply["text"]),
            buttons=tuple(reply.get("buttons") or ()),
            response=reply.get("response"),
            metadata=dict(reply.get("metadata") or {}),
        )
        for reply in content["replies"]
    )
    parse = content["parse"]
    beside = tuple(map(str, parse.get("beside") or ()))
    return Answer(str(parse["label"]), replies, beside, bool(parse.get("unclear")))
