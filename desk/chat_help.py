"""While somebody writes an answer in a chat: the typing sign, what a text costs, known answers."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from care import conversations, gsm, knowledge, live_chat_steps, tickets
from care.db import Core
from care.knowledge import Suggestion
from care.live_chat_steps import LINE_LIMIT
from care.staff import SignedIn
from care.ticket_access import hidden_of
from desk.forms import form
from desk.live import Live

QUERY_LIMIT = 500


class ChatHelp:
    """Asked by the page's script; nothing of it is stored."""

    def __init__(self, core: Core, live: Live):
        self.core, self.live = core, live

    async def typing(self, request: Request, user: SignedIn) -> Response:
        """The visitor sees the sign, not the words, and only of whoever has the chat."""
        number = request.path_params["number"]
        found = await run_in_threadpool(live_chat_steps.writer, self.core, number, user.username)
        if found is None:
            return JSONResponse({"problem": "You do not have this chat."}, 409)
        self.live.types(found)
        return Response(status_code=204)

    async def size(self, request: Request, user: SignedIn) -> Response:
        """As how many text messages an answer would go out, and how many segments are paid for."""
        text = (await form(request)).get("text", "")[:LINE_LIMIT]
        sizes = [gsm.size(part) for part in self.live.texts(text)] if text.strip() else []
        costly = any(size.alphabet != gsm.PLAIN for size in sizes)
        segments = sum(size.segments for size in sizes)
        return JSONResponse({"texts": len(sizes), "segments": segments, "costly": costly})

    async def suggestions(self, request: Request, user: SignedIn) -> Response:
        """Approved answers to what is searched for, or else to the visitor's last words."""
        number, query = request.path_params["number"], request.query_params.get("q", "")
        found = await run_in_threadpool(self._suggestions, number, query[:QUERY_LIMIT])
        return JSONResponse({"suggestions": [vars(each) for each in found]})

    def _suggestions(self, number: str, query: str) -> list[Suggestion]:
        ticket = tickets.find(self.core, number)
        if ticket is None or ticket.conversation_id is None:
            return []
        if not query.strip():
            said = conversations.history(self.core, ticket.conversation_id)
            words = [
                hidden_of(ticket.details, each.text) for each in said if each.author == "visitor"
            ]
            query = words[-1] if words else ""
        state = live_chat_steps.state(self.core, ticket.conversation_id)
        channel = state.channel if state else "web"
        return knowledge.search(self.core.settings, query, channel)
