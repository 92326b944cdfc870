"""The fields of a posted form."""

from urllib.parse import parse_qs

from starlette.requests import Request

LIMIT = 64 * 1024  # a line in a chat fits in, however it is encoded


async def form(request: Request) -> dict[str, str]:
    """The form's first values. The body is read once and kept by the request."""
    body = await request.body()
    text = body[:LIMIT].decode("utf-8", "replace")
    return {key: values[0] for key, values in parse_qs(text).items()}
