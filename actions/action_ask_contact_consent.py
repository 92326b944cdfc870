"""Says everything back and asks for consent, as the contact form's last question."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from care import contact_summary


class ActionAskContactConsent(Action):
    def name(self) -> str:
        return "action_ask_contact_consent"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        summary = contact_summary.summary(tracker.slots)
        dispatcher.utter_message(response="utter_contact_summary", **summary)
        dispatcher.utter_message(response="utter_contact_consent")
        return []
