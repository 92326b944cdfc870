"""Both databases as a thief with the keys would read them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, select, text

from care import rotation
from care.db import Core


@dataclass
class Stores:
    core: Core
    dump: Callable[[], bytes]

    def opened(self) -> str:
        """Every sealed value of both, opened."""
        with self.core.snapshot() as session:
            found = [
                self.core.cipher.decrypt(getattr(row, name), context(row).encode())
                for model, name, context in rotation.SEALED
                for row in session.scalars(select(model))
                if getattr(row, name) is not None
            ]
        return b" ".join([*found, *self._turns()]).decode()

    def sealed(self) -> list[bytes]:
        with self.core.snapshot() as session:
            rows = [
                getattr(r, n) for m, n, _ in rotation.SEALED for r in session.scalars(select(m))
            ]
        return [*filter(None, rows), *(sealed for _, sealed in self.trackers())]

    def files(self) -> bytes:
        """The bytes on the disk; on PostgreSQL the rows, and the assistant's file."""
        own = Path(self.core.settings.assistant_database_url.removeprefix("sqlite:///"))
        return self.dump() + b"".join(p.read_bytes() for p in own.parent.glob(own.name + "*"))

    def _turns(self) -> list[bytes]:
        return [self.core.cipher.decrypt(data, who.encode()) for who, data in self.trackers()]

    def trackers(self) -> list[tuple[str, bytes]]:
        engine = create_engine(self.core.settings.assistant_database_url)
        with engine.connect() as connection:
            rows = connection.execute(text("select sender_id, data from trackers")).all()
        engine.dispose()
        return [(who, bytes(data)) for who, data in rows]

    def make_trackers(self) -> None:
        engine = create_engine(self.core.settings.assistant_database_url)
        with engine.begin() as connection:
            connection.execute(
                text("create table trackers (sender_id text primary key, data blob)")
            )
        engine.dispose()


def keep_tracker(core: Core, visit: str, words: str) -> None:
    """As the assistant does."""
    sealed = core.cipher.encrypt(
        json.dumps([{"event": "user", "text": words}]).encode(), visit.encode()
    )
    engine = create_engine(core.settings.assistant_database_url)
    with engine.begin() as connection:
        connection.execute(
            text("insert into trackers values (:who, :data)"), {"who": visit, "data": sealed}
        )
    engine.dispose()
