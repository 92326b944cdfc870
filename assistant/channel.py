"""Rasa's output channel for one turn: collects the replies, whole, for the gateway."""

from collections.abc import Iterable
from typing import Any

from rasa.core.channels.channel import OutputChannel

CHANNELS = ("web", "sms", "messenger")
PEOPLE = ("/request_human", "/request_callback")
MOST_CHOICES = 2


class Replies(OutputChannel):
    """Carries the visitor's channel, so that Rasa picks the response variant made for it."""

    def __init__(self, channel: str):
        self._channel = channel
        self.collected: list[dict[str, Any]] = []

    def join(self) -> None:
        """Two answers become one reply, in their order; a person stays among the buttons."""
        if len(self.collected) != 2:
            return
        first, second = self.collected
        choices = _unlike([*first["buttons"], *second["buttons"]])
        people = [button for button in choices if button.get("payload") in PEOPLE][:1]
        others = [button for button in choices if button.get("payload") not in PEOPLE]
        about = first["metadata"] | {"sources": _sources(first) + _sources(second)}
        joined = {
            "text": f"{first['text']}\n\n{second['text']}",
            "buttons": [*others[:MOST_CHOICES], *people],
            "metadata": {**about, "sources": list(dict.fromkeys(about["sources"]))},
        }
        self.collected = [first | joined]

    def name(self) -> str:  # Rasa's is a class method
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.collected.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "response": message.get("utter_action"),
                "metadata": dict(message.get("metadata") or {}),
            }
        )


def _unlike(buttons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({button.get("payload") or button.get("url"): button for button in buttons}.values())


def _sources(reply: dict[str, Any]) -> list[str]:
    return list(reply["metadata"].get("sources") or [])
