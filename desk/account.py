"""One's own account at the desk: password, second factor, recovery codes, sessions."""

from typing import Any

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from care import second_factor, staff_account
from care.db import Core
from care.errors import StaffError
from care.staff import SignedIn
from desk.forms import form
from desk.render import Render
from desk.sign_in import COOKIE, SignIn

ACCOUNT, SECOND_FACTOR = "/desk/account", "/desk/account/second-factor"
CODES_PAGE = "desk_codes.html"


class Account:
    """What everybody who is signed in may do for themselves."""

    def __init__(self, core: Core, sign_in: SignIn, render: Render):
        self.core, self._sign_in, self._render = core, sign_in, render

    async def show(self, request: Request, user: SignedIn, problem: str = "") -> Response:
        left = await run_in_threadpool(second_factor.codes_left, self.core, user.username)
        values: dict[str, Any] = {
            "sessions": await run_in_threadpool(staff_account.sessions, self.core, user),
            "codes_left": left,
            "second_factor": user.second_factor,
            "problem": problem,
            "changed": request.query_params.get("changed") == "password",
        }
        status = 409 if problem else 200
        return self._render(request, user, "desk_account.html", status_code=status, **values)

    async def password(self, request: Request, user: SignedIn) -> Response:
        """Every other browser is signed out; this one gets a new session."""
        given = await form(request)
        old, new = given.get("old", ""), given.get("password", "")
        if new != given.get("again", ""):
            return await self.show(request, user, "The two passwords are not alike.")
        if not self._sign_in.limits.password(user.username, user.session_id):
            return await self.show(request, user, "Too many tries. Please wait a while.")
        try:
            token = await run_in_threadpool(
                staff_account.change_password, self.core, user.username, old, new
            )
        except StaffError as error:
            return await self.show(request, user, str(error))
        response = RedirectResponse(f"{ACCOUNT}?changed=password", 303)
        self._sign_in.set_cookie(response, COOKIE, token)
        return response

    async def sign_out_everywhere(self, request: Request, user: SignedIn) -> Response:
        await run_in_threadpool(staff_account.sign_out_everywhere, self.core, user.username)
        response = RedirectResponse("/desk/login", 303)
        self._sign_in.end_session(response)
        return response

    async def enrol(self, request: Request, user: SignedIn, problem: str = "") -> Response:
        """What an authenticator app scans, and the same in letters."""
        try:
            totp = await run_in_threadpool(second_factor.begin, self.core, user.username)
        except StaffError:
            return RedirectResponse(ACCOUNT, 303)
        return self._render(
            request,
            user,
            "desk_enrol.html",
            status_code=409 if problem else 200,
            qr=_picture(totp.provisioning_uri()),
            secret=" ".join(totp.secret[at : at + 4] for at in range(0, len(totp.secret), 4)),
            problem=problem,
        )

    async def confirm(self, request: Request, user: SignedIn) -> Response:
        code = (await form(request)).get("code", "")
        if not self._may_try(user):
            return await self.enrol(request, user, "Too many tries. Please wait a while.")
        try:
            codes = await run_in_threadpool(
                second_factor.confirm, self.core, user.username, code, user.session_id
            )
        except StaffError as error:
            return await self.enrol(request, user, str(error))
        return self._render(request, user, CODES_PAGE, codes=codes)

    async def renew_codes(self, request: Request, user: SignedIn) -> Response:
        """Shown in this one answer; only their hashes are kept."""
        code = (await form(request)).get("code", "")
        if not self._may_try(user):
            return await self.show(request, user, "Too many tries. Please wait a while.")
        try:
            codes = await run_in_threadpool(
                second_factor.renew_codes, self.core, user.username, code
            )
        except StaffError as error:
            return await self.show(request, user, str(error))
        return self._render(request, user, CODES_PAGE, codes=codes)

    async def turn_off(self, request: Request, user: SignedIn) -> Response:
        """Where it is required, the next page asks to set it up anew."""
        code = (await form(request)).get("code", "")
        if not self._may_try(user):
            return await self.show(request, user, "Too many tries. Please wait a while.")
        try:
            await run_in_threadpool(second_factor.turn_off, self.core, user.username, code)
        except StaffError as error:
            return await self.show(request, user, str(error))
        return RedirectResponse(SECOND_FACTOR, 303)

    def _may_try(self, user: SignedIn) -> bool:
        return self._sign_in.limits.code(user.username, user.session_id)


def _picture(uri: str) -> str:
    """Black on white in the dark too, or cameras do not read it."""
    return str(segno.make(uri, error="m").svg_inline(scale=5, dark="black", light="white"))
