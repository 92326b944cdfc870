"""What a message means for the contact form that is running."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from care import contact_form, retention
from care.db import now


class ValidateContactForm(Action):
    def name(self) -> str:
        return "validate_contact_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        message = tracker.latest_message
        turn = contact_form.Turn(
            text=message.get("text") or "",
            label=message["intent"]["name"],
            asked=tracker.get_slot("requested_slot"),
            entities={e["entity"]: e["value"] for e in message.get("entities", [])},
            at=now(),
            zone=core().settings.time_zone,
        )
        step = contact_form.step(tracker.slots, turn)
        if step is None:
            return []
        for response in step.say:
            dispatcher.utter_message(response=response)
        if step.say == (contact_form.MINOR,):
            await asyncio.to_thread(retention.forget_contact, core(), tracker.sender_id)
        if step.ends:
            # A slot is set because Rasa takes a form that sets none for one that declined.
            tries = SlotSet(contact_form.TRIES, None)
            return [tries, ActiveLoop(None), SlotSet("requested_slot", None)]
        values = {contact_form.TRIES: tracker.get_slot(contact_form.TRIES), **step.values}
        events: list[EventType] = [SlotSet(slot, value) for slot, value in values.items()]
        after = {**tracker.slots, **values}
        return [*events, SlotSet("requested_slot", contact_form.missing(after))]
