"""One ticket's page: its steps, and its contact details when there is a reason to see them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from care import (
    canned,
    due,
    misunderstood,
    started_texts,
    ticket_access,
    ticket_notes,
    ticket_steps,
    ticket_viewers,
)
from care.db import Core, now
from care.errors import InvalidStepError, UnknownTicketError
from care.staff import SignedIn
from care.ticket_access import REASONS, Shown
from care.ticket_steps import OUTCOMES, PRIORITIES, URGENT
from care.tickets import TicketView
from desk.chat_page import ChatPage, rows
from desk.forms import form
from desk.render import Render

Given = dict[str, str]
Step = Callable[[Core, str, str, Given], None]


class TicketPage:
    """Every look and every step is on record under its user's name."""

    def __init__(self, core: Core, render: Render, chat: ChatPage):
        self.core, self._render, self._chat = core, render, chat

    async def show(self, request: Request, user: SignedIn, problem: str = "") -> Response:
        number = request.path_params["number"]
        try:
            shown = await run_in_threadpool(ticket_access.view, self.core, number, user.username)
        except UnknownTicketError:
            return _not_there()
        return await self._shown(request, user, shown, problem)

    async def reveal(self, request: Request, user: SignedIn) -> Response:
        """Shown in this one answer: the next look has to ask again."""
        number, reason = request.path_params["number"], (await form(request)).get("reason", "")
        try:
            shown = await run_in_threadpool(
                ticket_access.reveal, self.core, number, user.username, reason
            )
        except UnknownTicketError:
            return _not_there()
        except InvalidStepError as error:
            return await self.show(request, user, str(error))
        return await self._shown(request, user, shown)

    async def printed(self, request: Request, user: SignedIn) -> Response:
        """For paper: no forms, contact details hidden."""
        number = request.path_params["number"]
        try:
            shown = await run_in_threadpool(ticket_access.printed, self.core, number, user.username)
        except UnknownTicketError:
            return _not_there()
        values = {"ticket": _ticket(shown), "about": shown.about, "labels": ticket_notes.labels()}
        return self._render(request, user, "desk_print.html", **values)

    async def here(self, request: Request, user: SignedIn) -> Response:
        """Asked every few seconds by an open page: who else is at this ticket."""
        number, asked = request.path_params["number"], request.query_params
        typing = asked.get("typing") == "yes"
        try:
            others = await run_in_threadpool(
                ticket_viewers.here, self.core, number, user.username, typing=typing
            )
        except UnknownTicketError:
            return _not_there()
        return JSONResponse({"others": [vars(viewer) for viewer in others]})

    async def step(self, request: Request, user: SignedIn) -> Response:
        number, step = request.path_params["number"], STEPS.get(request.path_params["step"])
        if step is None:
            return _not_there()
        try:
            await run_in_threadpool(step, self.core, number, user.username, await form(request))
        except UnknownTicketError:
            return _not_there()
        except InvalidStepError as error:
            return await self.show(request, user, str(error))
        return RedirectResponse(f"/desk/tickets/{number}", 303)

    async def _shown(
        self, request: Request, user: SignedIn, shown: Shown, problem: str = ""
    ) -> Response:
        ticket = shown.ticket
        chat = await run_in_threadpool(self._chat.panel, ticket.number, user)
        holds = ticket.claimed_by in {user.username, None}
        return self._render(
            request,
            user,
            "desk_ticket.html",
            status_code=409 if problem else 200,
            ticket=_ticket(shown),
            about=shown.about,
            labels=ticket_notes.labels(),
            replies=await run_in_threadpool(self._replies, user.username, ticket),
            note_limit=ticket_notes.LIMIT,
            chat=chat,
            revealed=shown.revealed,
            problem=problem,
            steps=ticket_steps.possible(
                ticket.status, holds=holds, may=user.may, urgent=ticket.priority == URGENT
            ),
            reasons=REASONS,
            outcomes=OUTCOMES,
            texts=started_texts.names() if ticket.details.texting_ok else (),
            priorities=PRIORITIES,
            tomorrow=due.today(self.core.settings, now()) + timedelta(days=1),
        )

    def _replies(self, by: str, ticket: TicketView) -> Sequence[canned.Reply]:
        with self.core.snapshot() as session:
            about = (ticket.number, ticket.channel)
            return canned.replies(self.core.settings, session, by, *about)


def _ticket(shown: Shown) -> dict[str, Any]:
    """All that its page shows of a ticket."""
    ticket = shown.ticket
    parts = {name: getattr(ticket, name) for name in ("consents", "events", "alerts", "texts")}
    beside = {
        name: getattr(shown, name) for name in ("deliveries", "opted_out", "reply_until", "noted")
    }
    return {**row(ticket), **parts, **beside, "messages": rows(shown.messages)}


def row(ticket: TicketView) -> dict[str, Any]:
    """What the list and the page show of a ticket."""
    shown = ("number", "kind", "priority", "status", "created_at", "claimed_by", "due_at")
    more = ("overdue", "follow_up_on", "channel", "language")
    fields = {name: getattr(ticket, name) for name in (*shown, *more)}
    return {**fields, **vars(ticket.details)}


def _not_there() -> Response:
    return PlainTextResponse("There is no such ticket or step.", 404)


def _claim(core: Core, number: str, by: str, given: Given) -> None:
    holder = ticket_steps.claim(core, number, by)
    if holder != by:
        raise InvalidStepError(f"{holder} was first: the ticket is theirs.")


def _release(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.release(core, number, by)


def _contact(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.contact(core, number, by, given.get("outcome", ""))


def _text(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.text(core, number, by, given.get("text", ""))


def _resolve(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.resolve(core, number, by)


def _reopen(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.reopen(core, number, by)


def _wrong(core: Core, number: str, by: str, given: Given) -> None:
    place = given.get("seq", "")
    if not (place.isascii() and place.isdigit() and len(place) < 10):
        raise InvalidStepError("Please choose a message of the conversation.")
    misunderstood.mark(core, number, by, int(place))


def _follow_up(core: Core, number: str, by: str, given: Given) -> None:
    try:
        day = date.fromisoformat(given.get("on", ""))
    except ValueError:
        raise InvalidStepError("Please choose a day for the follow-up.") from None
    ticket_steps.follow_up(core, number, by, day)


def _priority(core: Core, number: str, by: str, given: Given) -> None:
    ticket_steps.set_priority(core, number, by, given.get("priority", ""))


def _note(core: Core, number: str, by: str, given: Given) -> None:
    ticket_notes.add(core, number, by, given.get("text", ""))


def _label(core: Core, number: str, by: str, given: Given) -> None:
    ticket_notes.set_label(core, number, by, given.get("label", ""), on=True)


def _unlabel(core: Core, number: str, by: str, given: Given) -> None:
    ticket_notes.set_label(core, number, by, given.get("label", ""), on=False)


STEPS: dict[str, Step] = {
    "claim": _claim,
    "release": _release,
    "contact": _contact,
    "text": _text,
    "resolve": _resolve,
    "reopen": _reopen,
    "follow-up": _follow_up,
    "priority": _priority,
    "wrong": _wrong,
    "note": _note,
    "label": _label,
    "unlabel": _unlabel,
}
