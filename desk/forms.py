"""The fields of a posted form."""

from urllib.parse import parse_qs

from starlette.requests import Request

LIMIT = 16 * 1024


async def form(request: Request) -> dict[str, str]:
    """The form's first values. The body is read once and kept by the request."""
    body = await request.body()
    text = body[:LIMIT].decode("utf-8", "replace")
    return {key: values[0] for key, values in parse_qs(text).items()}
