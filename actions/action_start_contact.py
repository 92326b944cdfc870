"""A call is asked for: starts the contact form, unless a request is under way or a minor writes."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from care import visitor_requests
from care.visitor_requests import Move


class ActionStartContact(Action):
    def name(self) -> str:
        return "action_start_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        message = tracker.latest_message
        text, label = message.get("text") or "", message["intent"]["name"]
        move = await asyncio.to_thread(
            visitor_requests.start, core(), tracker.sender_id, text, label
        )
        return said_and_done(dispatcher, move)


def said_and_done(dispatcher: CollectingDispatcher, move: Move) -> list[EventType]:
    """Says what a move says; with slots, even without any, the contact form runs next."""
    dispatcher.utter_message(response=move.say, **move.arguments)
    if move.slots is None:
        return []
    events: list[EventType] = [SlotSet(slot, value) for slot, value in move.slots.items()]
    return [*events, FollowupAction("contact_form")]
