"""The auditors' page: the audit log, searched and checked on the screen."""

from datetime import date
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from care import audit_reading
from care.audit import Verdict
from care.audit_reading import Sought
from care.db import Core
from care.staff import SignedIn
from desk.forms import form
from desk.render import Render

LONGEST = 64
PAGE = "/desk/audit"


class AuditPage:
    """Looking at it and checking it are entries of their own."""

    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(
        self, request: Request, user: SignedIn, verdict: Verdict | None = None
    ) -> Response:
        asked = request.query_params
        try:
            sought, before, problem = _sought(asked), _number(asked.get("before", "")), ""
        except ValueError:
            sought, before, problem = Sought(), None, "Please write days as 2026-01-31."
        found = await run_in_threadpool(
            audit_reading.search, self.core, user.username, sought, before
        )
        return self._render(
            request,
            user,
            "desk_audit.html",
            status_code=400 if problem else 200,
            found=found,
            sought=sought,
            older=_older(sought, found.before),
            verdict=verdict,
            problem=problem,
        )

    async def verify(self, request: Request, user: SignedIn) -> Response:
        noted = (await form(request)).get("noted", "").strip()[:LONGEST] or None
        verdict = await run_in_threadpool(audit_reading.verify, self.core, user.username, noted)
        return await self.show(request, user, verdict)


def _sought(asked: QueryParams) -> Sought:
    """Raises ValueError for a day that is none."""
    by, action, subject = (
        asked.get(key, "").strip()[:LONGEST].replace("\x00", "") for key in ("by", "what", "number")
    )
    return Sought(by, action, subject, _day(asked.get("from", "")), _day(asked.get("to", "")))


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


def _number(text: str) -> int | None:
    number = int(text) if text else None
    if number is not None and not 0 <= number < 2**31:
        raise ValueError
    return number


def _older(sought: Sought, before: int | None) -> str:
    """Where the next page is; "" if this is the last."""
    if before is None:
        return ""
    asked = {"by": sought.by, "what": sought.action, "number": sought.subject}
    asked |= {"from": str(sought.first or ""), "to": str(sought.last or ""), "before": str(before)}
    return f"{PAGE}?{urlencode({key: value for key, value in asked.items() if value})}"
