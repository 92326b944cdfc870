"""What is kept of this conversation: the list, or everything. The gateway fills it in."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from care import my_data


class ActionShowMyData(Action):
    def name(self) -> str:
        return "action_show_my_data"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        text = tracker.latest_message.get("text") or ""
        dispatcher.utter_message(response=my_data.response_to(text))
        return []
