"""A button that says by itself what it confirms: delete, cancel, send."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from actions.action_start_contact import said_and_done
from care import my_data, retention, visitor_requests


class ActionConfirmed(Action):
    def name(self) -> str:
        return "action_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        label, conversation_id = tracker.latest_message["intent"]["name"], tracker.sender_id
        if label in my_data.CONFIRMS:
            return await own_data(dispatcher, conversation_id, label == my_data.DELETE)
        move = await asyncio.to_thread(visitor_requests.pressed, core(), conversation_id, label)
        return said_and_done(dispatcher, move)


async def own_data(
    dispatcher: CollectingDispatcher, conversation_id: str, delete: bool
) -> list[EventType]:
    """Deletes what is kept, or says that it stays; nothing may be left to decide about."""
    if await asyncio.to_thread(my_data.is_gone, core(), conversation_id):
        dispatcher.utter_message(response="utter_data_gone")
        return []
    if not delete:
        dispatcher.utter_message(response="utter_data_kept")
        return []
    await asyncio.to_thread(retention.forget, core(), conversation_id)
    dispatcher.utter_message(response="utter_data_deleted")
    return [AllSlotsReset()]
