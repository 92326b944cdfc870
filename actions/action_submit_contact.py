"""Ends the contact form: stores the ticket if consent was given, and forgets the answers."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from care import contact_form, tickets


class ActionSubmitContact(Action):
    def name(self) -> str:
        return "action_submit_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        if tracker.get_slot("contact_consent") == "yes":
            request = await asyncio.to_thread(
                tickets.request_callback,
                core(),
                tracker.sender_id,
                str(tracker.latest_message["message_id"]),
                tracker.slots,
            )
            response = "utter_ticket_created" if request.is_new else "utter_ticket_exists"
            dispatcher.utter_message(response=response, number=request.number)
        kept = (*contact_form.SLOTS, contact_form.CHANGE, contact_form.TRIES, contact_form.SAID)
        return [SlotSet(slot, None) for slot in kept]
