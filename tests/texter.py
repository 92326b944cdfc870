"""Somebody with a phone, as the tests drive one: signed texts in, what arrived out."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from care.settings import Settings
from gateway.channels.sms import account, signature
from gateway.channels.sms.account import Account
from gateway.channels.sms.webhooks import MESSAGES
from gateway.dev.fake_twilio import inbound
from tests.visitor import PATIENCE

PERSON = "+12125550123"


@dataclass
class Texter:
    """A phone whose texts go to the webhook as Twilio sends them."""

    client: httpx.Client
    account: Account
    number: str = PERSON

    @classmethod
    def at(cls, url: str, settings: Settings, number: str = PERSON) -> "Texter":
        """For a gateway on a development machine, with its stand-in for Twilio."""
        return cls(httpx.Client(base_url=url, timeout=20), account.stand_in(settings), number)

    def send(self, text: str, sid: str | None = None, **more: str) -> httpx.Response:
        sid = sid or f"SM{uuid.uuid4().hex}"
        return self.post(MESSAGES, inbound(self.account, self.number, text, sid, **more))

    def post(self, path: str, fields: dict[str, str], signed: str | None = None) -> httpx.Response:
        url = self.account.public_url + path
        header = signature.sign(self.account.token, url, fields.items())
        headers = {signature.HEADER: header if signed is None else signed}
        return self.client.post(path, data=fields, headers=headers)

    def signed(self, fields: dict[str, str]) -> dict[str, str]:
        """The header of a message with these fields."""
        url = self.account.public_url + MESSAGES
        return {signature.HEADER: signature.sign(self.account.token, url, fields.items())}

    def got(self) -> list[dict[str, Any]]:
        """The texts that reached the stand-in for this phone, oldest first."""
        answer = self.client.get("/dev/phone/texts", params={"number": self.number})
        return [text for text in answer.json()["lines"] if not text["inbound"]]

    def bodies(self) -> list[str]:
        return [text["body"] for text in self.got()]

    def simulate(self, happens: str) -> None:
        answer = self.client.post("/dev/phone/simulate", json={"happens": happens})
        assert answer.status_code == 200, answer.text

    def wait(self, until: Callable[[list[dict[str, Any]]], bool], seconds: float = PATIENCE) -> Any:
        """What arrived, as soon as `until` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = self.got()
            if until(got):
                return got
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {self.bodies()}")

    def wait_for(self, count: int) -> list[str]:
        """The bodies, once there are `count`."""
        return [text["body"] for text in self.wait(lambda got: len(got) >= count)]
