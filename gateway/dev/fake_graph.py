"""A stand-in for Meta's Graph API, as documented: it refuses what Meta would refuse.

For tests, and for trying Messenger on a development machine without a Page.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from care.db import now
from gateway.channels.messenger.account import Account

TEXT, TEMPLATE, TITLE, PAYLOAD = 2000, 640, 20, 1000
MOST_BUTTONS, MOST_QUICK_REPLIES = 3, 13
ACTIONS = {"mark_seen", "typing_on", "typing_off"}
TAGS = {"HUMAN_AGENT"}  # all others have ended
WINDOW, PERSON_WINDOW = timedelta(hours=24), timedelta(days=7)

Content = dict[str, Any]


class RefusedError(Exception):
    """An answer of Meta's that is an error."""

    def __init__(self, code: int, subcode: int | None = None, status: int = 400):
        super().__init__(f"{code}/{subcode}")
        self.code, self.subcode, self.status = code, subcode, status


@dataclass
class FakeGraph:
    """Keeps what it was given. `fail` is what the next calls answer with, `hangs` makes them late.

    `lost` is how many of the next messages are taken without their sender being told.

    `wrote_at` is when each person wrote to the Page last; nobody else can be written to.
    """

    account: Account
    clock: Callable[[], datetime] = now
    needs_proof: bool = False
    human_agent: bool = True
    wrote_at: dict[str, datetime] = field(default_factory=dict)
    sent: list[Content] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    fail: list[RefusedError | Response | Exception] = field(default_factory=list)
    hangs: bool = False
    lost: int = 0
    profile: Content = field(default_factory=dict)
    page_ids: dict[str, str] = field(default_factory=dict)
    told: Callable[[Content], None] = lambda _: None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def routes(self, prefix: str = "") -> list[Route]:
        root = prefix + "/{version}"
        return [
            Route(root + "/me/messenger_profile", self._profile, methods=["GET", "POST", "DELETE"]),
            Route(root + "/{page}/messages", self._messages, methods=["POST"]),
            Route(root + "/{page}/personas", self._personas, methods=["POST"]),
            Route(root + "/{user}/ids_for_pages", self._ids, methods=["GET"]),
        ]

    async def _messages(self, request: Request) -> Response:
        return await self._answered(request, self._message, token=self.account.token)

    async def _profile(self, request: Request) -> Response:
        work = {"GET": self._read, "POST": self._set, "DELETE": self._delete}[request.method]
        return await self._answered(request, work, token=self.account.token)

    async def _personas(self, request: Request) -> Response:
        return await self._answered(request, self._persona, token=self.account.token)

    async def _ids(self, request: Request) -> Response:
        token = f"{self.account.app}|{self.account.secret}"
        user = request.path_params["user"]
        return await self._answered(request, lambda _: self._known(user), token=token)

    async def _answered(
        self, request: Request, work: Callable[[Content], Content], token: str
    ) -> Response:
        while self.hangs:  # noqa: ASYNC110  (until told otherwise)
            await asyncio.sleep(0.01)
        try:
            given = await _given(request)
            self._authorise(given, token)
            if self.fail:
                planned = self.fail.pop(0)
                if isinstance(planned, Response):
                    return planned
                raise planned
            answer = JSONResponse(work(given))
            return self._cut_off(given) or answer
        except RefusedError as refused:
            return JSONResponse(error(refused.code, refused.subcode), refused.status)

    def _cut_off(self, given: Content) -> Response | None:
        if "message" not in given or not self.lost:
            return None
        self.lost -= 1
        return Response(status_code=502)

    def _authorise(self, given: Content, token: str) -> None:
        if given.get("access_token") != token:
            raise RefusedError(190)
        known = hmac.new(self.account.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if given.get("appsecret_proof", None if self.needs_proof else known) != known:
            raise RefusedError(100)

    def _message(self, given: Content) -> Content:
        person = str((given.get("recipient") or {}).get("id"))
        if person not in self.wrote_at:
            raise RefusedError(100, 2018001)
        if "sender_action" in given:
            _check("message" not in given and given["sender_action"] in ACTIONS)
            self.actions.append((person, given["sender_action"]))
            return {"recipient_id": person}
        self._check_window(person, given)
        check_message(given.get("message") or {})
        place = next(self.numbers)
        self.sent.append({**given, "place": place})
        mid = f"m_{place:04}{hashlib.sha256(person.encode()).hexdigest()[:40]}"
        self._tell(person, mid, given["message"])
        return {"recipient_id": person, "message_id": mid}

    def _check_window(self, person: str, given: Content) -> None:
        since = self.clock() - self.wrote_at[person]
        kind, tag = given.get("messaging_type"), given.get("tag")
        _check(kind in {"RESPONSE", "UPDATE"} or (kind == "MESSAGE_TAG" and tag in TAGS))
        if kind != "MESSAGE_TAG" and since >= WINDOW:
            raise RefusedError(10, 2018278)
        if kind == "MESSAGE_TAG" and (since >= PERSON_WINDOW or not self.human_agent):
            raise RefusedError(10, 2018278)

    def _tell(self, person: str, mid: str, message: Content) -> None:
        """The echo and the receipt that Meta sends for a message."""
        echo = {**message, "mid": mid, "is_echo": True, "app_id": int(self.account.app or 0)}
        page, moment = {"id": self.account.page}, int(self.clock().timestamp() * 1000)
        events = [
            {"sender": page, "recipient": {"id": person}, "timestamp": moment, "message": echo},
            {
                "sender": {"id": person},
                "recipient": page,
                "timestamp": moment,
                "delivery": {"mids": [mid], "watermark": moment},
            },
        ]
        self.told(batch(self.account.page, events))

    def _read(self, given: Content) -> Content:
        wanted = str(given.get("fields", "")).split(",")
        return {"data": [{k: v for k, v in self.profile.items() if k in wanted}]}

    def _set(self, given: Content) -> Content:
        self.profile |= {k: v for k, v in given.items() if k not in _CREDENTIALS}
        return {"result": "success"}

    def _delete(self, given: Content) -> Content:
        for name in given.get("fields") or []:
            self.profile.pop(name, None)
        return {"result": "success"}

    def _persona(self, given: Content) -> Content:
        _check(bool(given.get("name")) and bool(given.get("profile_picture_url")))
        return {"id": "300000000000003"}

    def _known(self, user: str) -> Content:
        page = {"id": self.account.page, "name": "A Page"}
        known = self.page_ids.get(user)
        return {"data": [{"id": known, "page": page}] if known else []}


_CREDENTIALS = {"access_token", "appsecret_proof"}


def batch(page: str, events: list[Content]) -> Content:
    """The body of a webhook."""
    return {"object": "page", "entry": [{"id": page, "time": 1, "messaging": events}]}


def error(code: int, subcode: int | None = None) -> Content:
    told: Content = {"message": "(#0) told by Meta", "type": "OAuthException", "code": code}
    return {"error": {**told, **({"error_subcode": subcode} if subcode else {}), "fbtrace_id": "x"}}


def check_message(message: Content) -> None:
    """Holds a message to what is documented. Raises RefusedError."""
    attachment, text = message.get("attachment"), message.get("text")
    _check((attachment is None) != (text is None))
    if attachment is None:
        _check_text(text, TEXT)
    else:
        _check(attachment.get("type") == "template")
        _check_template(attachment["payload"])
    replies = message.get("quick_replies", [])
    _check(isinstance(replies, list) and len(replies) <= MOST_QUICK_REPLIES)
    _check("quick_replies" not in message or bool(replies))
    for reply in replies:
        _check(reply["content_type"] == "text")
        _check_text(reply["title"], TITLE)
        _check_text(reply["payload"], PAYLOAD)
    _check(len(message.get("metadata", "")) <= PAYLOAD)


def _check_template(payload: Content) -> None:
    _check(payload["template_type"] == "button")
    _check_text(payload["text"], TEMPLATE)
    _check(1 <= len(payload["buttons"]) <= MOST_BUTTONS)
    for button in payload["buttons"]:
        _check_text(button["title"], TITLE)
        if button["type"] == "web_url":
            _check(button["url"].startswith("https://"))
        elif button["type"] == "phone_number":
            number = button["payload"]
            _check(number.startswith("+") and number[1:].isdigit() and len(number) > 8)
        else:
            _check(button["type"] == "postback")
            _check_text(button["payload"], PAYLOAD)


def _check_text(text: object, limit: int) -> None:
    _check(isinstance(text, str) and bool(text.strip()))
    _check(len(str(text).encode("utf-16-le")) // 2 <= limit)


def _check(holds: bool) -> None:
    if not holds:
        raise RefusedError(100)


async def _given(request: Request) -> Content:
    """The parameters, wherever they stand."""
    body = await request.body()
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        raise RefusedError(100) from None
    return {**request.query_params, **content}
