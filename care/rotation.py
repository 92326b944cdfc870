"""Key rotation: opens every sealed value with its old key and seals it with the current one."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import LargeBinary, String, column, inspect, select, table, update

from care import second_factor
from care.cipher import key_id_of
from care.db import Core, open_engine
from care.models import Message, PrivateValue, StaffUser, Ticket

BATCH = 500

SEALED: tuple[tuple[type[Any], str, Callable[[Any], str]], ...] = (
    (Message, "body", lambda row: f"message:{row.conversation_id}"),
    (PrivateValue, "value", lambda row: f"private:{row.conversation_id}"),
    (StaffUser, "totp_secret", second_factor.context),
    (Ticket, "details", lambda row: f"ticket:{row.number}"),
)


def rotate(core: Core) -> int:
    """Renews what an older key sealed, in short transactions; rows stay readable throughout."""
    return sum(_rotate_table(core, model, name, context) for model, name, context in SEALED)


def rotate_trackers(core: Core) -> int:
    """The same for the assistant's own store, a table of one sealed row per conversation."""
    trackers = table("trackers", column("sender_id", String), column("data", LargeBinary))
    engine = open_engine(core.settings.assistant_database_url)
    renewed = 0
    try:
        if not inspect(engine).has_table("trackers"):
            return 0
        with engine.begin() as connection:
            for sender_id, sealed in connection.execute(select(trackers)).all():
                if key_id_of(sealed) != core.cipher.current:
                    fresh = _renew(core, sealed, sender_id)
                    mine = update(trackers).where(trackers.c.sender_id == sender_id)
                    connection.execute(mine.values(data=fresh))
                    renewed += 1
    finally:
        engine.dispose()
    return renewed


def _rotate_table(core: Core, model: type[Any], name: str, context: Callable[[Any], str]) -> int:
    renewed, after = 0, 0
    while True:
        with core.transaction() as session:
            rows = session.scalars(
                select(model)
                .where(model.id > after, getattr(model, name).is_not(None))
                .order_by(model.id)
                .limit(BATCH)
            ).all()
            if not rows:
                return renewed
            for row in rows:
                after, sealed = row.id, getattr(row, name)
                if key_id_of(sealed) != core.cipher.current:
                    setattr(row, name, _renew(core, sealed, context(row)))
                    renewed += 1


def _renew(core: Core, sealed: bytes, context: str) -> bytes:
    return core.cipher.encrypt(core.cipher.decrypt(sealed, context.encode()), context.encode())
