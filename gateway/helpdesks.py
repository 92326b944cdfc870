"""Helpdesks that hear of tickets: Zammad, Zendesk, Chatwoot by their REST interfaces, or a webhook.

Each looks first for the ticket that it may have opened before: an answer can be lost on the way.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from care.alerts import Refusal
from care.helpdesk import RECIPIENT, Address, Announcement, Helpdesk, read_address
from care.settings import Settings
from gateway.senders import NotDeliveredError, Note, Sender, Webhook, retry_after

SECONDS = 5.0  # twice in a turn: to look, and to open
AGAIN = {408, 409, 425, 429}  # of the refusals, those that another try may overcome


class Api:
    """JSON over HTTPS, with every refusal told by its code and never by its words."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ):
        self._url, self._headers, self._auth, self._transport = url, headers, auth, transport
        self._tls = httpx.create_ssl_context()

    def ask(self, method: str, path: str, **content: Any) -> Any:
        """The answer's JSON. Raises NotDeliveredError; httpx's own errors pass."""
        with httpx.Client(
            base_url=self._url,
            headers=self._headers,
            auth=self._auth,
            timeout=SECONDS,
            transport=self._transport,
            verify=self._tls,
        ) as client:
            answer = client.request(method, path, **content)
        if not answer.is_success:
            raise _refused(answer)
        try:
            return answer.json()
        except ValueError:
            raise NotDeliveredError("NoJson") from None


class Zammad:
    """https://docs.zammad.org/en/latest/api/ticket/: an access token of an agent."""

    PRIORITIES: Mapping[str, str] = {"urgent": "3 high", "high": "3 high", "normal": "2 normal"}

    def __init__(self, address: Address, token: str, transport: httpx.BaseTransport | None = None):
        self._options = address.options
        headers = {"Authorization": f"Token token={token}"}
        self._api = Api(address.url, headers, transport=transport)

    def open(self, announcement: Announcement) -> None:
        query = {"query": f'title:"{announcement.number}"', "expand": "true", "limit": "10"}
        found = self._api.ask("GET", "/api/v1/tickets/search", params=query)
        rows = found if isinstance(found, list) else []
        if any(announcement.number in str(_object(row).get("title")) for row in rows):
            return
        ticket = {
            "title": announcement.title,
            "group": self._options["group"],
            "customer": self._options["customer"],
            "priority": self.PRIORITIES[announcement.priority],
            "article": {
                "subject": announcement.title,
                "body": announcement.text,
                "type": "note",
                "internal": True,
            },
        }
        self._api.ask("POST", "/api/v1/tickets", json=ticket)


class Zendesk:
    """https://developer.zendesk.com/api-reference/ticketing/: an API token of the user named."""

    def __init__(self, address: Address, token: str, transport: httpx.BaseTransport | None = None):
        auth = (f"{address.options['user']}/token", token)
        self._api = Api(address.url, auth=auth, transport=transport)

    def open(self, announcement: Announcement) -> None:
        query = {"external_id": announcement.number}
        found = _object(self._api.ask("GET", "/api/v2/tickets.json", params=query))
        if found.get("tickets"):
            return
        ticket = {
            "subject": announcement.title,
            "comment": {"body": announcement.text, "public": False},
            "priority": announcement.priority,
            "external_id": announcement.number,
        }
        headers = {"Idempotency-Key": announcement.key}
        self._api.ask("POST", "/api/v2/tickets.json", json={"ticket": ticket}, headers=headers)


class Chatwoot:
    """https://developers.chatwoot.com/: one contact stands for the guide."""

    def __init__(self, address: Address, token: str, transport: httpx.BaseTransport | None = None):
        self._options = address.options
        account = f"{address.url}/api/v1/accounts/{self._options['account']}"
        self._api = Api(account, {"api_access_token": token}, transport=transport)

    def open(self, announcement: Announcement) -> None:
        contact = self._options["contact"]
        known = _object(self._api.ask("GET", f"/contacts/{contact}/conversations"))
        if any(_number_of(row) == announcement.number for row in known.get("payload") or []):
            return
        conversation = {
            "source_id": self._options["source"],
            "inbox_id": int(self._options["inbox"]),
            "contact_id": int(contact),
            "status": "open",
            "custom_attributes": {
                "guide_ticket": announcement.number,
                "guide_priority": announcement.priority,
                "guide_due": announcement.due,
            },
            "message": {"content": f"{announcement.title}\n{announcement.text}"},
        }
        self._api.ask("POST", "/conversations", json=conversation)


class Announcer:
    """A helpdesk as the outbox knows its recipients."""

    def __init__(self, helpdesk: Helpdesk):
        self._helpdesk = helpdesk

    def send(self, note: Note) -> None:
        self._helpdesk.open(
            Announcement(
                key=note.key,
                number=note.ticket,
                kind=note.kind,
                priority=note.priority,
                due=note.due,
                title=note.title,
                text=note.text,
                link=note.link,
            )
        )


PRODUCTS: Mapping[str, type[Zammad | Zendesk | Chatwoot]] = {
    "zammad": Zammad,
    "zendesk": Zendesk,
    "chatwoot": Chatwoot,
}


def build(settings: Settings) -> dict[str, Sender]:
    """The helpdesk's sender under its name in the outbox; empty without one."""
    if not settings.helpdesk:
        return {}
    address, token = read_address(settings.helpdesk), settings.helpdesk_token.get_secret_value()
    if address.product == "webhook":
        return {RECIPIENT: Webhook(address.url, token)}
    return {RECIPIENT: Announcer(PRODUCTS[address.product](address, token))}


def _refused(answer: httpx.Response) -> NotDeliveredError:
    status = answer.status_code
    final = 300 <= status < 500 and status not in AGAIN
    wait = retry_after(answer.headers.get("retry-after", ""))
    return NotDeliveredError(f"Status{status}", Refusal(wait, final))


def _object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise NotDeliveredError("NotAsDocumented")
    return answer


def _number_of(conversation: object) -> object:
    attributes = _object(conversation).get("custom_attributes")
    return attributes.get("guide_ticket") if isinstance(attributes, dict) else None
