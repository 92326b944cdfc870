"""The checks of the contact form, as a stock project would write them."""

import re
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

PHONE = re.compile(r"^\+?[\d\s().-]{7,20}$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


class ValidateContactForm(FormValidationAction):
    def name(self) -> str:
        return "validate_contact_form"

    def validate_contact_name(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        name = str(value).strip()
        return {"contact_name": name if 1 <= len(name) <= 80 else None}

    def validate_contact_reach(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        reach = str(value).strip()
        if PHONE.match(reach) or EMAIL.match(reach):
            return {"contact_reach": reach}
        dispatcher.utter_message(text="That does not look like a phone number or an e-mail.")
        return {"contact_reach": None}
