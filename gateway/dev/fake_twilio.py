"""A stand-in for Twilio that behaves as Twilio documents: for development machines and tests.

Its REST interface takes our messages, with its errors; it calls our webhooks with real signatures,
reports what became of a message, and keeps to STOP and START itself.
"""

import asyncio
import base64
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from care import gsm
from gateway.channels.sms import keywords, signature
from gateway.channels.sms.account import Account
from gateway.channels.sms.webhooks import MESSAGES

BODY_LIMIT = 1600
RETRY_SECONDS = 2
WEBHOOK_SECONDS = 15.0
REFUSALS = {21602: "Message body is required", 21211: "Invalid 'To' Phone Number"}
REFUSALS |= {21610: "Attempt to send to unsubscribed recipient", 21617: "The body is too long"}
SIMULATED = ("busy", "broken", "cut_off", "undelivered", "blocked")


@dataclass
class Text:
    """One text message, in or out."""

    sid: str
    person: str
    ours: str
    body: str
    direction: str
    status: str
    at: datetime
    error: int | None = None

    @property
    def segments(self) -> int:
        return gsm.size(self.body).segments

    def shown(self) -> dict[str, Any]:
        size = gsm.size(self.body)
        return {
            "sid": self.sid,
            "body": self.body,
            "inbound": self.direction == "inbound",
            "status": self.status,
            "error": self.error,
            "segments": size.segments,
            "length": size.length,
            "alphabet": size.alphabet,
        }


