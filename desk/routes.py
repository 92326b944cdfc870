"""The desk: staff sign in, see the tickets and open one."""

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care import alerts, staff, ticket_access, tickets
from care.db import Core, now
from care.errors import StorageDownError
from care.staff import SignedIn
from desk.attention import Attention
from desk.chat_page import ChatPage
from desk.forms import form
from desk.live import Live
from desk.ticket_page import TicketPage, row

COOKIE = "desk"
TICKET = "/desk/tickets/{number}"
HERE = Path(__file__).parent

Handler = Callable[[Request, SignedIn], Awaitable[Response]]


class SignInLimit(Protocol):
    """May this address try to sign in once more?"""

    def sign_in(self, address: str) -> bool: ...


class Desk:
    """Server-rendered pages under `/desk`."""

    def __init__(self, core: Core, limits: SignInLimit, live: Live):
        self.core, self.limits, self.live = core, limits, live
        self._templates = Jinja2Templates(directory=HERE / "templates")

    def routes(self) -> list[Route | Mount]:
        attention, chat = Attention(self.core), ChatPage(self.core, self.live)
        ticket = TicketPage(self.core, self._page, chat)
        chat_step = self._for_staff(chat.step(ticket.show))
        pulse = self._for_staff(attention.pulse, acts=False)
        return [
            Mount("/desk/static", StaticFiles(directory=HERE / "static")),
            Route("/desk", self._for_staff(self.tickets), methods=["GET"]),
            Route("/desk/login", self.login, methods=["GET", "POST"]),
            Route("/desk/logout", self._for_staff(self.logout), methods=["POST"]),
            Route("/desk/duty", self._for_staff(attention.duty), methods=["POST"]),
            Route("/desk/pulse", pulse, methods=["GET"]),
            Route(TICKET, self._for_staff(ticket.show), methods=["GET"]),
            Route(f"{TICKET}/reveal", self._for_staff(ticket.reveal), methods=["POST"]),
            Route(f"{TICKET}/chat/events", self._for_staff(chat.events, acts=False)),
            Route(f"{TICKET}/chat/{{step}}", chat_step, methods=["POST"]),
            Route(f"{TICKET}/{{step}}", self._for_staff(ticket.step), methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """The form's token is double-submitted: nobody else can sign a browser in."""
        if request.method == "GET":
            return self._login_page(request)
        given = await form(request)
        if not _same(given.get("csrf_token"), request.cookies.get(f"{COOKIE}_form")):
            return self._login_page(request, "Please try again.", 403)
        if not self.limits.sign_in(request.client.host if request.client else "unknown"):
            return self._login_page(request, "Too many tries. Please wait a minute.", 429)
        token = await run_in_threadpool(
            staff.sign_in, self.core, given.get("username", ""), given.get("password", "")
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
        lost = await run_in_threadpool(alerts.undelivered, self.core)
        rows = [row(ticket_access.masked(ticket)) for ticket in found]
        return self._page(request, user, "desk_tickets.html", tickets=rows, undelivered=lost)

    def _for_staff(
        self, handler: Handler, *, acts: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        """Signed in, and for a change with the session's own token in the form.

        What a page does by itself is no act of its user.
        """

        async def checked(request: Request) -> Response:
            try:
                cookie = request.cookies.get(COOKIE, "")
                user = await run_in_threadpool(staff.signed_in, self.core, cookie, acts=acts)
                if user is None:
                    return RedirectResponse("/desk/login", 303)
                if request.method == "POST":
                    token = (await form(request)).get("csrf_token")
                    if not _same(token, user.csrf_token):
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

    def _page(
        self,
        request: Request,
        user: SignedIn,
        template: str,
        *,
        status_code: int = 200,
        **values: Any,
    ) -> Response:
        on_duty = user.on_duty_until is not None and user.on_duty_until > now()
        values |= {"user": user, "csrf_token": user.csrf_token, "on_duty": on_duty}
        return self._templates.TemplateResponse(request, template, values, status_code)

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        secure = self.core.settings.mode == "production"
        response.set_cookie(
            name, value, path="/desk", httponly=True, samesite="strict", secure=secure
        )


def _same(given: str | None, expected: str | None) -> bool:
    return bool(given and expected) and hmac.compare_digest(
        (given or "").encode(), (expected or "").encode()
    )
