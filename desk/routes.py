"""The desk: staff sign in, see the tickets and move them on."""

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care import conversations, staff, tickets
from care.db import Core
from care.errors import StorageDownError
from care.staff import SignedIn
from care.tickets import TicketView

COOKIE = "desk"
FORM_LIMIT = 16 * 1024
HERE = Path(__file__).parent

Handler = Callable[[Request, SignedIn], Awaitable[Response]]


class SignInLimit(Protocol):
    """May this address try to sign in once more?"""

    def sign_in(self, address: str) -> bool: ...


class Desk:
    """Server-rendered pages under `/desk`."""

    def __init__(self, core: Core, limits: SignInLimit):
        self.core, self.limits = core, limits
        self._templates = Jinja2Templates(directory=HERE / "templates")

    def routes(self) -> list[Route | Mount]:
        return [
            Mount("/desk/static", StaticFiles(directory=HERE / "static")),
            Route("/desk", self._for_staff(self.tickets), methods=["GET"]),
            Route("/desk/login", self.login, methods=["GET", "POST"]),
            Route("/desk/logout", self._for_staff(self.logout), methods=["POST"]),
            Route("/desk/tickets/{number}", self._for_staff(self.ticket), methods=["GET"]),
            Route("/desk/tickets/{number}/status", self._for_staff(self.status), methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """The form's token is double-submitted: nobody else can sign a browser in."""
        if request.method == "GET":
            return self._login_page(request)
        form = await _form(request)
        if not _same(form.get("csrf_token"), request.cookies.get(f"{COOKIE}_form")):
            return self._login_page(request, "Please try again.", 403)
        if not self.limits.sign_in(request.client.host if request.client else "unknown"):
            return self._login_page(request, "Too many tries. Please wait a minute.", 429)
        token = await run_in_threadpool(
            staff.sign_in, self.core, form.get("username", ""), form.get("password", "")
        )
        if token is None:
            return self._login_page(request, "That name and password do not match.", 403)
        response = RedirectResponse("/desk", 303)
        self._set_cookie(response, COOKIE, token)
        return response

    async def logout(self, request: Request, user: SignedIn) -> Response:
        await run_in_threadpool(staff.sign_out, self.core, request.cookies[COOKIE])
        response = RedirectResponse("/desk/login", 303)
        response.delete_cookie(COOKIE, path="/desk")
        return response

    async def tickets(self, request: Request, user: SignedIn) -> Response:
        found = await run_in_threadpool(tickets.listed, self.core)
        return self._page(request, user, "desk_tickets.html", tickets=[_row(t) for t in found])

    async def ticket(self, request: Request, user: SignedIn) -> Response:
        found = await run_in_threadpool(tickets.find, self.core, request.path_params["number"])
        if found is None:
            return PlainTextResponse("There is no such ticket.", 404)
        messages = (
            await run_in_threadpool(conversations.history, self.core, found.conversation_id)
            if found.conversation_id
            else []
        )
        shown = {
            **_row(found),
            "consents": found.consents,
            "events": found.events,
            "messages": messages,
            "statuses": tickets.STATUSES,
        }
        return self._page(request, user, "desk_ticket.html", ticket=shown)

    async def status(self, request: Request, user: SignedIn) -> Response:
        number = request.path_params["number"]
        wanted = (await _form(request)).get("status", "")
        moved = await run_in_threadpool(
            tickets.set_status, self.core, number, wanted, user.username
        )
        if not moved:
            return PlainTextResponse("There is no such ticket or status.", 404)
        return RedirectResponse(f"/desk/tickets/{number}", 303)

    def _for_staff(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Signed in, and for a change with the session's own token in the form."""

        async def checked(request: Request) -> Response:
            try:
                user = await run_in_threadpool(
                    staff.signed_in, self.core, request.cookies.get(COOKIE, "")
                )
                if user is None:
                    return RedirectResponse("/desk/login", 303)
                if request.method == "POST":
                    given = (await _form(request)).get("csrf_token")
                    if not _same(given, user.csrf_token):
                        return PlainTextResponse("Please reload the page and try again.", 403)
                return await handler(request, user)
            except StorageDownError:
                return PlainTextResponse("The database cannot be reached. Nothing is lost.", 503)

        return checked

    def _login_page(self, request: Request, error: str = "", status: int = 200) -> Response:
        token = staff.new_form_token()
        page = self._templates.TemplateResponse(
            request, "desk_login.html", {"error": error, "csrf_token": token}, status_code=status
        )
        self._set_cookie(page, f"{COOKIE}_form", token)
        return page

    def _page(self, request: Request, user: SignedIn, template: str, **values: Any) -> Response:
        values |= {"user": user, "csrf_token": user.csrf_token}
        return self._templates.TemplateResponse(request, template, values)

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        secure = self.core.settings.mode == "production"
        response.set_cookie(
            name, value, path="/desk", httponly=True, samesite="strict", secure=secure
        )


async def _form(request: Request) -> dict[str, str]:
    """The form's first values. The body is read once and kept by the request."""
    body = await request.body()
    text = body[:FORM_LIMIT].decode("utf-8", "replace")
    return {key: values[0] for key, values in parse_qs(text).items()}


def _same(given: str | None, expected: str | None) -> bool:
    return bool(given and expected) and hmac.compare_digest(
        (given or "").encode(), (expected or "").encode()
    )


def _row(ticket: TicketView) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "priority": ticket.priority,
        "status": ticket.status,
        "created_at": ticket.created_at,
        **vars(ticket.details),
    }
