"""What a message means for the contact form that is running."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from actions.action_start_contact import said_and_done
from care import contact_form, retention, visitor_requests
from care.contact_answers import Turn
from care.db import now


class ValidateContactForm(Action):
    def name(self) -> str:
        return "validate_contact_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        message = tracker.latest_message
        turn = Turn(
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
        await asyncio.to_thread(_say, dispatcher, tracker, step, turn)
        if step.ends:
            # A slot is set because Rasa takes a form that sets none for one that declined.
            tries = SlotSet(contact_form.TRIES, None)
            return [tries, ActiveLoop(None), SlotSet("requested_slot", None)]
        values = {contact_form.TRIES: tracker.get_slot(contact_form.TRIES), **step.values}
        events: list[EventType] = [SlotSet(slot, value) for slot, value in values.items()]
        after = {**tracker.slots, **values}
        return [*events, SlotSet("requested_slot", contact_form.missing(after))]


def _say(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    step: contact_form.Step,
    turn: Turn,
) -> None:
    """Leaving the form says what becomes of a request that was sent before."""
    if step.say == (contact_form.CANCELLED,):
        refused = turn.asked == "contact_consent" and turn.label not in contact_form.ENDINGS
        said_and_done(dispatcher, visitor_requests.leave(core(), tracker.sender_id, refused))
        return
    if step.say == (contact_form.MINOR,):
        retention.forget_contact(core(), tracker.sender_id)
    if step.say == (contact_form.DELETED,):
        retention.forget(core(), tracker.sender_id)
    for response in step.say:
        dispatcher.utter_message(response=response)
