"""The admins' page: who there is, invitations, roles, who is shut out."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from care import staff_admin
from care.db import Core
from care.errors import StaffError
from care.roles import ROLES
from care.staff import SignedIn
from desk.forms import form
from desk.render import Render

PAGE = "/desk/staff"
STEPS: dict[str, Callable[[Core, str, dict[str, str]], str | None]] = {
    "invite": lambda core, by, given: staff_admin.invite(core, by, given.get("role", "")),
    "link": lambda core, by, given: staff_admin.new_password_link(core, by, _name(given)),
    "role": lambda core, by, given: staff_admin.set_role(
        core, by, _name(given), given.get("role", "")
    ),
    "disable": lambda core, by, given: staff_admin.disable(core, by, _name(given)),
    "enable": lambda core, by, given: staff_admin.enable(core, by, _name(given)),
    "reset": lambda core, by, given: staff_admin.reset_second_factor(core, by, _name(given)),
}


class StaffPage:
    """A link is shown in the one answer that made it: only its hash is kept."""

    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(
        self, request: Request, user: SignedIn, problem: str = "", token: str = ""
    ) -> Response:
        settings = self.core.settings
        return self._render(
            request,
            user,
            "desk_staff.html",
            status_code=409 if problem else 200,
            colleagues=await run_in_threadpool(staff_admin.listed, self.core, user.username),
            roles=list(ROLES),
            link=f"{settings.desk_url}/join/{token}" if token else "",
            hours=settings.desk_invitation_hours,
            problem=problem,
        )

    async def step(self, request: Request, user: SignedIn) -> Response:
        step = STEPS.get(request.path_params["step"])
        if step is None:
            return PlainTextResponse("There is no such step.", 404)
        try:
            token = await run_in_threadpool(step, self.core, user.username, await form(request))
        except StaffError as error:
            return await self.show(request, user, str(error))
        if token:
            return await self.show(request, user, token=token)
        return RedirectResponse(PAGE, 303)


def _name(given: dict[str, str]) -> str:
    return given.get("username", "")
