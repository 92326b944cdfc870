"""Rasa's conversations at rest: one sealed row each, trimmed, and deletable.

Trimming keeps the last turns and puts what they stand on (slots, the running form) before them, so
that a long conversation costs what a short one costs and loses nothing that decides a turn.
"""

import json
import os
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
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

from assistant import turn
from care.cipher import Cipher

TURNS_KEPT = 4
LISTEN, SESSION_START = "action_listen", "action_session_start"
BUSY_SECONDS = 5

trackers = sa.Table(
    "trackers",
    sa.MetaData(),
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


class EncryptedTrackerStore(TrackerStore):
    """Named in `endpoints.yml`; keys come from GUIDE_DATA_KEYS."""

    def __init__(
        self,
        domain: Domain | None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        keys: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(domain, event_broker, **kwargs)
        self.cipher = Cipher.from_keys(keys or os.environ["GUIDE_DATA_KEYS"])
        url = sa.engine.make_url(host or "sqlite://")
        sqlite = url.get_backend_name() == "sqlite"
        arguments = {"timeout": BUSY_SECONDS} if sqlite else {}
        self.engine = sa.create_engine(
            url, hide_parameters=True, pool_pre_ping=not sqlite, connect_args=arguments
        )
        if sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        trackers.create(self.engine, checkfirst=True)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the trimmed conversation, unless its turn failed."""
        if turn.failed():
            return
        text = json.dumps([event.as_dict() for event in trimmed(tracker)])
        sealed = self.cipher.encrypt(text.encode(), tracker.sender_id.encode())
        with self.engine.begin() as connection:
            mine = trackers.c.sender_id == tracker.sender_id
            changed = connection.execute(trackers.update().where(mine).values(data=sealed))
            if not changed.rowcount:
                row = {"sender_id": tracker.sender_id, "data": sealed}
                connection.execute(trackers.insert().values(**row))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        mine = sa.select(trackers.c.data).where(trackers.c.sender_id == sender_id)
        with self.engine.connect() as connection:
            sealed = connection.execute(mine).scalar()
        if sealed is None:
            return None
        events = json.loads(self.cipher.decrypt(sealed, sender_id.encode()))
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(
            Dialogue.from_parameters({"name": sender_id, "events": events})
        )
        return tracker

    async def keys(self) -> Iterable[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(trackers.c.sender_id)).scalars())

    async def delete(self, sender_id: str) -> None:
        """Forgets one conversation."""
        with self.engine.begin() as connection:
            connection.execute(trackers.delete().where(trackers.c.sender_id == sender_id))


def trimmed(tracker: DialogueStateTracker) -> list[Event]:
    """The last turns' events behind a prefix that restores slots and the running form."""
    events = list(tracker.events)
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= TURNS_KEPT:
        return events
    kept = events[starts[-TURNS_KEPT] :]
    before = DialogueStateTracker.from_events(
        tracker.sender_id, events[: starts[-TURNS_KEPT]], list(tracker.slots.values())
    )
    return [*_prefix(before), *kept]


def _prefix(before: DialogueStateTracker) -> list[Event]:
    slots = [
        SlotSet(name, slot.value)
        for name, slot in before.slots.items()
        if slot.value != slot.initial_value
    ]
    form = [ActionExecuted(before.active_loop_name)] if before.active_loop_name else []
    loop = [ActiveLoop(before.active_loop_name)] if before.active_loop_name else []
    return [
        ActionExecuted(SESSION_START),
        SessionStarted(),
        *form,
        *loop,
        *slots,
        ActionExecuted(LISTEN),
    ]


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
