"""Who is on duty: now, on a break, and by the calendar that supervisors plan."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from care import duty, hours, shifts
from care.db import Core, now
from care.errors import StaffError
from care.shifts import Shift, Wish
from care.staff import SignedIn
from desk.forms import form
from desk.render import Render

PAGE = "/desk/calendar"
DUTY = "/desk/duty"

Read = TypeVar("Read", date, datetime)
Given = dict[str, str]
Step = Callable[[Core, str, Given], None]


class DutyPage:
    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(self, request: Request, user: SignedIn, problem: str = "") -> Response:
        values = await run_in_threadpool(self._values)
        status = 409 if problem else 200
        return self._render(
            request, user, "desk_calendar.html", status_code=status, problem=problem, **values
        )

    async def duty(self, request: Request, user: SignedIn) -> Response:
        """On duty, off, on a break or back: each decides for themselves."""
        step = OWN.get((await form(request)).get("on", ""))
        return await self._take(request, user, step, "/desk")

    async def step(self, request: Request, user: SignedIn) -> Response:
        return await self._take(request, user, STEPS.get(request.path_params["step"]), PAGE)

    async def _take(
        self, request: Request, user: SignedIn, step: Step | None, then: str
    ) -> Response:
        if step is None:
            return PlainTextResponse("There is no such step.", 404)
        try:
            await run_in_threadpool(step, self.core, user.username, await form(request))
        except StaffError as error:
            return await self.show(request, user, str(error))
        return RedirectResponse(then, 303)

    def _values(self) -> dict[str, Any]:
        at, zone = now(), hours.load(self.core.settings.hours_file).zone
        return {
            "there": duty.how(self.core, at),
            "on_breaks": duty.on_breaks(self.core, at),
            "days": _by_day([_local(shift, zone) for shift in shifts.listed(self.core, at)]),
            "workers": shifts.workers(self.core),
            "breaks": duty.BREAKS,
            "zone": zone.key,
            "today": at.astimezone(zone).date(),
            "weeks": shifts.MOST_WEEKS,
        }


def _local(shift: Shift, zone: ZoneInfo) -> Shift:
    starts_at, ends_at = (at.astimezone(zone) for at in (shift.starts_at, shift.ends_at))
    return Shift(shift.id, shift.username, starts_at, ends_at)


def _by_day(listed: list[Shift]) -> dict[date, list[Shift]]:
    days: dict[date, list[Shift]] = {}
    for shift in listed:
        days.setdefault(shift.starts_at.date(), []).append(shift)
    return days


def _break(core: Core, by: str, given: Given) -> None:
    minutes = given.get("minutes", "")
    duty.take_break(core, by, int(minutes) if minutes in map(str, duty.BREAKS) else 0)


def _add(core: Core, by: str, given: Given) -> None:
    weeks = given.get("weeks", "1")
    wish = Wish(
        given.get("username", ""),
        _read(date.fromisoformat, given.get("day", ""), "Please choose a day."),
        _clock(given.get("start", "")),
        _clock(given.get("end", "")),
        int(weeks) if weeks.isascii() and weeks.isdigit() and len(weeks) < 3 else 0,
    )
    shifts.add(core, by, wish)


def _remove(core: Core, by: str, given: Given) -> None:
    shift = given.get("shift", "")
    if not (shift.isascii() and shift.isdigit() and len(shift) < 10):
        raise StaffError("Please reload the page and try again.")
    shifts.remove(core, by, int(shift))


def _clock(text: str) -> time:
    at = _read(lambda t: datetime.strptime(t, "%H:%M"), text, "Please choose both times.")
    return at.time()


def _read(reader: Callable[[str], Read], text: str, problem: str) -> Read:
    try:
        return reader(text)
    except ValueError:
        raise StaffError(problem) from None


OWN: dict[str, Step] = {
    "yes": lambda core, by, given: duty.switch(core, by, on=True),
    "no": lambda core, by, given: duty.switch(core, by, on=False),
    "break": _break,
    "back": lambda core, by, given: duty.come_back(core, by),
}
STEPS: dict[str, Step] = {"add": _add, "remove": _remove}
