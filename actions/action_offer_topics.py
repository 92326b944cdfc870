"""Not sure what was meant: offers the likeliest topics, and a person at the second miss."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from care import wording

OFFERED = 3


class ActionOfferTopics(Action):
    def name(self) -> str:
        return "action_offer_topics"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        if not any(letter.isalnum() for letter in tracker.latest_message.get("text") or ""):
            dispatcher.utter_message(response="utter_no_answer")
            return []
        ranking = [entry["name"] for entry in tracker.latest_message.get("intent_ranking", [])]
        titles = {label: wording.title(label) for label in ranking}
        buttons = [{"title": t, "payload": f"/{label}"} for label, t in titles.items() if t]
        if _missed_before(tracker) or not buttons:
            dispatcher.utter_message(response="utter_unsure_twice")
        else:
            offered = [*buttons[:OFFERED], *_a_person()]
            dispatcher.utter_message(response="utter_unsure", buttons=offered)
        return []


def _a_person() -> list[dict[str, str]]:
    """The button that leads to a person, as the second miss offers it."""
    buttons = wording.text("utter_unsure_twice").buttons
    return [button for button in buttons if button.get("payload") == "/request_callback"]


def _missed_before(tracker: Tracker) -> bool:
    """Did the guide's last line say already that it was not sure?"""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    last = (said[-1].get("metadata") or {}).get("utter_action") if said else None
    return last in {"utter_unsure", "utter_unsure_twice"}
