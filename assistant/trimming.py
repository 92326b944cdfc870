"""Keeps a conversation short: the last turns, and before them what the dialogue still needs.

Rasa replays every event on every turn, so an untrimmed conversation gets slower with each
message. What was said is kept elsewhere; here only slots and the running form must survive.
"""

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 2  # the rules and the actions look at nothing older


def trimmed(tracker: DialogueStateTracker, domain: Domain, turns: int = TURNS) -> list[Event]:
    """The events to store; the same conversation for the dialogue from here on."""
    events = list(tracker.events)
    starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= turns:
        return events
    cut = starts[-turns]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], domain.slots)
    return [*_prefix(before, domain, events[cut].timestamp), *events[cut:]]


def _prefix(before: DialogueStateTracker, domain: Domain, at: float) -> Sequence[Event]:
    """How a conversation with these slots and this form could have begun."""
    loop = before.active_loop_name
    running = [ActionExecuted(loop, timestamp=at), ActiveLoop(loop, timestamp=at)] if loop else []
    return [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at),
        SessionStarted(timestamp=at),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=at),
        *running,
        *(SlotSet(name, value, timestamp=at) for name, value in _kept(before, domain)),
        *([ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)] if loop else []),
    ]


def _kept(before: DialogueStateTracker, domain: Domain) -> list[tuple[str, Any]]:
    defaults = {slot.name: slot.initial_value for slot in domain.slots}
    values = before.current_slot_values()
    return [(name, value) for name, value in values.items() if value != defaults.get(name)]
