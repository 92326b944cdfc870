"""Ways to reach staff: the console, a signed webhook, and whatever apprise knows.

A sender blocks; it runs in a thread with a limit. What it sends holds no word of a visitor.
"""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from care import ladder, wording
from care.alerts import NO_REFUSAL, Due, Refusal
from care.db import now
from care.errors import CareError, SettingsError
from care.ladder import CONSOLE_ADDRESS, Recipient
from care.settings import PREFIX, SIGNED_WEBHOOK, Settings

WEBHOOK_SECONDS = 8.0
LONGEST_ASKED = timedelta(hours=1)


class NotDeliveredError(CareError):
    """The other side did not take an alert; the message is a short code, never its answer."""

    def __init__(self, code: str, refusal: Refusal = NO_REFUSAL):
        super().__init__(code)
        self.refusal = refusal


@dataclass(frozen=True)
class Note:
    """One alert as it goes out. `key` stays the same however often it is sent."""

    key: str
    ticket: str
    kind: str
    priority: str
    step: int
    title: str
    text: str
    link: str
    due: str = ""


class Sender(Protocol):
    """Hands a note over, or raises."""

    def send(self, note: Note) -> None: ...


class Console:
    """For a development machine: one line."""

    def send(self, note: Note) -> None:
        print(f"ALERT: {note.title}. {note.text}", flush=True)


class Webhook:
    """Posts JSON, signed over the time and the body, to an address of the operator's."""

    def __init__(
        self,
        url: str,
        key: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ):
        self._url, self._key, self._clock = url, key.encode(), clock
        self._transport = transport
        self._tls = httpx.create_ssl_context()  # reading the certificates takes its time

    def send(self, note: Note) -> None:
        body = json.dumps(vars(note)).encode()
        with httpx.Client(
            timeout=WEBHOOK_SECONDS, transport=self._transport, verify=self._tls
        ) as client:
            answer = client.post(self._url, content=body, headers=self._headers(note, body))
        if not answer.is_success:
            wait = retry_after(answer.headers.get("retry-after", ""))
            raise NotDeliveredError(f"Status{answer.status_code}", Refusal(wait))

    def _headers(self, note: Note, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        signed = hmac.new(self._key, timestamp.encode() + b"." + body, hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": note.key,
            "Guide-Timestamp": timestamp,
            "Guide-Signature": f"sha256={signed.hexdigest()}",
        }


def retry_after(value: str) -> timedelta:
    """How long the other side asks to be left alone: seconds or a date, an hour at most."""
    if value.isascii() and value.isdigit():
        asked = timedelta(seconds=int(value[:9]))
    else:
        try:
            asked = parsedate_to_datetime(value) - now()
        except (ValueError, TypeError):  # none, or no such date
            return timedelta()
    return min(max(asked, timedelta()), LONGEST_ASKED)


class Apprise:
    """E-mail, chat, text message: an address that the apprise library understands."""

    def __init__(self, address: str):
        # Imported here: it takes its time, and a machine with only the console needs none of it.
        import apprise  # noqa: PLC0415

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it may log addresses
        self._channel: Any = apprise.Apprise()
        self._kind = apprise.NotifyType.WARNING
        if not self._channel.add(address):
            raise ValueError("unknown to apprise")

    def send(self, note: Note) -> None:
        if not self._channel.notify(title=note.title, body=note.text, notify_type=self._kind):
            raise NotDeliveredError("NotTaken")


def build(settings: Settings) -> dict[str, Sender]:
    """The sender of each recipient, by name. Raises SettingsError that names a bad setting."""
    return {r.name: _sender(settings, r) for r in ladder.every_recipient(settings)}


def note(settings: Settings, due: Due) -> Note:
    link = f"{settings.desk_url}/tickets/{due.number}"
    values = {
        "number": due.number,
        "kind": due.kind,
        "priority": due.priority,
        "minutes": str(round(due.open_for.total_seconds() / 60)),
        "link": link,
        "due": at.isoformat(timespec="seconds") if (at := due.ticket_due_at) else "",
    }
    words = ladder.texts(due.step)
    return Note(
        key=due.key,
        ticket=due.number,
        kind=due.kind,
        priority=due.priority,
        step=due.step,
        title=wording.fill(words["title"], values),
        text=wording.fill(words["text"], values),
        link=link,
        due=values["due"],
    )


def _sender(settings: Settings, recipient: Recipient) -> Sender:
    address = recipient.address
    if address == CONSOLE_ADDRESS:
        return Console()
    if address.startswith(SIGNED_WEBHOOK):
        key = settings.alert_webhook_key.get_secret_value()
        return Webhook(address.removeprefix(SIGNED_WEBHOOK), key)
    try:
        return Apprise(address)
    except ValueError as error:
        key = PREFIX + recipient.setting.upper()
        raise SettingsError(f"{key}: an address there is {error}") from None
