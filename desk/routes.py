"""The desk: who may see which page."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care import staff
from care.db import Core, now
from care.errors import NotAllowedError, StorageDownError
from care.roles import Permission
from care.staff import SignedIn
from desk import (
    account,
    audit_page,
    delivery_words,
    duty_page,
    learning_page,
    numbers_page,
    staff_page,
)
from desk.account import Account
from desk.attention import Attention
from desk.audit_page import AuditPage
from desk.chat_help import ChatHelp
from desk.chat_page import ChatPage
from desk.duty_page import DutyPage
from desk.forms import form
from desk.learning_page import LearningPage
from desk.live import Live
from desk.numbers_page import NumbersPage
from desk.queue_page import QueuePage
from desk.sign_in import SignIn, SignInLimit, cookie_name, same
from desk.staff_page import StaffPage
from desk.ticket_page import TicketPage

TICKET = "/desk/tickets/{number}"
HERE = Path(__file__).parent

Page = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, SignedIn], Awaitable[Response]]


class Desk:
    """Server-rendered pages under `/desk`."""

    def __init__(self, core: Core, limits: SignInLimit, live: Live):
        self.core, self.live = core, live
        self._templates = Jinja2Templates(directory=HERE / "templates")
        delivery_words.teach(self._templates.env)
        self._sign_in = SignIn(core, limits, self._templates)

    def routes(self) -> list[Route | Mount]:
        pulse = self._for_staff(Attention(self.core).pulse, Permission.QUEUE, acts=False)
        return [
            Mount("/desk/static", StaticFiles(directory=HERE / "static")),
            *self._signing_in(),
            *self._administration(),
            *self._looking_back(),
            *self._queue(),
            *self._duty(),
            Route("/desk/pulse", pulse, methods=["GET"]),
            *self._ticket(),
        ]

    def _queue(self) -> list[Route]:
        page = QueuePage(self.core, self._page)
        part = self._for_staff(page.part, Permission.QUEUE, acts=False)
        events = self._for_staff(page.events, Permission.QUEUE, acts=False)
        search = self._for_staff(page.search, Permission.QUEUE)
        export = self._for_staff(page.export, Permission.EXPORT)
        return [
            Route("/desk", self._for_staff(page.show, None), methods=["GET"]),
            Route("/desk/queue", part, methods=["GET"]),
            Route("/desk/queue/events", events, methods=["GET"]),
            Route("/desk/search", search, methods=["POST"]),
            Route("/desk/tickets.csv", export, methods=["GET"]),
        ]

    def _duty(self) -> list[Route]:
        calendar = DutyPage(self.core, self._page)
        show = self._for_staff(calendar.show, Permission.QUEUE)
        own = self._for_staff(calendar.duty, Permission.WORK)
        step = self._for_staff(calendar.step, Permission.CALENDAR)
        return [
            Route(duty_page.PAGE, show, methods=["GET"]),
            Route(duty_page.DUTY, own, methods=["POST"]),
            Route(f"{duty_page.PAGE}/{{step}}", step, methods=["POST"]),
        ]

    def _ticket(self) -> list[Route]:
        chat = ChatPage(self.core, self.live)
        ticket = TicketPage(self.core, self._page, chat)
        show = self._for_staff(ticket.show, Permission.QUEUE)
        reveal = self._for_staff(ticket.reveal, Permission.REVEAL)
        events = self._for_staff(chat.events, Permission.QUEUE, acts=False)
        chat_step = self._for_staff(chat.step(ticket.show), Permission.CHAT)
        step = self._for_staff(ticket.step, Permission.WORK)
        printed = self._for_staff(ticket.printed, Permission.QUEUE)
        here = self._for_staff(ticket.here, Permission.QUEUE, acts=False)
        return [
            Route(TICKET, show, methods=["GET"]),
            Route(f"{TICKET}/print", printed, methods=["GET"]),
            Route(f"{TICKET}/here", here, methods=["GET"]),
            Route(f"{TICKET}/reveal", reveal, methods=["POST"]),
            Route(f"{TICKET}/chat/events", events, methods=["GET"]),
            *self._chat_help(),
            Route(f"{TICKET}/chat/{{step}}", chat_step, methods=["POST"]),
            Route(f"{TICKET}/{{step}}", step, methods=["POST"]),
        ]

    def _chat_help(self) -> list[Route]:
        aid = ChatHelp(self.core, self.live)
        typing, size, known = (
            self._for_staff(handler, Permission.CHAT)
            for handler in (aid.typing, aid.size, aid.suggestions)
        )
        return [
            Route(f"{TICKET}/chat/typing", typing, methods=["POST"]),
            Route(f"{TICKET}/chat/size", size, methods=["POST"]),
            Route(f"{TICKET}/chat/suggestions", known, methods=["GET"]),
        ]

    def _signing_in(self) -> list[Route]:
        mine, forms = Account(self.core, self._sign_in, self._page), ["GET", "POST"]
        enrol = self._for_staff(mine.enrol, None, enrolling=True)
        confirm = self._for_staff(mine.confirm, None, enrolling=True)
        leave = self._for_staff(self.logout, None, enrolling=True)
        factor = account.SECOND_FACTOR
        return [
            Route("/desk/login", _public(self._sign_in.login), methods=forms),
            Route("/desk/login/code", _public(self._sign_in.code), methods=["POST"]),
            Route("/desk/join/{token}", _public(self._sign_in.join), methods=forms),
            Route("/desk/logout", leave, methods=["POST"]),
            Route(account.ACCOUNT, self._for_staff(mine.show, None), methods=["GET"]),
            *(
                Route(f"{account.ACCOUNT}/{name}", self._for_staff(handler, None), methods=["POST"])
                for name, handler in (
                    ("password", mine.password),
                    ("sign-out-everywhere", mine.sign_out_everywhere),
                    ("recovery-codes", mine.renew_codes),
                )
            ),
            Route(factor, enrol, methods=["GET"]),
            Route(factor, confirm, methods=["POST"]),
            Route(f"{factor}/off", self._for_staff(mine.turn_off, None), methods=["POST"]),
        ]

    def _administration(self) -> list[Route]:
        people, log = StaffPage(self.core, self._page), AuditPage(self.core, self._page)
        people_step = self._for_staff(people.step, Permission.STAFF)
        read, verify = (self._for_staff(h, Permission.AUDIT) for h in (log.show, log.verify))
        show = self._for_staff(people.show, Permission.STAFF)
        return [
            Route(staff_page.PAGE, show, methods=["GET"]),
            Route(f"{staff_page.PAGE}/{{step}}", people_step, methods=["POST"]),
            Route(audit_page.PAGE, read, methods=["GET"]),
            Route(f"{audit_page.PAGE}/verify", verify, methods=["POST"]),
        ]

    def _looking_back(self) -> list[Route]:
        lessons = LearningPage(self.core, self._page)
        figures = NumbersPage(self.core, self._page)
        listed, step, patch = (
            self._for_staff(handler, Permission.LEARN)
            for handler in (lessons.show, lessons.step, lessons.patch)
        )
        charts, file = (
            self._for_staff(handler, Permission.NUMBERS) for handler in (figures.show, figures.file)
        )
        return [
            Route(learning_page.PAGE, listed, methods=["GET"]),
            Route(learning_page.PATCH, patch, methods=["GET"]),
            Route(f"{learning_page.PAGE}/{{step}}", step, methods=["POST"]),
            Route(numbers_page.PAGE, charts, methods=["GET"]),
            Route(numbers_page.FILE, file, methods=["GET"]),
        ]

    async def logout(self, request: Request, user: SignedIn) -> Response:
        await run_in_threadpool(
            staff.sign_out, self.core, request.cookies[cookie_name(self.core.settings)]
        )
        response = RedirectResponse("/desk/login", 303)
        self._sign_in.end_session(response)
        return response

    def _for_staff(
        self,
        handler: Handler,
        needs: Permission | None,
        *,
        acts: bool = True,
        enrolling: bool = False,
    ) -> Page:
        """Signed in, in a role that may, and for a change with the session's token in the form.

        `needs` is None for what everybody may do for themselves. What a page does by itself is no
        act of its user. Who has yet to set up the second factor sees only what is for `enrolling`.
        """

        async def checked(request: Request) -> Response:
            cookie = request.cookies.get(cookie_name(self.core.settings), "")
            user = await run_in_threadpool(staff.signed_in, self.core, cookie, acts=acts)
            if user is None:
                return RedirectResponse("/desk/login", 303)
            if user.must_enrol and not enrolling:
                return RedirectResponse(account.SECOND_FACTOR, 303)
            if needs and needs not in user.may:
                return await self._refused(request, user, needs)
            if request.method == "POST":
                token = (await form(request)).get("csrf_token")
                if not same(token, user.csrf_token):
                    return PlainTextResponse("Please reload the page and try again.", 403)
            try:
                return await handler(request, user)
            except NotAllowedError as error:
                return await self._refused(request, user, str(error))

        return _public(checked)

    async def _refused(self, request: Request, user: SignedIn, needed: str) -> Response:
        await run_in_threadpool(staff.record_refusal, self.core, user.username, needed)
        return self._page(request, user, "desk_refused.html", status_code=403)

    def _page(
        self,
        request: Request,
        user: SignedIn,
        template: str,
        *,
        status_code: int = 200,
        **values: Any,
    ) -> Response:
        at = now()
        on_duty, away = (
            until is not None and until > at for until in (user.on_duty_until, user.away_until)
        )
        values |= {"user": user, "csrf_token": user.csrf_token, "on_duty": on_duty, "away": away}
        return self._templates.TemplateResponse(request, template, values, status_code)


def _public(page: Page) -> Page:
    """Says so when the database cannot be reached."""

    async def shown(request: Request) -> Response:
        try:
            return await page(request)
        except StorageDownError:
            return PlainTextResponse("The database cannot be reached. Nothing is lost.", 503)

    return shown