@dataclass
class FakeTwilio:
    """`simulate` holds what goes wrong with the next messages, one of SIMULATED each.

    `keeps_stop`: this account leaves STOP and START to Twilio, which then blocks by itself.

    busy: 429 with Retry-After. broken: 500. cut_off: taken, but the answer is lost. undelivered:
    taken, then reported as not delivered. blocked: 21610.
    """

    account: Account
    texts: list[Text] = field(default_factory=list)
    stopped: set[tuple[str, str]] = field(default_factory=set)
    simulate: list[str] = field(default_factory=list)
    keeps_stop: bool = False
    reports: bool = True
    transport: httpx.AsyncBaseTransport | None = None
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def routes(self, prefix: str = "") -> list[Route]:
        path = f"{prefix}/2010-04-01/Accounts/{{account}}/Messages.json"
        return [
            Route(path, self._create, methods=["POST"]),
            Route(path, self._list, methods=["GET"]),
        ]

    def phone(self, person: str) -> list[Text]:
        """All that a phone sent and got, oldest first."""
        return [text for text in self.texts if text.person == person]

    async def text_us(
        self, person: str, body: str, sid: str | None = None, **more: str
    ) -> httpx.Response:
        """Somebody's phone sends a text: our webhook is called. Raises httpx.HTTPError."""
        ours = self.account.numbers[0]
        sid = sid or _sid("SM")
        if all(text.sid != sid for text in self.texts):
            self._keep(Text(sid, person, ours, body, "inbound", "received", datetime.now(UTC)))
            if self.keeps_stop:
                self._heed(person, ours, body)
        answer = await self._call(MESSAGES, inbound(self.account, person, body, sid, **more))
        for said in _messages_in(answer):
            reply = Text(
                _sid("SM"), person, ours, said, "outbound-reply", "delivered", datetime.now(UTC)
            )
            self._keep(reply)
        return answer

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _heed(self, person: str, ours: str, body: str) -> None:
        """As carriers do: single words only."""
        keyword = keywords.heard(body, opted_out=(person, ours) in self.stopped)
        if keyword == "stop" and len(body.split()) == 1:
            self.stopped.add((person, ours))
        if keyword == "start":
            self.stopped.discard((person, ours))

    async def _create(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.form()).items()}
        happens = self.simulate.pop(0) if self.simulate else ""
        if happens == "busy":
            headers = {"Retry-After": str(RETRY_SECONDS)}
            return _error(429, 20429, "Too Many Requests", headers)
        if happens == "broken":
            return _error(500, 20500, "Internal Server Error")
        if code := self._refusal(form, happens):
            return _error(400, code, REFUSALS[code])
        text = Text(
            _sid("SM"),
            form["To"],
            form["From"],
            form["Body"],
            "outbound-api",
            "queued",
            datetime.now(UTC),
        )
        self._keep(text)
        if self.reports and form.get("StatusCallback"):
            self._begin(self._report(text, form["StatusCallback"], happens == "undelivered"))
        if happens == "cut_off":
            return Response("", status_code=502)
        return JSONResponse(_shown(text, self.account), 201)

    async def _list(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        wanted = request.query_params
        found = [
            _shown(text, self.account)
            for text in reversed(self.texts)
            if text.direction != "inbound"
            and wanted.get("To") in {None, text.person}
            and wanted.get("From") in {None, text.ours}
        ]
        return JSONResponse({"messages": found[: int(wanted.get("PageSize", "50"))]})

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        expected = f"{self.account.sid}:{self.account.token}".encode()
        with suppress(ValueError):
            return secrets.compare_digest(base64.b64decode(given), expected)
        return False

    def _refusal(self, form: Mapping[str, str], happens: str) -> int | None:
        if not form.get("Body"):
            return 21602
        if not form.get("To", "").startswith("+"):
            return 21211
        if len(form["Body"]) > BODY_LIMIT:
            return 21617
        if happens == "blocked" or (form["To"], form.get("From", "")) in self.stopped:
            return 21610
        return None

    async def _report(self, text: Text, url: str, fails: bool) -> None:
        for status in ("sent", "undelivered" if fails else "delivered"):
            text.status = status
            about = {
                "MessageSid": text.sid,
                "SmsSid": text.sid,
                "AccountSid": self.account.sid,
                "From": text.ours,
                "To": text.person,
                "MessageStatus": status,
                "SmsStatus": status,
                "ApiVersion": "2010-04-01",
            }
            if status == "undelivered":
                text.error = 30003
                about["ErrorCode"] = "30003"
            # A gateway that dies breaks the client in many ways; Twilio repeats no report either.
            with suppress(Exception):
                await self._call(url.removeprefix(self.account.public_url), about)

    async def _call(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        url = self.account.public_url + path
        signed = signature.sign(self.account.token, url, fields.items())
        async with httpx.AsyncClient(timeout=WEBHOOK_SECONDS, transport=self.transport) as client:
            return await client.post(url, data=dict(fields), headers={signature.HEADER: signed})

    def _keep(self, text: Text) -> None:
        self.texts.append(text)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def inbound(account: Account, person: str, body: str, sid: str, **more: str) -> dict[str, str]:
    """The fields of an incoming message, as Twilio's guide to its webhook request lists them."""
    return {
        "ToCountry": "US",
        "ToState": "DC",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "FromState": "NY",
        "SmsStatus": "received",
        "FromCity": "NEW YORK",
        "Body": body,
        "FromCountry": "US",
        "To": account.numbers[0],
        "NumSegments": str(gsm.size(body).segments),
        "MessageSid": sid,
        "AccountSid": account.sid,
        "From": person,
        "ApiVersion": "2010-04-01",
        **more,
    }


def _messages_in(answer: httpx.Response) -> Iterable[str]:
    """What the TwiML of an answer says."""
    if not answer.is_success or not answer.content:
        return []
    tree = ET.fromstring(answer.content)  # noqa: S314  (our own answer)
    return [message.text or "" for message in tree.iter("Message")]


def _shown(text: Text, account: Account) -> dict[str, Any]:
    return {
        "sid": text.sid,
        "account_sid": account.sid,
        "to": text.person,
        "from": text.ours,
        "body": text.body,
        "direction": text.direction,
        "status": text.status,
        "num_segments": str(text.segments),
        "error_code": text.error,
        "error_message": None,
        "date_created": format_datetime(text.at, usegmt=False),
    }


def _error(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return JSONResponse(body, status, headers=headers)


def _sid(kind: str) -> str:
    return kind + secrets.token_hex(16)
