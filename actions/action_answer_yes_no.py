"""A yes or no outside the contact form: an answer to what the guide asked last."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from care import retention


class ActionAnswerYesNo(Action):
    def name(self) -> str:
        return "action_answer_yes_no"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        yes = tracker.latest_message["intent"]["name"] == "affirm"
        said = [event for event in tracker.events if event.get("event") == "bot"]
        asked = (said[-1].get("metadata") or {}).get("utter_action") if said else None
        if asked != "utter_delete_my_data":
            dispatcher.utter_message(response="utter_affirm" if yes else "utter_deny")
            return []
        if not yes:
            dispatcher.utter_message(response="utter_data_kept")
            return []
        await asyncio.to_thread(retention.forget, core(), tracker.sender_id)
        dispatcher.utter_message(response="utter_data_deleted")
        return [AllSlotsReset()]
