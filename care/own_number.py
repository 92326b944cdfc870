""" "Call me on this number": who texts need not type the number they text from."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

from care import addresses, wording
from care.db import Core
from care.models import Conversation
from care.transcript import Waiting

ASKED, CHANNEL = "contact_reach", "sms"
NOT_WORDS = re.compile(r"[^\w\s]")


def filled_in(core: Core, conversation_id: str, waiting: Waiting) -> Waiting:
    """The message with the number it came from, where that is all it says."""
    if waiting.channel != CHANNEL or waiting.expects != ASKED:
        return waiting
    said = " ".join(NOT_WORDS.sub("", waiting.said.text).casefold().split())
    if not re.fullmatch(_words()["this_number"], said):
        return waiting
    with core.snapshot() as session:
        conversation = session.get_one(Conversation, conversation_id)
        address = addresses.of_conversation(core, session, conversation)
    if address is None:
        return waiting
    return replace(waiting, said=replace(waiting.said, text=address.person))


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "channels" / "words.yml")
    return words
