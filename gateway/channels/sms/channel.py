"""Text messages through Twilio. `docs/channels/sms.md` is the guide to it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.routing import BaseRoute, Route

from care.deliveries import Due
from care.settings import Settings
from care.transcript import Said
from gateway.channels.channel import Parcel
from gateway.channels.sms import account, rendering
from gateway.channels.sms.account import Account
from gateway.channels.sms.twilio import Twilio
from gateway.channels.sms.webhooks import MESSAGES, STATUS, Webhooks
from gateway.reception import Reception


class SmsChannel:
    name = "sms"
    lists_choices = True

    def __init__(self, account: Account, transport: httpx.AsyncBaseTransport | None = None):
        self._account = account
        self._twilio = Twilio(account, transport)

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        hooks = Webhooks(self._account, reception)
        return [
            Route(MESSAGES, hooks.message, methods=["POST"]),
            Route(STATUS, hooks.status, methods=["POST"]),
        ]

    def parts(self, said: Said) -> Sequence[Any]:
        return rendering.parts(said)

    async def send(self, parcel: Parcel) -> str:
        """The address for reports says what they are about: one may come before its id is kept."""
        about = urlencode({"d": parcel.delivery, "n": parcel.number})
        return await self._twilio.create(parcel, f"{self._account.public_url}{STATUS}?{about}")

    async def find(self, due: Due, parcel: Parcel) -> str | None:
        return await self._twilio.find(due, parcel)

    async def close(self) -> None:
        await self._twilio.close()


def build(settings: Settings) -> SmsChannel | None:
    found = account.of(settings)
    return SmsChannel(found) if found else None
