"""How the desk's pages are shown to somebody who is signed in."""

from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from care.staff import SignedIn


class Render(Protocol):
    """The desk's way to show a template."""

    def __call__(
        self, request: Request, user: SignedIn, template: str, **values: Any
    ) -> Response: ...
