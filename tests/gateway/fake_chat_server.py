"""A stand-in for the gateway's web channel, in memory, that a test can make fail.

Run it to look at the page: `python -m tests.gateway.fake_chat_server`.
"""

import asyncio
import json
import secrets
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care.settings import Settings
from gateway.origins import SiteOrigins
from gateway.widget import Scripts, texts

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WHO = {
    "operator": "a local demonstration",
    "hotline": "1-866-929-0179",
    "hotline_tel": "+18669290179",
    "hotline_display": "1-866-929-0179",
    "answered_by": "trained staff",
    "who_pays": "No treatment provider pays for calls.",
}
AWAY = "<!doctype html><title>Weather</title><link rel=icon href=/static/icon.svg><p>Sunny.</p>"
OUTAGE = [
    "I cannot take messages right now.",
    "Call 1-866-929-0179, or call or text 988. In an emergency call 911.",
]
DANGER = ["I am glad you told me. Please call or text 988 now."]
PERSON = {"title": "Talk to a person", "payload": "/request_human"}
GREETING: dict[str, Any] = {
    "text": "Hi. I'm an automated guide, not a person. In danger? Call or text 988, or call 911.",
    "buttons": [
        {"title": "What is an IOP?", "payload": "/faq/iop_definition"},
        {"title": "Help for me", "payload": "I need help"},
        PERSON,
        {"title": "Safety and limits", "url": "/safety"},
    ],
    "sources": [{"id": "op", "name": "The operator of this guide", "url": None}],
}
FITS = "First line of it.\n" + "Plain words about what to do next, in some lines. " * 5
NUMBERS = "Your number is R-7K2M9P, or call 1-866-929-0179 at once, or call 1-800-662-4357."
ANSWERS: dict[str, dict[str, Any]] = {
    "/faq/iop_definition": {
        "text": "It is treatment on several days a week while you live at home.\n"
        "Most programs are at least 9 hours a week.",
        "rateable": True,
        "buttons": [{"title": "What it costs", "payload": "/faq/iop_cost"}, PERSON],
        "sources": [
            {"id": "SAMHSA", "name": "Substance Abuse Services", "url": "https://www.samhsa.gov"},
            {"id": "S", "name": "What is an IOP?", "url": None},
            {"id": "X", "name": "Bad", "url": "javascript:alert(1)"},
        ],
    },
    "/request_human": {
        "text": "You can call 1-866-929-0179 at any hour, or look at https://findtreatment.gov.",
        "buttons": [{"title": "Call now", "url": "tel:+18669290179"}],
    },
    "html": {
        "text": "<img src=x onerror=alert(1)><b>bold</b>",
        "buttons": [{"title": "<i>go</i>", "url": "javascript:alert(1)"}, PERSON],
    },
    "long": {"text": "A long answer. " + "It goes on and on. " * 80, "buttons": [PERSON]},
    "fits": {
        "text": FITS,
        "buttons": [{"title": f"What comes after {n}", "payload": "/faq/x"} for n in (1, 2)]
        + [PERSON],
    },
    "mine": {
        "text": "This is everything that is kept.",
        "buttons": [{"title": "Save it as a file", "url": "/chat/export"}, PERSON],
    },
    "staff": {
        "text": "Hello, I read your message.",
        "author": "staff",
        "name": "Dana",
        "role": "counselor",
    },
    "afraid": {
        "text": "Are you safe right now? Call or text 988, or call 911.",
        "danger": "violence",
        "buttons": [{"title": "Yes", "payload": "yes"}, {"title": "No", "payload": "no"}],
    },
}


