"""A turn that was finished before and is asked for again, because its answer was lost on the way.

Running it twice would answer "yes" to a question that is no longer there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.shared.core.events import BotUttered


def finished(stored: Iterable[Mapping[str, Any]], message_id: str) -> list[list[dict[str, Any]]]:
    """What was said in each stored turn of that message, as Rasa hands it to a channel."""
    turns: list[list[dict[str, Any]]] = []
    mine = False
    for event in stored:
        if event["event"] == "user":
            mine = event.get("message_id") == message_id
            if mine:
                turns.append([])
        elif mine and event["event"] == "bot":
            said = BotUttered(event.get("text"), event.get("data"), event.get("metadata"))
            turns[-1].append(said.message())
    return turns
