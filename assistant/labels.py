"""Labels that code treats in its own way. All others come from the data."""

from typing import Final

UNSURE: Final = "unsure"  # too little confidence
INFORM: Final = "inform"  # a value typed into the contact form
CRISIS: Final = "crisis"
CONTACT: Final = ("contact_skip", "contact_cancel", "contact_why", "contact_change")
# In the contact form these are answers, so they are taken as readily as the form's own labels.
YES_NO: Final = ("affirm", "deny")
# A question asked again on request; in the contact form, the form's own.
AGAIN: Final = ("say_again", "say_simpler")
# About the last answer, whatever it was.
ABOUT_ANSWER: Final = (*AGAIN, "tell_more", "how_known")
# About a call-back request that this conversation sent.
REQUEST_STATUS: Final = "request_status"
REQUEST_CANCEL: Final = "request_cancel"
REQUEST: Final = (REQUEST_STATUS, REQUEST_CANCEL)
# How that request stands: under way, or dealt with or cancelled.
OPEN: Final = "open"
OVER: Final = "over"
STANDINGS: Final = (OPEN, OVER)
# Said in the contact form, these are about the form: "why" asks about its question, and "don't
# call me" leaves it.
IN_FORM: Final = {"how_known": "contact_why", REQUEST_CANCEL: "contact_cancel"}
# Not meant in the contact form: "call me after five" is an answer there, not a new request.
NOT_IN_FORM: Final = ("request_callback", "tell_more", *IN_FORM)
# Short requests that do not look like one: "stop", "bye", "a person please".
COMMANDS: Final = ("stop_messages", "delete_my_data", "request_human", "goodbye")
# What somebody may want beside an answer: "how much is it, and can someone call me".
WISHES: Final = ("request_human", "request_callback", "delete_my_data", "stop_messages")
COURTESIES: Final = ("thank", "goodbye")
# Never offered as a button when the guide is not sure.
NOT_OFFERED: Final = frozenset(
    (
        "greet",
        "goodbye",
        "thank",
        "share_feelings",
        "out_of_scope",
        *REQUEST,
        *YES_NO,
        *ABOUT_ANSWER,
        *CONTACT,
    )
)


def is_crisis(label: str) -> bool:
    return label.startswith(f"{CRISIS}/")


def is_topic(label: str) -> bool:
    return label.startswith("faq/")


def may_be_two(first: str, second: str) -> bool:
    """May one message ask both?"""
    if first == second:
        return False
    asked = all(is_topic(label) or label in WISHES for label in (first, second))
    return asked or (first, second) == COURTESIES


def intent_of(label: str) -> str:
    """Rasa's intent: `faq` for `faq/iop_cost`."""
    return label.partition("/")[0]


def is_retrieval(label: str) -> bool:
    return "/" in label