@dataclass
class Session:
    messages: list[dict[str, Any]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    typing: bool = False

    def add(self, author: str, text: str, **more: Any) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        message = {"seq": len(self.messages) + 1, "author": author, "text": text, "buttons": []}
        self.messages.append(message | {"at": at} | more)


@dataclass
class FakeChat:
    """What the page talks to. The fields below make it fail; tests set them."""

    post_status: int = 0
    lose_next_answers: int = 0
    answer_delay: float = 0.05
    sessions: dict[str, Session] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    resumed_from: list[str] = field(default_factory=list)
    cut_streams: int = 0
    closing: bool = False
    sites: tuple[str, ...] = ()
    ended: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/chat/sessions", self.open_session, methods=["POST"]),
                Route("/chat/session", self.end_session, methods=["DELETE"]),
                Route("/chat/messages", self.take_message, methods=["POST"]),
                Route("/chat/typing", self.typing, methods=["POST"]),
                Route("/chat/history", self.history, methods=["GET"]),
                Route("/chat/history", self.forget, methods=["DELETE"]),
                Route("/chat/ratings", self.rate, methods=["PUT"]),
                Route("/chat/texts/{language}", self.texts),
                Route("/chat/export", self.export),
                Route("/chat/events", self.events),
                Route("/widget.js", self.script),
                Route("/demo", self.page),
                Route("/away", self.away),
                Mount("/static", StaticFiles(directory=GATEWAY / "static")),
            ],
            middleware=[
                Middleware(StrictPage),
                Middleware(SiteOrigins, settings=Settings(site_origins=self.sites)),
            ],
        )

    def stored_texts(self) -> list[str]:
        """What visitors wrote, as stored, in order."""
        messages = [m for session in self.sessions.values() for m in session.messages]
        return [m["text"] for m in messages if m["author"] == "visitor"]

    async def page(self, request: Request) -> Response:
        name = {"/": "page.html"}.get(request.url.path, "demo.html")
        return Jinja2Templates(GATEWAY / "templates").TemplateResponse(request, name, WHO)

    async def script(self, request: Request) -> Response:
        return await Scripts(Settings(exit_url=f"{request.base_url}away")).serve(request)

    async def texts(self, request: Request) -> Response:
        return JSONResponse(texts(Settings(), request.path_params["language"]))

    async def away(self, _: Request) -> Response:
        return HTMLResponse(AWAY)

    async def open_session(self, _: Request) -> Response:
        if self.post_status:
            return self._refusal()
        token, session = secrets.token_urlsafe(16), Session()
        self.sessions[token] = session
        session.add("guide", **GREETING)
        return JSONResponse({"token": token, "messages": session.messages}, 201)

    async def end_session(self, request: Request) -> Response:
        self.sessions.pop(_token(request), None)
        self.ended.append(_token(request))
        return Response(status_code=204)

    async def forget(self, request: Request) -> Response:
        if self.post_status:
            return self._refusal()
        self.sessions.pop(_token(request), None)
        self.forgotten.append(_token(request))
        return Response(status_code=204)

    async def rate(self, request: Request) -> Response:
        if self.post_status:
            return self._refusal()
        body = await request.json()
        self.sessions[_token(request)].messages[body["seq"] - 1]["helpful"] = body["helpful"]
        return Response(status_code=204)

    async def typing(self, request: Request) -> Response:
        return Response(status_code=204)

    async def take_message(self, request: Request) -> Response:
        session = self.sessions.get(_token(request))
        body = await request.json()
        self.posts.append(body)
        danger = {"say": DANGER} if "die" in body["text"] else {}
        if session is None:
            return JSONResponse({"error": {"code": "no_session", "message": ""}} | danger, 401)
        if self.post_status:
            return self._refusal(DANGER if danger else OUTAGE)
        if len(body["text"]) > 6000:
            return JSONResponse({"error": {"code": "too_long", "message": ""}} | danger, 413)
        if body["id"] not in session.seen:
            session.seen.add(body["id"])
            session.add("visitor", body["text"], client_id=body["id"])
            await self._announce(session)
            task = asyncio.create_task(self._answer(session, body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self.lose_next_answers:
            # Stored, but the browser never hears so: it must send again, and not be doubled.
            self.lose_next_answers -= 1
            return JSONResponse({"error": {"code": "gone", "message": ""}}, 502)
        return JSONResponse({"id": body["id"]}, 202)

    async def history(self, request: Request) -> Response:
        session = self.sessions.get(_token(request))
        if session is None:
            return JSONResponse({"error": {"code": "no_session", "message": ""}}, 401)
        return JSONResponse({"messages": session.messages})

    async def export(self, request: Request) -> Response:
        session = self.sessions.get(_token(request))
        if session is None or self.post_status:
            return JSONResponse({"error": {"code": "no_session", "message": ""}}, 503)
        return PlainTextResponse("\n".join(m["text"] for m in session.messages))

    async def events(self, request: Request) -> Response:
        session = self.sessions.get(_token(request))
        if session is None:
            return JSONResponse({"error": {"code": "no_session", "message": ""}}, 401)
        last = request.headers.get("last-event-id", "0")
        self.resumed_from.append(last)
        return StreamingResponse(self._stream(session, int(last)), media_type="text/event-stream")

    async def _stream(self, session: Session, last: int) -> AsyncIterator[str]:
        typing, cuts = False, self.cut_streams
        yield ": hello\n\n"
        while cuts == self.cut_streams and not self.closing:
            for message in session.messages[last:]:
                last = message["seq"]
                yield f"event: message\nid: {last}\ndata: {json.dumps(message)}\n\n"
            if typing != session.typing:
                typing = session.typing
                yield f"event: typing\ndata: {json.dumps({'on': typing})}\n\n"
            async with session.changed:
                try:
                    await asyncio.wait_for(session.changed.wait(), 0.2)
                except TimeoutError:
                    yield ": still here\n\n"

    async def _answer(self, session: Session, body: dict[str, Any]) -> None:
        session.typing = True
        await self._announce(session)
        await asyncio.sleep(self.answer_delay)
        said: dict[str, Any] = {"text": f"You wrote: {body['text']}", "buttons": [PERSON]}
        if body["text"].endswith("numbers"):
            said["text"] = body["text"].removesuffix("numbers") + NUMBERS
        said = ANSWERS.get(body.get("button") or body["text"], said)
        session.add(**({"author": "guide"} | said))
        session.typing = False
        await self._announce(session)

    def write(self, text: str, **more: Any) -> None:
        """The guide says something by itself, in every session."""
        for session in self.sessions.values():
            session.add(**({"author": "guide"} | more), text=text)

    async def _announce(self, session: Session) -> None:
        async with session.changed:
            session.changed.notify_all()

    def _refusal(self, say: list[str] = OUTAGE) -> Response:
        error: dict[str, Any] = {"error": {"code": "forced", "message": "forced"}}
        if self.post_status == 503:
            error["say"] = say
        return JSONResponse(error, self.post_status)


class StrictPage(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Cache-Control"] = "no-store"
        return response


class Served:
    """An app on a free loopback port, in a thread of its own."""

    def __init__(self, app: Starlette, chat: FakeChat | None = None) -> None:
        self._chat = chat
        config = uvicorn.Config(
            app, port=0, log_level="error", ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        if self._chat:
            self._chat.closing = True
        self._server.should_exit = True
        self._thread.join(5)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


if __name__ == "__main__":
    uvicorn.run(FakeChat(answer_delay=1).app(), port=8099)
