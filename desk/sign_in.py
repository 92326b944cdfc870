"""Signing in, in one step or two, and joining with a link: open to who is signed out."""

import hmac
from typing import Protocol

import structlog
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from care import staff, staff_admin
from care.db import Core
from care.errors import CodeNeededError, SignInExpiredError, StaffError
from care.settings import Settings
from desk.forms import form

COOKIE, FORM_COOKIE, BROWSER_COOKIE = "desk", "desk_form", "desk_browser"
KNOWN_SECONDS = 90 * 24 * 3600
TOO_MANY = (
    "Too many tries. Please wait a quarter of an hour, or use a browser you have used before."
)
WRONG = "That name and password do not match."

log = structlog.get_logger()


class SignInLimit(Protocol):
    """May this be tried once more? `browser` is one that its user has signed in with before."""

    def sign_in(self, address: str) -> bool: ...

    def password(self, name: str, browser: str) -> bool: ...

    def code(self, user: str, browser: str) -> bool: ...


class SignIn:
    """A form's token is double-submitted: nobody else can sign a browser in."""

    def __init__(self, core: Core, limits: SignInLimit, templates: Jinja2Templates):
        self.core, self.limits, self._templates = core, limits, templates
        key = core.settings.session_key.get_secret_value()
        self._browsers = URLSafeSerializer(key, salt="desk-browser")

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self._login(request)
        given = await form(request)
        name, password = given.get("username", ""), given.get("password", "")
        refused = await self._refused(request) or self._too_many(request, name)
        if refused:
            return self._login(request, *refused)
        try:
            token = await run_in_threadpool(staff.sign_in, self.core, name, password)
        except CodeNeededError as needed:
            return self._code_page(request, needed.half)
        if token is None:
            log.warning("sign_in_refused", why="password")
            return self._login(request, WRONG, 403)
        return self._welcome(request, name, token)

    async def code(self, request: Request) -> Response:
        """The second step; `half` in its form proves the first."""
        given = await form(request)
        half, code = given.get("half", ""), given.get("code", "")
        refused = await self._refused(request)
        if refused:
            return self._login(request, *refused)
        try:
            name = staff.read_half(self.core, half).username
            if not self.limits.code(name, self._known_browser(request, name)):
                return self._login(request, TOO_MANY, 429)
            token = await run_in_threadpool(staff.sign_in_with_code, self.core, half, code)
        except SignInExpiredError:
            return self._login(request, "That took too long. Please sign in again.", 403)
        if token is None:
            log.warning("sign_in_refused", why="code")
            return self._code_page(request, half, "That code does not match.", 403)
        return self._welcome(request, name, token)

    async def join(self, request: Request) -> Response:
        link = request.path_params["token"]
        if request.method == "GET":
            return await self._join_page(request, link)
        given = await form(request)
        refused = await self._refused(request)
        if refused:
            return await self._join_page(request, link, *refused)
        password = given.get("password", "")
        if password != given.get("again", ""):
            return await self._join_page(request, link, "The two passwords are not alike.", 409)
        try:
            await run_in_threadpool(
                staff_admin.accept, self.core, link, given.get("username", ""), password
            )
        except StaffError as error:
            return await self._join_page(request, link, str(error), 409)
        return RedirectResponse("/desk/login?joined=yes", 303)

    async def _refused(self, request: Request) -> tuple[str, int] | None:
        """What every try is held to, before anything is looked up."""
        token = (await form(request)).get("csrf_token")
        if not same(token, self._given(request, FORM_COOKIE)):
            return "Please try again.", 403
        if not self.limits.sign_in(request.client.host if request.client else "unknown"):
            log.warning("sign_in_refused", why="address")
            return TOO_MANY, 429
        return None

    def _too_many(self, request: Request, name: str) -> tuple[str, int] | None:
        """Counted for a name that nobody has, too: it tells nothing about who there is."""
        browser = self._known_browser(request, name)
        if self.limits.password(_folded(name), browser):
            return None
        log.warning("sign_in_refused", why="account")
        return TOO_MANY, 429

    def _known_browser(self, request: Request, name: str) -> str:
        """Who guesses from elsewhere uses up tries of their own, not those of this browser."""
        try:
            user, browser = self._browsers.loads(self._given(request, BROWSER_COOKIE))
        except BadSignature:
            return ""
        return str(browser) if user == _folded(name) else ""

    def _welcome(self, request: Request, name: str, token: str) -> Response:
        response = RedirectResponse("/desk", 303)
        self.set_cookie(response, COOKIE, token)
        if not self._known_browser(request, name):
            known = self._browsers.dumps([_folded(name), staff.new_form_token()])
            self.set_cookie(response, BROWSER_COOKIE, str(known), KNOWN_SECONDS)
        return response

    def _login(self, request: Request, error: str = "", status: int = 200) -> Response:
        joined = request.query_params.get("joined") == "yes"
        return self._form_page(request, "desk_login.html", status, error=error, joined=joined)

    def _code_page(
        self, request: Request, half: str, error: str = "", status: int = 200
    ) -> Response:
        return self._form_page(request, "desk_code.html", status, error=error, half=half)

    async def _join_page(
        self, request: Request, link: str, error: str = "", status: int = 200
    ) -> Response:
        invited = await run_in_threadpool(staff_admin.invitation, self.core, link)
        if invited is None:
            error, status = staff_admin.GONE, 404
        return self._form_page(request, "desk_join.html", status, error=error, invited=invited)

    def _form_page(
        self, request: Request, template: str, status: int, **values: object
    ) -> Response:
        token = staff.new_form_token()
        shown = values | {"csrf_token": token}
        page = self._templates.TemplateResponse(request, template, shown, status_code=status)
        self.set_cookie(page, FORM_COOKIE, token)
        return page

    def set_cookie(
        self, response: Response, name: str, value: str, seconds: int | None = None
    ) -> None:
        secure = self.core.settings.mode == "production"
        response.set_cookie(
            cookie_name(self.core.settings, name),
            value,
            max_age=seconds,
            path="/" if secure else "/desk",
            httponly=True,
            samesite="strict",
            secure=secure,
        )

    def end_session(self, response: Response) -> None:
        """A browser takes it from the cookie's own path only, and with the same attributes."""
        self.set_cookie(response, COOKIE, "", 0)

    def _given(self, request: Request, name: str) -> str:
        return request.cookies.get(cookie_name(self.core.settings, name), "")


def cookie_name(settings: Settings, name: str = COOKIE) -> str:
    """Only this very host may set a cookie named `__Host-`, over HTTPS and for all its paths."""
    return f"__Host-{name}" if settings.mode == "production" else name


def _folded(name: str) -> str:
    return name.strip().lower()[:64]


def same(given: str | None, expected: str | None) -> bool:
    return bool(given and expected) and hmac.compare_digest(
        (given or "").encode(), (expected or "").encode()
    )
