"""`/dev/phone/messenger`: Messenger on the page, to try it by hand. Not there in production."""

import asyncio
import json
import re
import secrets
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from care.db import now
from care.settings import Settings
from gateway.channels.messenger import account, signature
from gateway.channels.messenger.webhooks import WEBHOOK
from gateway.dev.asked import asked
from gateway.dev.fake_graph import Content, FakeGraph, RefusedError, batch

HERE = Path(__file__).parent
PEOPLE = ("24680135791357", "24680135791358")
ID = re.compile(r"[1-9]\d{5,19}")
TEXT_LIMIT = 2000
SIMULATED = {
    "busy": RefusedError(613),
    "broken": RefusedError(2, status=500),
    "gone": RefusedError(551, 1545041),
    "too_late": RefusedError(10, 2018278),
}


class Messenger:
    """What is written here goes through the real webhook, signed by the stand-in for Meta."""

    def __init__(self, graph: FakeGraph):
        self.graph = graph
        graph.told = self._tell
        self._client = httpx.AsyncClient(timeout=20)
        self._tasks: set[asyncio.Task[None]] = set()
        self._written: dict[str, list[Content]] = {}
        self._templates = Jinja2Templates(directory=HERE / "templates")

    def routes(self) -> list[Route]:
        return [
            Route("/dev/phone/messenger", self.page, methods=["GET"]),
            Route("/dev/phone/messenger/chat", self.chat, methods=["GET"]),
            Route("/dev/phone/messenger/chat", self.write, methods=["POST"]),
            Route("/dev/phone/messenger/simulate", self.simulate, methods=["POST"]),
            *self.graph.routes(account.STAND_IN),
        ]

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def page(self, request: Request) -> Response:
        values = {"people": PEOPLE, "simulated": list(SIMULATED), "limit": TEXT_LIMIT}
        return self._templates.TemplateResponse(request, "messenger.html", values)

    async def chat(self, request: Request) -> Response:
        """All that was written, in its order, and what its person sees Meta do."""
        person = request.query_params.get("person", "")
        theirs = [c for c in self.graph.sent if c["recipient"]["id"] == person]
        shown = [{"place": c["place"], "message": c["message"]} for c in theirs]
        lines = sorted([*self._written.get(person, []), *shown], key=lambda line: line["place"])
        acted = [action for who, action in self.graph.actions if who == person]
        return JSONResponse({"lines": lines, "action": acted[-1] if acted else None})

    async def write(self, request: Request) -> Response:
        """A text, or the tap on a button: `payload`, and `quick` for a quick reply."""
        given = await asked(request)
        person, text = str(given.get("person")), str(given.get("text") or "")[:TEXT_LIMIT]
        if not ID.fullmatch(person) or not (text or given.get("payload") or given.get("picture")):
            return JSONResponse({"error": f"An id such as {PEOPLE[0]} and a text."}, 400)
        told = _event(given, text)
        self.graph.wrote_at[person] = now()
        line = {"place": next(self.graph.numbers), "mine": text or "[picture]"}
        self._written.setdefault(person, []).append(line)
        page = {"id": self.graph.account.page}
        try:
            answer = await self._post([{"sender": {"id": person}, "recipient": page, **told}])
        except httpx.HTTPError as error:
            return JSONResponse({"error": type(error).__name__}, 502)
        return JSONResponse({"status": answer.status_code})

    async def simulate(self, request: Request) -> Response:
        happens = str((await asked(request)).get("happens"))
        if happens not in SIMULATED:
            return JSONResponse({"error": f"One of {', '.join(SIMULATED)}."}, 400)
        self.graph.fail.append(SIMULATED[happens])
        return JSONResponse({"simulate": happens})

    async def _post(self, told: list[Content]) -> httpx.Response:
        return await self._signed(batch(self.graph.account.page, told))

    async def _signed(self, content: Content) -> httpx.Response:
        body = json.dumps(content).encode()
        headers = {signature.HEADER: signature.sign(self.graph.account.secret, body)}
        url = f"{self.graph.account.public_url}{WEBHOOK}"
        return await self._client.post(url, content=body, headers=headers)

    def _tell(self, content: Content) -> None:
        task = asyncio.create_task(self._reported(content))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reported(self, content: Content) -> None:
        try:
            await self._signed(content)
        except httpx.HTTPError:
            return  # Meta would send it again; here nothing depends on it


def build(settings: Settings) -> Messenger | None:
    """None in production, and where Messenger goes through a true Page."""
    if settings.mode == "production" or settings.messenger_page_id:
        return None
    return Messenger(FakeGraph(account.stand_in(settings)))


def _event(given: Content, text: str) -> Content:
    mid, payload = f"m_{secrets.token_hex(24)}", given.get("payload")
    if given.get("picture"):
        attachment = {"type": "image", "payload": {"url": "https://example.org/picture.jpg"}}
        return {"message": {"mid": mid, "attachments": [attachment]}}
    if isinstance(payload, str) and given.get("quick"):
        return {"message": {"mid": mid, "text": text, "quick_reply": {"payload": payload}}}
    if isinstance(payload, str):
        return {"postback": {"mid": mid, "title": text, "payload": payload}}
    return {"message": {"mid": mid, "text": text}}
