"""The assistant's own store, one sealed row for each conversation, as far as the core minds it."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, LargeBinary, String, column, delete, inspect, select, table, update

from care.cipher import key_id_of
from care.db import Core, empty_log, open_engine, storage_errors
from care.models import Message

BATCH = 500
TRACKERS = table("trackers", column("sender_id", String), column("data", LargeBinary))

Renew = Callable[[bytes, str], bytes]


def rotate(core: Core, renew: Renew) -> int:
    """Seals anew what an older key sealed. What the assistant writes meanwhile stays as written."""
    renewed = 0
    with _store(core) as engine:
        for batch in _batches(engine):
            for sender_id, sealed in batch:
                if key_id_of(sealed) == core.cipher.current:
                    continue
                fresh = renew(sealed, sender_id)
                as_read = (TRACKERS.c.sender_id == sender_id) & (TRACKERS.c.data == sealed)
                with engine.begin() as connection:
                    changed = connection.execute(update(TRACKERS).where(as_read).values(data=fresh))
                renewed += changed.rowcount
    return renewed


def delete_strays(core: Core) -> int:
    """Deletes what belongs to no visitor's message any more: purged, or deleted by their wish.

    The assistant is told to forget such a conversation, and may be away just then.
    """
    deleted = 0
    with _store(core) as engine:
        for batch in _batches(engine):
            strays = _without_messages(core, {sender_id for sender_id, _ in batch})
            with engine.begin() as connection:
                gone = connection.execute(delete(TRACKERS).where(TRACKERS.c.sender_id.in_(strays)))
            deleted += gone.rowcount
        empty_log(engine)
    return deleted


def _without_messages(core: Core, conversations: Collection[str]) -> set[str]:
    mine = Message.conversation_id.in_(conversations)
    with core.snapshot() as session:
        alive = session.scalars(
            select(Message.conversation_id).where(mine, Message.author == "visitor").distinct()
        )
        return set(conversations) - set(alive)


def _batches(engine: Engine) -> Iterator[list[tuple[str, bytes]]]:
    """All rows by their ids; nothing is locked while they are looked at."""
    if not inspect(engine).has_table(TRACKERS.name):
        return  # the assistant has not run yet
    after, rows = (
        "",
        select(TRACKERS.c.sender_id, TRACKERS.c.data).order_by(TRACKERS.c.sender_id).limit(BATCH),
    )
    while True:
        with engine.execution_options(reading=True).connect() as connection:
            found = connection.execute(rows.where(TRACKERS.c.sender_id > after)).all()
        if not found:
            return
        after = found[-1][0]
        yield [(sender_id, bytes(sealed)) for sender_id, sealed in found]


@contextmanager
def _store(core: Core) -> Iterator[Engine]:
    engine = open_engine(core.settings.assistant_database_url)
    try:
        with storage_errors():
            yield engine
    finally:
        engine.dispose()
