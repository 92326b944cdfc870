"""Which sites may talk to the chat from a visitor's browser: the guide's own and those listed."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from care.settings import Settings
from gateway.errors import RefusedError

CHAT = "/chat/"
PREFLIGHT_SECONDS = 7200
OWN = ""  # the guide's own pages, and whatever is no browser


class SiteOrigins:
    """Refuses a browser that is on another site; tells the chat from which one a request comes."""

    def __init__(self, app: ASGIApp, settings: Settings):
        self._app = app
        self._listed = settings.site_origins
        self._own = settings.public_url and _origin(settings.public_url)
        self._shared = CORSMiddleware(
            app,
            allow_origins=self._listed,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(CHAT):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        site = self._site(headers)
        if site is None:
            refused = RefusedError(403, "unknown_site", "This site may not use the guide.")
            return await refused.response()(scope, receive, send)
        scope.setdefault("state", {})["site"] = site
        await self._shared(scope, receive, send)

    def _site(self, headers: Headers) -> str | None:
        """Which of the listed sites; OWN for the guide's own; None for any other."""
        origin = headers.get("origin")
        if origin is None or origin == self._own:
            return OWN
        if origin in self._listed:
            return origin
        return OWN if urlsplit(origin).netloc == headers.get("host") else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
