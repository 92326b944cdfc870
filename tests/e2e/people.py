"""The same conversation held by somebody on the page, by text message and on Messenger."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from itsdangerous import URLSafeSerializer

from care import addresses, conversations, deliveries
from care.addresses import Address
from care.db import Core
from care.transcript import Said
from gateway.channels.messenger.account import STAND_IN_PAGE
from gateway.channels.sms.account import stand_in
from tests.e2e import limits
from tests.e2e.scripts import check
from tests.messenger_person import Chatter
from tests.texter import Texter
from tests.visitor import Visitor

SECONDS, LOOK = 75, 0.04
LISTED = re.compile(r"^(\d{1,2}) (.+)$", re.MULTILINE)
GREETING = "utter_start"  # leads the first answer where no page greets


class Person(ABC):
    """Holds a conversation turn by turn."""

    channel: str

    def __init__(self, core: Core, conversation_id: str):
        self.core, self.conversation_id = core, conversation_id
        self.offered: dict[str, str] = {}

    @abstractmethod
    def say(self, text: str) -> None: ...

    @abstractmethod
    def press(self, title: str) -> None: ...

    @abstractmethod
    def has_got(self, lines: list[Said]) -> bool:
        """Did these lines, the newest, reach the person?"""

    def check_limits(self) -> None:  # noqa: B027  (the page has none)
        """Of everything that reached the person."""

    def hold(self, case: dict[str, Any]) -> None:
        for turn in case["turns"]:
            seen = self.history()
            # A button stays on the screen when its line is deleted.
            self.offered |= {b["title"]: b.get("payload", "") for x in seen for b in x.buttons}
            last = seen[-1].seq if seen else 0
            if "say" in turn:
                self.say(str(turn["say"]))
            else:
                self.press(str(turn["press"]))
            said = self._wait_for_answer(last)
            check(turn, [line for line in said if line.response != GREETING], self.channel)
        self.check_limits()

    def history(self, after: int = 0) -> list[Said]:
        return conversations.history(self.core, self.conversation_id, after)

    def _wait_for_answer(self, last: int) -> list[Said]:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            said = self.history(last)
            lines = [line for line in said if line.author != "visitor"]
            if lines and said[-1].author != "visitor" and self.has_got(lines):
                return lines
            time.sleep(LOOK)
        raise AssertionError(
            f"not within {SECONDS} s: {[line.text for line in self.history(last)]}"
        )


class OnTheWeb(Person):
    channel = "web"

    def __init__(self, core: Core, visitor: Visitor):
        key = core.settings.session_key.get_secret_value()
        token = visitor.client.headers["Authorization"].removeprefix("Bearer ")
        super().__init__(core, str(URLSafeSerializer(key, salt="web-session").loads(token)))
        self.visitor = visitor

    def say(self, text: str) -> None:
        self._taken(self.visitor.send(text))

    def press(self, title: str) -> None:
        payload = self.offered[title]
        if payload.startswith("/"):
            self._taken(self.visitor.send(title, button=payload))
        else:
            self.say(payload)

    def _taken(self, answer: httpx.Response) -> None:
        """Stored, or on a busy machine stored a little later."""
        assert answer.status_code in {202, 503}, answer.text

    def has_got(self, lines: list[Said]) -> bool:
        return bool(lines[-1].seq == self.visitor.history()[-1]["seq"])


class WithAPhone(Person):
    """Somebody who has an address: what is said is delivered."""

    def has_got(self, lines: list[Said]) -> bool:
        """What has no delivery was said in the answer to the webhook: the machine was too busy."""
        found = deliveries.of_conversation(self.core, self.conversation_id)
        waited_for = [found[line.seq] for line in lines if line.seq in found]
        return all(delivery.state == deliveries.DELIVERED for delivery in waited_for)


class ByText(WithAPhone):
    channel = "sms"

    def __init__(self, core: Core, texter: Texter):
        address = Address(self.channel, texter.number, texter.account.numbers[0])
        super().__init__(core, addresses.conversation(core, address))
        self.texter = texter

    def say(self, text: str) -> None:
        assert self.texter.send(text).status_code == 200

    def press(self, title: str) -> None:
        """The number beside it in the list on the phone; its words where there is no list."""
        lists = [found for body in self.texter.bodies() if (found := LISTED.findall(body))]
        numbers = {shown: number for number, shown in lists[-1]} if lists else {}
        self.say(numbers.get(title, title))

    def check_limits(self) -> None:
        got = self.texter.got()
        assert got
        for text in got:
            limits.check_text_message(text)


class OnMessenger(WithAPhone):
    channel = "messenger"

    def __init__(self, core: Core, chatter: Chatter):
        address = Address(self.channel, chatter.person, STAND_IN_PAGE)
        super().__init__(core, addresses.conversation(core, address))
        self.chatter = chatter

    def say(self, text: str) -> None:
        self.chatter.say(text)

    def press(self, title: str) -> None:
        self.chatter.tap(self.offered[title])

    def check_limits(self) -> None:
        got = self.chatter.got()
        assert got
        for message in got:
            limits.check_messenger(message)


@contextmanager
def somebody(channel: str, url: str, core: Core, number: int) -> Iterator[Person]:
    """A new person on that channel; `number` tells people apart."""
    with httpx.Client(base_url=url, timeout=20) as client:
        if channel == "web":
            yield OnTheWeb(core, Visitor.arrive(client))
        elif channel == "sms":
            account = stand_in(core.settings)
            yield ByText(core, Texter(client, account, f"+1212555{number:04}"))
        else:
            yield OnMessenger(core, Chatter(client, f"24680{number:09}"))
