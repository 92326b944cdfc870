"""Small Zammad, Zendesk and Chatwoot that behave as documented, in memory; they break on demand."""

import base64
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

TOKEN = "token-of-the-tests"
Answer = tuple[int, Any]


@dataclass
class FakeHelpdesk(ABC):
    """`breaks` are answers to come instead of the real ones, the next first."""

    opened: list[dict[str, Any]] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    breaks: list[httpx.Response | Exception] = field(default_factory=list)
    loses_next_answer: bool = False

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.breaks:
            broken = self.breaks.pop(0)
            if isinstance(broken, Exception):
                raise broken
            return broken
        if not self.knows(request):
            return httpx.Response(401, json={"error": "words of theirs"})
        body = json.loads(request.content) if request.content else {}
        status, content = self.answer(request, body)
        if request.method == "POST" and self.loses_next_answer:
            self.loses_next_answer = False
            raise httpx.ReadTimeout("too late", request=request)
        return httpx.Response(status, json=content)

    @abstractmethod
    def knows(self, request: httpx.Request) -> bool: ...

    @abstractmethod
    def answer(self, request: httpx.Request, body: dict[str, Any]) -> Answer: ...


class FakeZammad(FakeHelpdesk):
    def knows(self, request: httpx.Request) -> bool:
        return str(request.headers.get("authorization")) == f"Token token={TOKEN}"

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> Answer:
        if request.method == "GET" and request.url.path == "/api/v1/tickets/search":
            wanted = request.url.params["query"].removeprefix("title:").strip('"')
            return 200, [ticket for ticket in self.opened if wanted in ticket["title"]]
        if request.method == "POST" and request.url.path == "/api/v1/tickets":
            if body.get("group") != "Users" or "body" not in body.get("article", {}):
                return 422, {"error": "words of theirs"}
            self.opened.append(body | {"id": len(self.opened) + 1})
            return 201, self.opened[-1]
        return 404, {"error": "words of theirs"}


class FakeZendesk(FakeHelpdesk):
    """Without its memory of external ids: what is new may not be found yet; the key is."""

    def knows(self, request: httpx.Request) -> bool:
        wanted = base64.b64encode(f"guide@example.org/token:{TOKEN}".encode()).decode()
        return str(request.headers.get("authorization")) == f"Basic {wanted}"

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> Answer:
        if request.url.path != "/api/v2/tickets.json":
            return 404, {"error": "words of theirs"}
        if request.method == "GET":
            wanted = request.url.params["external_id"]
            found = [t for t in self.opened[:-1] if t["external_id"] == wanted]
            return 200, {"tickets": found, "count": len(found)}
        ticket, key = body["ticket"], request.headers["idempotency-key"]
        known = next((t for t in self.opened if t["key"] == key), None)
        if known is None:
            self.opened.append({**ticket, "key": key, "id": len(self.opened) + 1})
        elif {**ticket, "key": key, "id": known["id"]} != known:
            return 400, {"error": "IdempotentRequestError"}
        return 201, {"ticket": known or self.opened[-1]}


class FakeChatwoot(FakeHelpdesk):
    def knows(self, request: httpx.Request) -> bool:
        return str(request.headers.get("api_access_token")) == TOKEN

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> Answer:
        path = request.url.path.removeprefix("/api/v1/accounts/1")
        if request.method == "GET" and path == "/contacts/3/conversations":
            return 200, {"payload": self.opened[-20:]}
        if request.method == "POST" and path == "/conversations":
            if (body.get("source_id"), body.get("inbox_id"), body.get("contact_id")) != ("s", 2, 3):
                return 404, {"error": "words of theirs"}
            self.opened.append(body | {"id": len(self.opened) + 1})
            return 200, self.opened[-1]
        return 404, {"error": "words of theirs"}


ADDRESSES: dict[str, tuple[Callable[[], FakeHelpdesk], str]] = {
    "zammad": (FakeZammad, "zammad+https://help.example.org?group=Users&customer=g@example.org"),
    "zendesk": (FakeZendesk, "zendesk+https://x.zendesk.example?user=guide@example.org"),
    "chatwoot": (
        FakeChatwoot,
        "chatwoot+https://chat.example.org?account=1&inbox=2&contact=3&source=s",
    ),
}
