"""Meta's Graph API, as far as Messenger needs it. No words of a person or of Meta go into a log."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from care.deliveries import OUTSIDE_WINDOW
from gateway.channels.channel import NotSentError
from gateway.channels.messenger.account import Account, proof_of

CONNECT_SECONDS, ANSWER_SECONDS = 4.0, 12.0
ANSWER_LIMIT = 1024 * 1024
USAGE = "X-Business-Use-Case-Usage"

UNAVAILABLE = "unavailable"
RATE_LIMITS = {4, 17, 32, 341, 613, 80006}
RATE_SECONDS = 60.0
BLOCKED, BLOCKED_SECONDS = 368, 1800.0
WINDOW_CODE, WINDOW_SUBCODES = 10, {None, 2018065, 2018278}
UNAVAILABLE_CODES = {(551, None), (551, 1545041), (200, 1545041), (10, 2018108), (100, 2018001)}
PASSING = {-1, 1, 2, 190, 1200}  # what may work later; 190 once the operator renews the token
DOUBTFUL = {-1, 1, 2}  # Meta may have taken it all the same


class Graph:
    """Calls as the Page, with proof that they come from the app."""

    def __init__(self, account: Account, transport: httpx.AsyncBaseTransport | None = None):
        self._account = account
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx.AsyncClient(timeout=timeout, transport=transport)

    async def send(self, body: Mapping[str, Any]) -> str:
        """The id of the message. Raises NotSentError."""
        answer = await self._post(f"/{self._account.page}/messages", body)
        found = answer.get("message_id")
        return found if isinstance(found, str) and found else ""

    async def act(self, person: str, action: str) -> None:
        """Shows that a message was seen, or that somebody writes. Raises NotSentError."""
        body = {"recipient": {"id": person}, "sender_action": action}
        await self._post(f"/{self._account.page}/messages", body)

    async def persons_of(self, app_user: str) -> list[str]:
        """The ids by which our Page knows someone whom the app knows. Raises NotSentError."""
        token = f"{self._account.app}|{self._account.secret}"
        fields = {
            "page": self._account.page,
            "access_token": token,
            "appsecret_proof": proof_of(self._account.secret, token),
        }
        answer = await self._answer("GET", f"/{app_user}/ids_for_pages", params=fields)
        rows = answer.get("data")
        listed = rows if isinstance(rows, list) else []
        found = [row.get("id") for row in listed if isinstance(row, dict)]
        return [each for each in found if isinstance(each, str)]

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        account = self._account
        proven = {**body, "access_token": account.token, "appsecret_proof": account.proof}
        return await self._answer("POST", path, json=proven)

    async def _answer(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            url = f"{self._account.graph_url}{path}"
            async with self._client.stream(method, url, **more) as response:
                content = _object(await _read(response))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSentError(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise NotSentError(type(error).__name__, unsure=True) from None
        if response.is_success and "error" not in content:
            return content
        raise refusal(response.status_code, content, response.headers)


def refusal(status: int, content: Mapping[str, Any], headers: Mapping[str, str]) -> NotSentError:
    """What an error of Meta's means for us."""
    told = content.get("error")
    code = _number(told.get("code")) if isinstance(told, dict) else None
    subcode = _number(told.get("error_subcode")) if isinstance(told, dict) else None
    if code is None:
        later = status >= 500 or status == 429 or status < 400
        seconds = _seconds(headers, 0.0) or None
        return NotSentError(f"Status{status}", final=not later, seconds=seconds, unsure=later)
    if code in RATE_LIMITS or status == 429:
        return NotSentError(f"graph_{code}", seconds=_seconds(headers, RATE_SECONDS))
    if (code, subcode) in UNAVAILABLE_CODES:
        return NotSentError(UNAVAILABLE, final=True)
    if code == WINDOW_CODE and subcode in WINDOW_SUBCODES:
        return NotSentError(OUTSIDE_WINDOW, final=True)
    if code == BLOCKED:
        return NotSentError(f"graph_{code}", seconds=BLOCKED_SECONDS)
    name = f"graph_{code}" if subcode is None else f"graph_{code}_{subcode}"
    return NotSentError(name, final=code not in PASSING, unsure=code in DOUBTFUL)


def _seconds(headers: Mapping[str, str], usual: float) -> float:
    """How long Meta asks us to wait: in its own header in minutes, or the common one."""
    asked = headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        return float(asked)
    try:
        usage = json.loads(headers.get(USAGE, "{}"))
        rows = [row for each in usage.values() for row in each]
        minutes = max(float(row["estimated_time_to_regain_access"]) for row in rows)
    except (ValueError, TypeError, KeyError, AttributeError):
        return usual
    return max(minutes * 60, usual)


async def _read(response: httpx.Response) -> bytes:
    read = b""
    async for chunk in response.aiter_bytes():
        read += chunk
        if len(read) > ANSWER_LIMIT:
            break
    return read[:ANSWER_LIMIT]


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
