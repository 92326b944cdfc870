"""What a page of a development machine posts."""

import json
from typing import Any

from starlette.requests import Request

BODY_LIMIT = 64 * 1024


async def asked(request: Request) -> dict[str, Any]:
    """Its JSON object; empty if it is none."""
    body = await request.body()
    try:
        content = json.loads(body[:BODY_LIMIT])
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {}
