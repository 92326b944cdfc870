"""Twilio's REST interface: a message out, and the question whether one went out already."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from care.deliveries import Due
from gateway.channels.channel import NotSentError, Parcel
from gateway.channels.sms.account import Account

SECONDS = 10.0
ANSWER_LIMIT = 1024 * 1024
OPTED_OUT = 21610
CREDENTIALS = frozenset({401, 403})
CLOCK_SKEW = timedelta(seconds=5)


class Twilio:
    """One client for all; it never repeats a request by itself."""

    def __init__(self, account: Account, transport: httpx.AsyncBaseTransport | None = None):
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=f"{account.api_url}/2010-04-01/Accounts/{account.sid}",
            auth=(account.sid, account.token),
            timeout=SECONDS,
            transport=transport,
        )

    async def create(self, parcel: Parcel, status_url: str) -> str:
        """The id of the new message. Raises NotSentError."""
        form = {
            "To": parcel.address.person,
            "From": parcel.address.ours,
            "Body": parcel.content,
            "StatusCallback": status_url,
        }
        sid = _read(await self._asked("POST", data=form)).get("sid")
        if not isinstance(sid, str) or not sid:
            raise NotSentError("Garbled", unsure=True)
        return sid

    async def find(self, due: Due, parcel: Parcel) -> str | None:
        """A message of these very words to this person since the line was stored."""
        since = due.said.at - CLOCK_SKEW
        query = {
            "To": parcel.address.person,
            "From": parcel.address.ours,
            "DateSent>": since.date().isoformat(),
            "PageSize": "50",
        }
        found = _read(await self._asked("GET", params=query)).get("messages")
        for message in found if isinstance(found, list) else []:
            if _is(message, parcel, due) and _created(message) >= since.timestamp():
                return str(message["sid"])
        return None

    async def close(self) -> None:
        await self._client.aclose()

    async def _asked(self, method: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, "/Messages.json", **more)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotSentError(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise NotSentError(type(error).__name__, unsure=True) from None
        if not answer.is_success:
            raise _refusal(answer)
        return answer


def _refusal(answer: httpx.Response) -> NotSentError:
    """429 and a wrong key may be tried again, 4xx never, and after 5xx nobody knows."""
    status, code = answer.status_code, _read(answer).get("code")
    name = f"E{code}" if isinstance(code, int) else f"Status{status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return NotSentError(name, seconds=_seconds(answer.headers.get("Retry-After")))
    if status in CREDENTIALS:
        return NotSentError(name)
    if answer.is_client_error:
        return NotSentError(name, final=True, opted_out=code == OPTED_OUT)
    return NotSentError(name, unsure=True)


def _read(answer: httpx.Response) -> dict[str, Any]:
    if len(answer.content) > ANSWER_LIMIT:
        return {}
    try:
        content = answer.json()
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() else None


def _is(message: Any, parcel: Parcel, due: Due) -> bool:
    return (
        isinstance(message, dict)
        and message.get("body") == parcel.content
        and str(message.get("direction")).startswith("outbound")
        and isinstance(message.get("sid"), str)
        and message["sid"] not in due.parts.values()
    )


def _created(message: dict[str, Any]) -> float:
    try:
        return parsedate_to_datetime(str(message.get("date_created"))).timestamp()
    except ValueError:
        return 0.0
