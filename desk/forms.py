"""The fields of a posted form."""

from urllib.parse import parse_qs

from starlette.requests import Request

LIMIT = 64 * 1024  # a line in a chat fits in, however it is encoded


async def form(request: Request) -> dict[str, str]:
    """The form's first values. The body is read once, up to the limit, and kept by the request."""
    if not hasattr(request.state, "form"):
        text = (await _beginning(request)).decode("utf-8", "replace")
        request.state.form = {key: values[0] for key, values in parse_qs(text).items()}
    return dict(request.state.form)


async def _beginning(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            break
    return body[:LIMIT]
