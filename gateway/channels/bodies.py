"""The body of a message from a browser: read up to a limit, checked, searched for words."""

import json
import re
from typing import Any

from starlette.requests import Request

from care.transcript import Inbound
from gateway.errors import RefusedError

TEXT_LIMIT = 6000
BODY_LIMIT = 64 * 1024
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
ESCAPED = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])')


async def read(request: Request) -> bytes:
    """The body, or its beginning if it is longer than it may be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            break
    return body[: BODY_LIMIT + 1]


def words(body: bytes) -> str:
    """What may be text in a body that is refused, cut off or no JSON: enough to see danger."""
    return ESCAPED.sub(
        lambda found: str(json.loads(f'"{found[0]}"')), body.decode(errors="replace")
    )


def inbound(body: bytes) -> Inbound:
    """The message; its text may still be too long. Raises RefusedError."""
    if len(body) > BODY_LIMIT:
        raise too_long()
    content = _object(body)
    message_id, text, button = content.get("id"), content.get("text"), content.get("button")
    if not (isinstance(message_id, str) and MESSAGE_ID.fullmatch(message_id)):
        raise RefusedError(400, "bad_id", "`id` must be 8 to 64 letters, digits, - or _.")
    if not isinstance(text, str) or not text.strip() or "\x00" in text:
        raise RefusedError(400, "bad_text", "`text` must be a text that is not empty.")
    if button is not None and not (isinstance(button, str) and len(button) <= 128):
        raise RefusedError(400, "bad_button", "`button` must be the payload of a button.")
    readable = text.encode("utf-8", "replace").decode()
    return Inbound(external_id=message_id, text=readable, button=button)


def rating(body: bytes) -> tuple[int, bool]:
    """Which answer, and whether it helped. Raises RefusedError."""
    if len(body) > BODY_LIMIT:
        raise too_long()
    content = _object(body)
    seq, helpful = content.get("seq"), content.get("helpful")
    if type(seq) is not int or not 0 < seq < 2**31 or not isinstance(helpful, bool):
        raise RefusedError(400, "bad_rating", "`seq` must be a number, `helpful` true or false.")
    return seq, helpful


def too_long() -> RefusedError:
    return RefusedError(413, "too_long", f"A message may have {TEXT_LIMIT} characters.")


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RefusedError(400, "not_json", "The body must be a JSON object.")
    return content
