"""WhatsApp through Twilio: the account and signature of text messages, and rules of its own."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from care import menus, opt_outs, windows
from care.addresses import Address
from care.db import now
from care.deliveries import OUTSIDE_WINDOW, Due, Report
from care.errors import StorageDownError
from care.settings import Settings
from care.transcript import Inbound, Outcome, Said
from gateway import rendering as approved
from gateway.channels import bodies
from gateway.channels.channel import NotSentError, Parcel
from gateway.channels.messenger.splitting import split
from gateway.channels.sms import account, keywords, signature
from gateway.channels.sms.account import Account
from gateway.channels.sms.twilio import Twilio
from gateway.channels.sms.webhooks import NO_PICTURES, STATES
from gateway.reception import NotStoredError, Reception
from gateway.threads import Threads

CHANNEL = "whatsapp"
MESSAGES, STATUS = "/channels/whatsapp/messages", "/channels/whatsapp/status"
TEXT_LIMIT, MOST_FIELDS = 1600, 200
PERSON, PLACE, SID = r"whatsapp:\+[1-9]\d{6,14}", r"\d{1,9}", r"[A-Za-z0-9]{2,64}"
REFUSED_OUTSIDE = "E63016"


class WhatsAppChannel:
    name = CHANNEL
    lists_choices = True

    def __init__(self, account: Account, ours: str, transport: httpx.AsyncBaseTransport | None):
        self._account, self._ours = account, f"whatsapp:{ours}"
        self._twilio, self._threads = Twilio(account, transport), Threads()

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        self._reception, self._core = reception, reception.core
        return [
            Route(MESSAGES, self.message, methods=["POST"]),
            Route(STATUS, self.status, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """Acknowledged when it is stored. If nothing can be, the answer itself says something."""
        if (fields := await self._verified(request)) is None:
            return Response(status_code=403)
        sid, person = fields.get("MessageSid", ""), fields.get("From", "")
        said = fields.get("Body", "").replace("\x00", "").strip()
        text = said or (keywords.picture() if fields.get("NumMedia", "0") != "0" else "")
        if not (re.fullmatch(SID, sid) and re.fullmatch(PERSON, person) and text):
            self._reception.ignored(CHANNEL, "not_a_message")
            return Response(status_code=204)
        address = Address(CHANNEL, person, self._ours)
        line = approved.fixed(self._core, NO_PICTURES, CHANNEL)
        seconds = self._core.settings.storage_timeout_seconds
        try:
            if not await self._reception.screening.danger_in(text):
                await self._threads.within(seconds, opt_outs.wants_again, self._core, address, sid)
            at_once = None if said else lambda _: Outcome([line], aside=True)
            await self._reception.take(address, Inbound(sid, text), at_once)
        except NotStoredError as error:
            told = f"<Response><Message>{escape(error.line.text)}</Message></Response>"
            return Response(told, media_type="text/xml")
        except StorageDownError:
            return Response(status_code=503)
        return Response(status_code=204)

    async def status(self, request: Request) -> Response:
        if (fields := await self._verified(request)) is None:
            return Response(status_code=403)
        sid, state = fields.get("MessageSid", ""), STATES.get(fields.get("MessageStatus", ""))
        if not state or not re.fullmatch(SID, sid):
            self._reception.ignored(CHANNEL, "other_status")
            return Response(status_code=204)
        place = [request.query_params.get(name, "") for name in ("d", "n")]
        known = all(re.fullmatch(PLACE, each) for each in place)
        code = fields.get("ErrorCode", "")
        error = f"E{code}" if re.fullmatch(PLACE, code) else None
        report = Report(
            CHANNEL, sid, state, error, of=(int(place[0]), int(place[1])) if known else None
        )
        try:
            await self._reception.reported(report)
        except StorageDownError:
            return Response(status_code=503)
        return Response(status_code=204)

    def parts(self, said: Said) -> Sequence[Any]:
        """WhatsApp itself makes numbers and addresses in a text into links."""
        links = [(b["title"], _target(b["url"])) for b in said.buttons if b.get("url")]
        shown = [f"{title}: {to}" for title, to in links if to and to not in said.text]
        chosen = enumerate(menus.choices(said.buttons), start=1)
        lines = [said.text.strip(), *shown, *(f"{n}. {b['title']}" for n, b in chosen)]
        return split("\n".join(lines), TEXT_LIMIT, TEXT_LIMIT)

    async def send(self, parcel: Parcel) -> str:
        talk = await self._threads.run(windows.talk_with, self._core, parcel.address)
        if talk is None or now() - talk.wrote_at >= windows.WHATSAPP.replies:
            raise NotSentError(OUTSIDE_WINDOW, final=True)
        about = urlencode({"d": parcel.delivery, "n": parcel.number})
        try:
            return await self._twilio.create(parcel, f"{self._account.public_url}{STATUS}?{about}")
        except NotSentError as error:
            if str(error) == REFUSED_OUTSIDE:
                raise NotSentError(OUTSIDE_WINDOW, final=True) from None
            raise

    async def find(self, due: Due, parcel: Parcel) -> str | None:
        return await self._twilio.find(due, parcel)

    async def close(self) -> None:
        await self._twilio.close()

    async def _verified(self, request: Request) -> dict[str, str] | None:
        body = (await bodies.read(request)).decode("utf-8", "replace")
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            pairs = []
        query = f"?{request.url.query}" if request.url.query else ""
        url, given = f"{self._account.public_url}{request.url.path}{query}", request.headers
        signed = signature.is_valid(self._account.token, url, pairs, given.get(signature.HEADER))
        fields = dict(pairs)
        mine = fields.get("AccountSid") == self._account.sid
        if signed and mine and self._ours in (fields.get("To"), fields.get("From")):
            return fields
        self._reception.ignored(CHANNEL, "not_for_us" if signed else "bad_signature")
        return None


def _target(url: str) -> str:
    return re.sub(r"^(tel|sms):|^/.*", "", url)


def build(settings: Settings) -> WhatsAppChannel | None:
    found = account.of(settings) if settings.whatsapp_number else None
    return WhatsAppChannel(found, settings.whatsapp_number, None) if found else None
