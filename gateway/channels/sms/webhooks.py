"""What Twilio tells us: a message came, or what became of ours. Verified before it is read."""

import re
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from care import deliveries, language, opt_outs, outbox, wording
from care.addresses import Address
from care.conversations import AtOnce
from care.deliveries import Report
from care.errors import StorageDownError
from care.transcript import Inbound, Line, Outcome
from gateway import rendering
from gateway.channels import bodies
from gateway.channels.sms import keywords, signature
from gateway.channels.sms import rendering as texts
from gateway.channels.sms.account import Account
from gateway.channels.sms.twilio import OPTED_OUT
from gateway.reception import NotStoredError, Reception

CHANNEL = "sms"
MESSAGES, STATUS = "/channels/sms/messages", "/channels/sms/status"
MOST_FIELDS = 200
SID = re.compile(r"[A-Za-z0-9]{2,64}")
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
PLACE = re.compile(r"\d{1,9}")
STATES = {
    "sent": deliveries.SENT,
    "delivered": deliveries.DELIVERED,
    "read": deliveries.DELIVERED,
    "undelivered": deliveries.FAILED,
    "failed": deliveries.FAILED,
    "canceled": deliveries.FAILED,
}
ON_THE_WAY = {"accepted", "scheduled", "queued", "sending"}
OPT_TYPES: dict[str, keywords.Keyword] = {"STOP": "stop", "START": "start", "HELP": "help"}
REPLIES = {"stop": "utter_opted_out", "start": "utter_opted_in", "help": "utter_text_help"}
OPTS = {"stop": opt_outs.OUT, "start": opt_outs.IN}
NO_PICTURES = "utter_no_pictures"

Fields = dict[str, str]


class Webhooks:
    """A request whose signature is missing or wrong is refused, and nothing of it is looked at."""

    def __init__(self, account: Account, reception: Reception):
        self._account, self._reception = account, reception

    async def message(self, request: Request) -> Response:
        """Acknowledged when it is stored. If nothing can be, the answer itself says something."""
        fields = await self._verified(request)
        if fields is None:
            return Response(status_code=403)
        sid, address = fields.get("MessageSid") or fields.get("SmsSid") or "", _address(fields)
        if not SID.fullmatch(sid) or address is None:
            return self._ignored("not_a_message")
        text = _text(fields)
        if not text:
            return self._ignored("empty")
        try:
            at_once = await self._at_once(fields, address, text)
            await self._reception.take(address, Inbound(sid, text), at_once)
        except NotStoredError as error:
            return _twiml(error.line)
        return _twiml()

    async def status(self, request: Request) -> Response:
        fields = await self._verified(request)
        if fields is None:
            return Response(status_code=403)
        report = _report(fields, request)
        if report is None:
            return self._ignored("other_status")
        try:
            await self._reception.reported(report, opted_out=report.error == f"E{OPTED_OUT}")
        except StorageDownError:
            return Response(status_code=503)
        return Response(status_code=204)

    async def _verified(self, request: Request) -> Fields | None:
        """The fields, if Twilio signed them for this address and this account."""
        body = await bodies.read(request)
        pairs = _pairs(body) if len(body) <= bodies.BODY_LIMIT else []
        query = f"?{request.url.query}" if request.url.query else ""
        url = f"{self._account.public_url}{request.url.path}{query}"
        given = request.headers.get(signature.HEADER)
        fields = dict(pairs)
        if not signature.is_valid(self._account.token, url, pairs, given):
            self._reception.ignored(CHANNEL, "bad_signature")
            return None
        if fields.get("AccountSid") != self._account.sid:
            self._reception.ignored(CHANNEL, "other_account")
            return None
        return fields

    async def _at_once(self, fields: Fields, address: Address, text: str) -> AtOnce | None:
        """The answer to what needs no dialogue: STOP and its like, and a picture without a word."""
        told = OPT_TYPES.get(fields.get("OptOutType", ""))
        opted_out = keywords.may_start(text) and await self._reception.opted_out(address)
        keyword = told or keywords.heard(text, opted_out)
        spanish = language.of(text) == "es"
        if keyword is None:
            return self._fixed(NO_PICTURES, spanish) if not fields.get("Body", "").strip() else None
        if told or self._account.keywords:  # Twilio has answered
            opt = OPTS.get(keyword)
            return lambda _: Outcome(opt=opt, aside=opt != opt_outs.OUT)
        return self._fixed(REPLIES[keyword], spanish, opt=OPTS.get(keyword))

    def _fixed(self, name: str, spanish: bool, opt: str | None = None) -> AtOnce:
        name = wording.translated([name], spanish)
        line = rendering.fixed(self._reception.core, name, CHANNEL)
        order = outbox.AS_RECEIPT if opt or name != NO_PICTURES else outbox.AS_REPLY
        lines = [Line(line.text, author="system", order=order, response=name)]
        return lambda _: Outcome(lines, opt=opt, aside=opt != opt_outs.OUT)

    def _ignored(self, why: str) -> Response:
        self._reception.ignored(CHANNEL, why)
        return _twiml()


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # more fields than that
        return []


def _address(fields: Fields) -> Address | None:
    """A person's number and ours; what short codes and carriers send comes from nobody."""
    person, ours = fields.get("From", ""), fields.get("To", "")
    if not (NUMBER.fullmatch(person) and NUMBER.fullmatch(ours)):
        return None
    return Address(CHANNEL, person, ours)


def _text(fields: Fields) -> str:
    """The words; a picture without any is kept as such."""
    text = fields.get("Body", "").replace("\x00", "").strip()
    has_media = fields.get("NumMedia", "0") not in {"", "0"}
    return text or (keywords.picture() if has_media else "")


def _report(fields: Fields, request: Request) -> Report | None:
    sid, said = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
    if not SID.fullmatch(sid) or said not in STATES:
        return None
    code = fields.get("ErrorCode", "")
    delivery, number = request.query_params.get("d", ""), request.query_params.get("n", "")
    known = PLACE.fullmatch(delivery) and PLACE.fullmatch(number)
    return Report(
        CHANNEL,
        sid,
        STATES[said],
        error=f"E{code}" if PLACE.fullmatch(code) else None,
        of=(int(delivery), int(number)) if known else None,
    )


def _twiml(line: Line | None = None) -> Response:
    """An empty answer, or one text that Twilio sends for us."""
    said = texts.in_one(line) if line else ""
    inner = f"<Message>{escape(said)}</Message>" if said else ""
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'
    return Response(xml, media_type="text/xml")
