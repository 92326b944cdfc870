"""Meta's signatures: of a webhook over its raw body, and of a request to delete data."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

HEADER = "X-Hub-Signature-256"
PREFIX = "sha256="
ALGORITHM = "HMAC-SHA256"


def sign(secret: str, body: bytes) -> str:
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_valid(secret: str, body: bytes, given: str | None) -> bool:
    """In constant time."""
    return same(sign(secret, body), given)


def same(known: str, given: str | None) -> bool:
    """In constant time; an empty secret is like nothing."""
    return bool(known) and hmac.compare_digest(known.encode(), _bytes(given))


def signed_request(secret: str, given: str) -> dict[str, Any] | None:
    """What a `signed_request` says; None if Meta did not sign it."""
    signature, _, payload = given.partition(".")
    known = hmac.new(secret.encode(), _bytes(payload), hashlib.sha256).digest()
    said = _decoded(signature)
    if said is None or not hmac.compare_digest(known, said):
        return None
    try:
        content = json.loads(_decoded(payload) or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or str(content.get("algorithm")).upper() != ALGORITHM:
        return None
    return content


def _decoded(text: str) -> bytes | None:
    """Base64 for addresses, whose padding Meta leaves out."""
    try:
        return base64.b64decode(_bytes(text + "=" * (-len(text) % 4)), altchars=b"-_")
    except (binascii.Error, ValueError):
        return None


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "replace")
