"""How a call-back request stands, and the question whether to cancel it."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core, said_last
from actions.action_start_contact import said_and_done
from care import visitor_requests


class ActionAboutRequest(Action):
    def name(self) -> str:
        return "action_about_request"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        message = tracker.latest_message
        move = await asyncio.to_thread(
            visitor_requests.about,
            core(),
            tracker.sender_id,
            message.get("text") or "",
            message["intent"]["name"],
            said_last(tracker),
        )
        return said_and_done(dispatcher, move)
