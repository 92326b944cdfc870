"""Somebody on Messenger, as the tests drive one: what is typed and tapped, and what arrives."""

from dataclasses import dataclass
from typing import Any

import httpx

CHAT = "/dev/phone/messenger/chat"


@dataclass
class Chatter:
    """Writes through the page of a development machine, which signs it as Meta does."""

    client: httpx.Client
    person: str

    def say(self, text: str, **more: Any) -> None:
        answer = self.client.post(CHAT, json={"person": self.person, "text": text, **more})
        # On a busy machine danger is answered at once and stored a little later.
        assert answer.json().get("status") in {200, 503}, answer.text

    def got(self) -> list[dict[str, Any]]:
        """The messages that reached this person, oldest first."""
        lines = self.client.get(CHAT, params={"person": self.person}).json()["lines"]
        return [line["message"] for line in lines if "message" in line]

    def tap(self, payload: str) -> None:
        """A button of any message, or a quick reply of the last one: those go when one is used."""
        got = self.got()
        buttons = [b for message in reversed(got) for b in _buttons(message)]
        quick = got[-1].get("quick_replies", [])
        for shown, is_quick in ((quick, True), (buttons, False)):
            for button in shown:
                if button.get("payload") == payload:
                    return self.say(button["title"], payload=payload, quick=is_quick)
        raise AssertionError(f"nothing to tap for {payload}: {got[-1]}")


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    template = message.get("attachment", {}).get("payload", {}).get("buttons", [])
    return [button for button in template if button["type"] == "postback"]
