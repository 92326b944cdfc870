"""What Meta's webhook tells, read into events. Whatever is not as documented is left out."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["said", "attachment", "delivered", "echo", "ignored"]

ID_LIMIT, PROVIDER_ID_LIMIT = 64, 128  # of a person's message and of ours, as we keep them
PAYLOAD_LIMIT = 1000
LIKES = {369239263222822, 369239343222814, 369239383222810}  # the thumb beside the text field
LIKE = "\N{THUMBS UP SIGN}"
OTHERS = (
    "read",
    "reaction",
    "referral",
    "optin",
    "message_edit",
    "account_linking",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "app_roles",
    "policy_enforcement",
)
METADATA = "guide:"  # comes back with an echo of what we sent


@dataclass(frozen=True)
class Event:
    """One thing that happened. `why` names what is ignored; `ids` are those of our messages.

    `payload` is that of a button; `of` the delivery and the part that an echo is of.
    """

    kind: Kind
    person: str = ""
    page: str = ""
    id: str = ""
    text: str = ""
    payload: str | None = None
    ids: tuple[str, ...] = ()
    of: tuple[int, int] | None = None
    why: str = ""


def read(body: bytes) -> list[Event] | None:
    """Every event of a batch, in order; None if the body is no batch at all."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("entry"), list):
        return None
    if content.get("object") != "page":
        return [_ignored("other_object")]
    return [event for entry in content["entry"] for event in _entry(entry)]


def fit(provider_id: str, limit: int = ID_LIMIT) -> str:
    """A message's id as it is kept: one that is too long by its hash."""
    short = len(provider_id) <= limit and provider_id.isascii() and provider_id.isprintable()
    return provider_id if short else hashlib.sha256(_utf8(provider_id)).hexdigest()


def _entry(entry: object) -> Iterator[Event]:
    told = _dict(entry)
    for event in _list(told.get("messaging")):
        yield _event(event)
    for _ in _list(told.get("standby")):
        yield _ignored("standby")  # another app has the conversation
    if not _list(told.get("messaging")) and not _list(told.get("standby")):
        yield _ignored("other_entry")


def _event(event: object) -> Event:
    if not isinstance(event, dict):
        return _ignored("unreadable")
    sender, recipient = _id(event.get("sender")), _id(event.get("recipient"))
    if isinstance(message := event.get("message"), dict):
        if message.get("is_echo"):
            return _echo(message, page=sender)
        return _message(message, sender, recipient)
    if isinstance(postback := event.get("postback"), dict):
        return _postback(postback, event.get("timestamp"), sender, recipient)
    if isinstance(delivery := event.get("delivery"), dict):
        ids = tuple(mid for mid in _list(delivery.get("mids")) if isinstance(mid, str) and mid)
        return Event("delivered", page=recipient, ids=ids)
    return _ignored(next((name for name in OTHERS if name in event), "unknown"))


def _message(message: dict[str, Any], person: str, page: str) -> Event:
    text, attachments = _words(message.get("text")), _list(message.get("attachments"))
    pressed = _payload(_dict(message.get("quick_reply")))
    mid = message.get("mid")
    if not (person and page and isinstance(mid, str) and mid):
        return _ignored("unreadable")
    if message.get("is_deleted"):
        return _ignored("unsent")
    if not text and _is_like(message, attachments):
        text = LIKE
    if text or pressed:
        return Event("said", person, page, fit(mid), text, pressed)
    if attachments or message.get("sticker_id") or message.get("is_unsupported"):
        return Event("attachment", person, page, fit(mid))
    return _ignored("empty")


def _postback(postback: dict[str, Any], at: object, person: str, page: str) -> Event:
    title, payload, mid = _words(postback.get("title")), _payload(postback), postback.get("mid")
    if not (person and page and (title or payload)):
        return _ignored("unreadable")
    if not (isinstance(mid, str) and mid):  # of an older version: told apart by time and payload
        mid = f"postback {person} {at} {payload or title}".ljust(ID_LIMIT + 1)
    return Event("said", person, page, fit(mid), title, payload)


def _echo(message: dict[str, Any], page: str) -> Event:
    """A copy of what was sent in the Page's name: by us, or by somebody in Meta's own inbox."""
    mid, metadata = message.get("mid"), message.get("metadata")
    if not (isinstance(mid, str) and mid and isinstance(metadata, str)):
        return _ignored("echo")
    mark, _, place = metadata.partition(":")
    delivery, _, number = place.partition(":")
    ours = f"{mark}:" == METADATA and all(map(_is_place, (delivery, number)))
    if not ours:
        return _ignored("echo")
    return Event("echo", page=page, ids=(mid,), of=(int(delivery), int(number)))


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 10


def _is_like(message: dict[str, Any], attachments: list[Any]) -> bool:
    payloads = [_dict(_dict(each).get("payload")) for each in attachments]
    ids = [message.get("sticker_id"), *(payload.get("sticker_id") for payload in payloads)]
    return any(isinstance(each, int) and each in LIKES for each in ids)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(party: object) -> str:
    """The id of a person or a Page: digits, as Meta writes them."""
    found = _dict(party).get("id")
    is_id = isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 32
    return str(found) if is_id else ""


def _words(value: object) -> str:
    """A text that can be stored, whatever was sent as one."""
    if not isinstance(value, str):
        return ""
    return _utf8(value).decode().replace("\x00", " ").strip()


def _payload(told: dict[str, Any]) -> str | None:
    """What a button says that was tapped."""
    return _words(told.get("payload"))[:PAYLOAD_LIMIT] or None


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _ignored(why: str) -> Event:
    return Event("ignored", why=why)
