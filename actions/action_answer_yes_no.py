"""A yes or no outside the contact form: an answer to what the guide asked last."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core, said_last
from actions.action_confirmed import own_data
from actions.action_start_contact import said_and_done
from care import visitor_requests


class ActionAnswerYesNo(Action):
    def name(self) -> str:
        return "action_answer_yes_no"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        yes = tracker.latest_message["intent"]["name"] == "affirm"
        asked, text = said_last(tracker), tracker.latest_message.get("text") or ""
        if asked == "utter_delete_my_data":
            return await own_data(dispatcher, tracker.sender_id, yes)
        move = await asyncio.to_thread(
            visitor_requests.answer, core(), tracker.sender_id, asked, yes, text
        )
        if move:
            return said_and_done(dispatcher, move)
        dispatcher.utter_message(response="utter_affirm" if yes else "utter_deny")
        return []
