"""The chat on a ticket's page: taken over, written in, transferred, given back, closed; live."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from care import conversations, deliveries, duty, live_chat_steps, staff, tickets
from care.db import Core
from care.errors import InvalidStepError, StorageDownError, UnknownTicketError
from care.live_chat import Told
from care.live_chat_steps import LINE_LIMIT, ChatState
from care.ownership import CLOSED, STAFF, WAITING
from care.roles import Permission
from care.staff import SignedIn
from care.ticket_access import hidden_of
from care.tickets import Details
from care.transcript import Said
from desk import delivery_words
from desk.forms import form
from desk.live import Live, News
from desk.sign_in import cookie_name

HEARTBEAT_SECONDS = 15
LOOK_SECONDS = 4.0
WHO = {"visitor": "Visitor", "guide": "Guide", "staff": "Staff", "system": "Notice"}
WORDS = {
    WAITING: "The visitor waits for a person.",
    CLOSED: "This chat is closed. If the visitor writes again, the guide answers.",
}
GONE = {"words": "This chat is deleted. Nothing of it is kept.", "gone": True}

Given = dict[str, str]
Step = Callable[[Core, str, str, Given], Told]
ShowTicket = Callable[[Request, SignedIn, str], Any]


class ChatPage:
    """Its part of the ticket's page, its steps and its events."""

    def __init__(self, core: Core, live: Live):
        self.core, self.live = core, live

    def panel(self, number: str, user: SignedIn) -> dict[str, Any] | None:
        """What the template shows; None if the conversation is deleted."""
        state = self._state(number, user)
        if state is None:
            return None
        others = [name for name in duty.who(self.core) if name != user.username]
        line_id = secrets.token_urlsafe(16)
        return {**state, "colleagues": others, "line_id": line_id, "limit": LINE_LIMIT}

    def step(self, show: ShowTicket) -> Callable[[Request, SignedIn], Any]:
        """A posted step; whatever is wrong with it is said on the ticket's page."""

        async def step(request: Request, user: SignedIn) -> Response:
            number, take = request.path_params["number"], STEPS.get(request.path_params["step"])
            try:
                if take is None:
                    raise UnknownTicketError
                given = await form(request)
                told = await run_in_threadpool(take, self.core, number, user.username, given)
            except UnknownTicketError:
                return PlainTextResponse("There is no such ticket or step.", 404)
            except InvalidStepError as error:
                if _by_script(request):
                    return JSONResponse({"problem": str(error)}, 409)
                refused: Response = await show(request, user, str(error))
                return refused
            self.live.changed(told)
            done = JSONResponse({}) if _by_script(request) else None
            return done or RedirectResponse(f"/desk/tickets/{number}#chat", 303)

        return step

    async def events(self, request: Request, user: SignedIn) -> Response:
        number = request.path_params["number"]
        ticket = await run_in_threadpool(tickets.find, self.core, number)
        if ticket is None or ticket.conversation_id is None:
            return PlainTextResponse("There is no such chat.", 404)
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
        watch = self._watch(request, user, number, ticket.conversation_id, after)
        hidden = _hiding(watch, ticket.details, self.core.settings.hotline)
        return EventSourceResponse(hidden, ping=HEARTBEAT_SECONDS)

    async def _watch(
        self, request: Request, user: SignedIn, number: str, conversation_id: str, after: int
    ) -> AsyncIterator[Said | dict[str, Any]]:
        """Messages and states as they come, for as long as its user is signed in.

        What providers report comes by the database: for whoever has an address it is asked. Once
        the visitor has deleted what the ticket is about, nothing of what follows is shown.
        """
        known: dict[str, Any] | None = None
        with self.live.listen(conversation_id) as listener:
            while await self._may_watch(request):
                listener.woken.clear()
                said = listener.news(after)
                try:
                    if said is None:
                        said = await run_in_threadpool(
                            conversations.history, self.core, conversation_id, after
                        )
                    state = await run_in_threadpool(self._state, number, user)
                except StorageDownError:
                    return
                if state is None:
                    yield GONE
                    return
                for each in said:
                    after = each.seq
                    yield each
                if state["can"] == "mine":
                    state["typing"] = listener.typing is not None
                if state != known:
                    known = state
                    yield state
                await _woken(listener, LOOK_SECONDS if state["deliveries"] else None)

    async def _may_watch(self, request: Request) -> bool:
        """Still signed in, in a role that sees tickets."""
        token = request.cookies.get(cookie_name(self.core.settings), "")
        try:
            user = await run_in_threadpool(staff.signed_in, self.core, token, acts=False)
        except StorageDownError:
            return False
        return user is not None and not user.must_enrol and Permission.QUEUE in user.may

    def _state(self, number: str, user: SignedIn) -> dict[str, Any] | None:
        state = live_chat_steps.state(self.core, number)
        if state is None:
            return None
        mine = state.owner == STAFF and state.holder == user.username
        closed = state.is_over or Permission.CHAT not in user.may
        can = "" if closed else "mine" if mine else "" if state.holder else "take"
        sent = deliveries.of_conversation(self.core, state.conversation_id)
        return {
            "words": _words(state, mine),
            "can": can,
            "danger": state.danger,
            "unheard": mine and self.live.is_unheard(state.conversation_id),
            "typing": False,
            "channel": state.channel,
            "opted_out": state.opted_out,
            "until": state.until.isoformat() if state.until else None,
            "deliveries": delivery_words.shown(sent),
        }


async def _woken(listener: News, seconds: float | None) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(listener.woken.wait(), seconds)


def rows(messages: Iterable[Said]) -> list[dict[str, Any]]:
    """The messages as the page shows them."""
    return [
        {
            "seq": said.seq,
            "author": said.author,
            "who": said.name if said.author == "staff" and said.name else WHO.get(said.author),
            "at": said.at,
            "text": said.text,
        }
        for said in messages
    ]


async def _hiding(
    watch: AsyncIterator[Said | dict[str, Any]], details: Details, hotline: str
) -> AsyncIterator[dict[str, str]]:
    """Server-sent events; what is hidden on the page is hidden in them too."""
    async for found in watch:
        if isinstance(found, Said):
            row = {**rows([found])[0], "at": found.at.strftime("%Y-%m-%d %H:%M UTC")}
            row["text"] = hidden_of(details, found.text, hotline)
            yield {"event": "message", "id": str(found.seq), "data": json.dumps(row)}
        else:
            yield {"event": "state", "data": json.dumps(found)}


def _words(state: ChatState, mine: bool) -> str:
    if state.is_over:
        return "The visitor has ended this chat."
    if state.owner == STAFF:
        return "You have this chat." if mine else f"{state.holder} has this chat."
    return WORDS.get(state.owner, "The guide answers in this chat.")


def _by_script(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _take_over(core: Core, number: str, by: str, given: Given) -> Told:
    return live_chat_steps.take_over(core, number, by)


def _write(core: Core, number: str, by: str, given: Given) -> Told:
    line_id, text = given.get("line_id", ""), given.get("text", "")
    return live_chat_steps.write(core, number, by, line_id, text)


def _transfer(core: Core, number: str, by: str, given: Given) -> Told:
    return live_chat_steps.transfer(core, number, by, given.get("to", ""))


def _hand_back(core: Core, number: str, by: str, given: Given) -> Told:
    return live_chat_steps.hand_back(core, number, by)


def _close(core: Core, number: str, by: str, given: Given) -> Told:
    return live_chat_steps.close(core, number, by)


STEPS: dict[str, Step] = {
    "take-over": _take_over,
    "write": _write,
    "transfer": _transfer,
    "hand-back": _hand_back,
    "close": _close,
}
