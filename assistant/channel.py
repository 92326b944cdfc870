"""Rasa's output channel for one turn: collects the replies, whole, for the gateway."""

from typing import Any

from rasa.core.channels.channel import OutputChannel

CHANNELS = ("web", "sms", "messenger")


class Replies(OutputChannel):
    """Carries the visitor's channel, so that Rasa picks the response variant made for it."""

    def __init__(self, channel: str):
        self._channel = channel
        self.collected: list[dict[str, Any]] = []

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
