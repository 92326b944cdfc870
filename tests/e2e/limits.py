"""What each channel's provider takes at the most, from its documentation and not from our code."""

import re
from typing import Any

SMS_SOFT, SMS_HARD = 320, 1600
SMS_MOST_SEGMENTS = {"GSM-7": 3, "UCS-2": 5}  # of a text within the soft limit
PAYLOAD = re.compile(r"^/|[( ]/[a-z]")
NUMBERED = re.compile(r"\([1-9]/[1-9]\) ")  # only what needs more than five may be longer
MESSENGER_TEXT, MESSENGER_TEMPLATE, MESSENGER_PAYLOAD, MESSENGER_TITLE = 2000, 640, 1000, 20
MESSENGER_BUTTONS, MESSENGER_QUICK_REPLIES = 3, 13


def check_text_message(text: dict[str, Any]) -> None:
    """One message as the stand-in for Twilio counted it."""
    assert 0 < len(text["body"]) <= SMS_HARD
    if not NUMBERED.match(text["body"]):
        assert text["length"] <= SMS_SOFT, text["body"]
        assert text["segments"] <= SMS_MOST_SEGMENTS[text["alphabet"]], text["body"]
    assert not PAYLOAD.search(text["body"]), text["body"]


def check_messenger(message: dict[str, Any]) -> None:
    template = message.get("attachment", {}).get("payload")
    assert ("text" in message) != bool(template)
    text = template["text"] if template else message["text"]
    assert 0 < _length(text) <= (MESSENGER_TEMPLATE if template else MESSENGER_TEXT), text
    buttons = template["buttons"] if template else []
    quick = message.get("quick_replies", [])
    assert len(buttons) <= MESSENGER_BUTTONS
    assert len(quick) <= MESSENGER_QUICK_REPLIES
    for button in [*buttons, *quick]:
        assert 0 < _length(button["title"]) <= MESSENGER_TITLE, button
        assert len(button.get("payload", "")) <= MESSENGER_PAYLOAD, button


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
