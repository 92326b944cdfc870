"""The core, opened once for all actions of this process."""

from functools import cache

from rasa_sdk import Tracker

from care.db import Core
from care.settings import Settings


@cache
def core() -> Core:
    return Core.open(Settings.load())


def said_last(tracker: Tracker) -> str | None:
    """The name of the guide's last text."""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    return (said[-1].get("metadata") or {}).get("utter_action") if said else None
