"""The list of tickets: filtered, a page at a time, live, searched."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from care import alerts, queue, ticket_notes, ticket_search
from care.db import Core
from care.errors import InvalidStepError, StorageDownError
from care.queue import CHOICES, Filters, Listed
from care.roles import Permission
from care.staff import SignedIn
from desk import audit_page
from desk.csv_file import csv_file
from desk.forms import form
from desk.render import Render
from desk.ticket_page import row

LOOK_SECONDS, LOOKS = 1.0, 60
HEARTBEAT_SECONDS = 15


class QueuePage:
    """Where everybody arrives: auditors see the audit log, and no tickets."""

    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(self, request: Request, user: SignedIn) -> Response:
        if Permission.QUEUE not in user.may:
            return RedirectResponse(audit_page.PAGE, 303)
        return await self._shown(request, user, "desk_tickets.html")

    async def part(self, request: Request, user: SignedIn) -> Response:
        """The list alone, as an open page asks for it by itself."""
        return await self._shown(request, user, "desk_queue.html")

    async def export(self, request: Request, user: SignedIn) -> Response:
        try:
            filters = Filters.read(dict(request.query_params))
        except InvalidStepError as error:
            return PlainTextResponse(str(error), 400)
        found = await run_in_threadpool(queue.exported, self.core, user.username, filters)
        return csv_file("tickets.csv", [row(ticket) for ticket in found])

    async def search(self, request: Request, user: SignedIn) -> Response:
        """What is searched for stands in no address: those are kept by browsers and proxies."""
        words = (await form(request)).get("words", "")
        try:
            found = await run_in_threadpool(ticket_search.search, self.core, user.username, words)
        except InvalidStepError as error:
            return await self._shown(request, user, "desk_tickets.html", problem=str(error))
        if found.by == "number":
            return RedirectResponse(f"/desk/tickets/{found.name}", 303)
        if found.by == "label":
            return RedirectResponse(f"/desk?{urlencode({'label': found.name})}", 303)
        values = {**_frame(Filters()), "tickets": _rows(found.rows), "found_by": found.by}
        return self._render(request, user, "desk_tickets.html", **values)

    async def events(self, request: Request, user: SignedIn) -> Response:
        """Tells an open page that some ticket has changed, and nothing else.

        It ends by itself and the browser asks again: then its user must still be signed in.
        """
        last = request.headers.get("last-event-id", "")
        known = int(last) if last.isascii() and last.isdigit() and len(last) < 18 else -1
        return EventSourceResponse(self._changes(known), ping=HEARTBEAT_SECONDS)

    async def _changes(self, known: int) -> AsyncIterator[dict[str, str]]:
        for _ in range(LOOKS):
            try:
                found = await run_in_threadpool(queue.version, self.core)
            except StorageDownError:
                return  # the page says so, and comes back
            if found != known:
                known = found
                yield {"event": "changed", "id": str(found), "data": str(found)}
            await asyncio.sleep(LOOK_SECONDS)

    async def _shown(
        self, request: Request, user: SignedIn, template: str, problem: str = ""
    ) -> Response:
        filters, status = Filters(), 409 if problem else 200
        try:
            filters = Filters.read(dict(request.query_params))
        except InvalidStepError as error:
            problem, status = str(error), 400
        page = await run_in_threadpool(queue.page, self.core, user.username, filters)
        lost = await run_in_threadpool(alerts.undelivered, self.core)
        values = {**_frame(filters), "tickets": _rows(page.rows), "undelivered": lost}
        following = replace(filters, after=page.after).chosen() if page.after else {}
        values |= {"next": urlencode(following), "problem": problem, "status_code": status}
        return self._render(request, user, template, **values)


def _frame(filters: Filters) -> dict[str, Any]:
    """What stands around the rows."""
    chosen = filters.chosen()
    without_place = {name: value for name, value in chosen.items() if name != "after"}
    return {
        "filters": vars(filters),
        "choices": {**CHOICES, "label": tuple(ticket_notes.labels())},
        "labels": ticket_notes.labels(),
        "narrowed": bool(without_place),
        "here": urlencode(chosen),
        "first": urlencode(without_place) if filters.after else "",
        "query": urlencode(without_place),
    }


def _rows(found: Sequence[Listed]) -> list[dict[str, Any]]:
    return [{**row(each.ticket), "labels": each.labels, "viewers": each.viewers} for each in found]
