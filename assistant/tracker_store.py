"""Rasa's conversations at rest: one encrypted, bounded row each.

`type: assistant.tracker_store.EncryptedTrackerStore` in endpoints.yml. The url names a database
in SQLAlchemy's way; the keys come from GUIDE_DATA_KEYS.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa  # type: ignore[import-untyped]  # 1.4, as Rasa needs it
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.engine import Engine  # type: ignore[import-untyped]

from assistant.trimming import trimmed
from care.cipher import Cipher

KEYS = "GUIDE_DATA_KEYS"

Result = TypeVar("Result")

TRACKERS = sa.Table(
    "trackers",
    sa.MetaData(),
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


class EncryptedTrackerStore(TrackerStore):
    """The conversation's id is bound into the encryption, so a row opens nowhere else."""

    def __init__(
        self,
        domain: Domain | None,
        host: EndpointConfig,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ):
        super().__init__(domain, event_broker, **kwargs)
        self._cipher = Cipher.from_keys(os.environ.get(KEYS, ""))
        self._engine = _open(str(host.url))
        TRACKERS.create(self._engine, checkfirst=True)

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new conversation; not stored before its first turn has succeeded."""
        return self.init_tracker(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        events = trimmed(tracker, self.domain)
        plain = json.dumps([event.as_dict() for event in events]).encode()
        sealed = self._cipher.encrypt(plain, tracker.sender_id.encode())
        await self._run(self._write, tracker.sender_id, sealed)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        stored = await self.stored(sender_id)
        if stored is None:
            return None
        events = [Event.from_parameters(parameters) for parameters in stored]
        return DialogueStateTracker.from_events(
            sender_id, [event for event in events if event], self.domain.slots
        )

    async def stored(self, sender_id: str) -> list[dict[str, Any]] | None:
        """The events as they are kept; None if there is no such conversation."""
        sealed = await self._run(self._read, sender_id)
        if sealed is None:
            return None
        events: list[dict[str, Any]] = json.loads(self._cipher.decrypt(sealed, sender_id.encode()))
        return events

    async def keys(self) -> Iterable[str]:
        return await self._run(self._ids)

    async def delete(self, sender_id: str) -> None:
        """Nothing of the conversation is left; no error if there was none."""
        await self._run(self._delete, sender_id)

    def close(self) -> None:
        self._engine.dispose()

    async def _run(self, work: Callable[..., Result], *given: Any) -> Result:
        """A file answers sooner than another thread; a server may keep one waiting."""
        if self._engine.dialect.name == "sqlite":
            return work(*given)
        return await asyncio.to_thread(work, *given)

    def _write(self, sender_id: str, sealed: bytes) -> None:
        mine = TRACKERS.c.sender_id == sender_id
        with self._engine.begin() as connection:
            changed = connection.execute(TRACKERS.update().where(mine).values(data=sealed))
            if changed.rowcount == 0:
                connection.execute(TRACKERS.insert().values(sender_id=sender_id, data=sealed))

    def _read(self, sender_id: str) -> bytes | None:
        query = sa.select(TRACKERS.c.data).where(TRACKERS.c.sender_id == sender_id)
        with self._engine.connect() as connection:
            sealed = connection.execute(query).scalar()
        return None if sealed is None else bytes(sealed)

    def _ids(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(TRACKERS.c.sender_id)).scalars())

    def _delete(self, sender_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(TRACKERS.delete().where(TRACKERS.c.sender_id == sender_id))
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:  # the log still holds what was deleted
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _open(url: str) -> Engine:
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        # The driver named in the setting is that of the other processes.
        address = address.set(drivername=address.get_backend_name())
        return sa.create_engine(address, future=True, pool_pre_ping=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        address,
        future=True,
        poolclass=sa.pool.StaticPool,  # one connection, used by this thread alone; see `_run`
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=5000",
        "secure_delete=ON",  # a deleted conversation leaves no bytes in the file
    ):
        connection.execute(f"PRAGMA {pragma}")
