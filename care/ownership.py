"""Who answers in a conversation: the guide, staff, or nobody any more.

guide -> waiting (a person was asked for, the guide still answers) -> staff -> guide or closed;
closed -> guide with the visitor's next message. care/live_chat.py and care/live_chat_steps.py
make these changes; `transcript.add_line` and `conversations.answer` enforce them.
"""

import re
from functools import cache
from typing import Any

from care import wording
from care.safety import normalise

GUIDE, WAITING, STAFF, CLOSED = "guide", "waiting", "staff", "closed"
WITH_A_PERSON = (WAITING, STAFF)

ASK_BUTTON, BACK_BUTTON = "/ask_person", "/back_to_guide"


def asks_for_guide(owner: str, text: str, button: str | None) -> bool:
    """Does a visitor who waits for a person or talks to one want the guide back?"""
    if owner not in WITH_A_PERSON:
        return False
    if button == BACK_BUTTON:
        return True
    said = normalise(text).strip()
    return any(pattern.fullmatch(said) for pattern in _patterns(owner))


@cache
def _patterns(owner: str) -> list[re.Pattern[str]]:
    """Who still waits may take the wish back in more words."""
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "conversation" / "live_chat.yml")
    kinds = ("back", "no_more_waiting") if owner == WAITING else ("back",)
    return [
        re.compile(wording.fill(row["pattern"], data["parts"]))
        for kind in kinds
        for row in data[kind]
    ]
