"""A helpdesk that the operator has already: each new ticket is announced there, by the outbox.

What leaves the house is a number, a kind, a priority, a time and a link to the desk; never words or
contact details. `gateway.helpdesks` knows the products.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

KIND = RECIPIENT = "helpdesk"
STEP = 0  # no step of a ladder
NEEDED: Mapping[str, tuple[str, ...]] = {
    "webhook": (),
    "zammad": ("group", "customer"),
    "zendesk": ("user",),
    "chatwoot": ("account", "inbox", "contact", "source"),
}
NUMBERS = {"account", "inbox", "contact"}
ADDRESS = re.compile(r"([a-z]+)\+(https?://\S+)")


@dataclass(frozen=True)
class Announcement:
    """One ticket as a helpdesk gets it. `key` stays the same however often it is sent."""

    key: str
    number: str
    kind: str
    priority: str
    due: str
    title: str
    text: str
    link: str


class Helpdesk(Protocol):
    """Opens a ticket there, or finds the one it opened before; raises if neither can be."""

    def open(self, announcement: Announcement) -> None: ...


@dataclass(frozen=True)
class Address:
    """Which product, where, and what it must be told beside the token."""

    product: str
    url: str
    options: Mapping[str, str]


def read_address(text: str) -> Address:
    """Reads `zammad+https://help.example.org?group=Users&customer=...`; raises ValueError."""
    match = ADDRESS.fullmatch(text)
    if match is None or match[1] not in NEEDED:
        raise ValueError(f"not an address such as {'+https://..., '.join(NEEDED)}+https://...")
    product, parts = match[1], urlsplit(match[2])
    if product == "webhook":
        return Address(product, match[2], {})
    options = dict(parse_qsl(parts.query))
    if missing := [name for name in NEEDED[product] if not options.get(name)]:
        raise ValueError(f"{product} needs {', '.join(missing)} in the address, after a ?")
    if wrong := [n for n in NEEDED[product] if n in NUMBERS and not options[n].isdecimal()]:
        raise ValueError(f"{', '.join(wrong)} must be a number")
    return Address(product, f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"), options)
