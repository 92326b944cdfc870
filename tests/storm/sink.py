"""Where the storm's alerts go: verifies each signature, and fails half the requests it gets."""

import asyncio
import hashlib
import hmac
import json
import random
from collections import Counter
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

# How often a key fails before it is taken: one failure each on average, so half of all requests.
FAILURES, SHARES = (0, 1, 2, 3), (0.4, 0.3, 0.2, 0.1)
WAYS, WEIGHTS = ("refuses", "cuts", "takes_and_cuts", "hangs"), (0.7, 0.17, 0.12, 0.01)
HANG_SECONDS = 30.0


class Cut(Response):
    """Promises two bytes and sends none: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass
class Sink:
    """Remembers every idempotency key that it took, as docs/alerts.md asks of a receiver."""

    key: str
    chance: random.Random
    taken: Counter[str] = field(default_factory=Counter)
    tickets: dict[str, str] = field(default_factory=dict)
    ways: Counter[str] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    _left: dict[str, int] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/alerts", self._receive, methods=["POST"])])

    @property
    def resent(self) -> int:
        """Deliveries that a key taken before came with: the receiver drops them."""
        return self.taken.total() - len(self.taken)

    async def _receive(self, request: Request) -> Response:
        body = await request.body()
        if not self._is_genuine(request, body):
            self.ways["forged"] += 1
            return Response(status_code=401)
        key = request.headers["idempotency-key"]
        way = self._way(key)
        self.ways[way] += 1
        if way == "refuses":
            return Response(status_code=503)
        if way == "hangs":
            await asyncio.sleep(HANG_SECONDS)
        if way in {"takes", "takes_and_cuts"}:
            self.taken[key] += 1
            self.tickets[key] = json.loads(body)["ticket"]
            self.bodies.append(body)
        if way == "takes":
            return Response(status_code=204)
        return Cut()

    def _way(self, key: str) -> str:
        left = self._left.get(key)
        if left is None:
            left = self.chance.choices(FAILURES, SHARES)[0]
        self._left[key] = left - 1
        return self.chance.choices(WAYS, WEIGHTS)[0] if left > 0 else "takes"

    def _is_genuine(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("guide-timestamp", "").encode()
        expected = hmac.new(self.key.encode(), stamp + b"." + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"sha256={expected}", request.headers.get("guide-signature", ""))
