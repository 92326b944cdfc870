"""The database: one engine, short transactions, SQLite by default and PostgreSQL by URL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session

from care.cipher import Cipher
from care.errors import StorageDownError
from care.settings import Settings

BUSY_MILLISECONDS = 5000
LOG_MILLISECONDS = 200


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Core:
    """What every use case needs: settings, the database, the cipher."""

    settings: Settings
    engine: Engine
    cipher: Cipher

    @classmethod
    def open(cls, settings: Settings) -> "Core":
        return cls(settings, open_engine(settings.database_url), settings.cipher)

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        """Commits at the end or leaves no trace. Raises StorageDownError, with nothing stored.

        What is `repeatable` would be done again if a power cut undid it, so that SQLite need not
        wait for the disk.
        """
        engine = self.engine.execution_options(repeatable=repeatable)
        with (
            storage_errors(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """For reading: one consistent view, and no write lock on SQLite."""
        reading = self.engine.execution_options(reading=True)
        with storage_errors(), Session(reading, expire_on_commit=False) as session:
            yield session

    def ready(self) -> bool:
        try:
            with self.snapshot() as session:
                session.execute(text("select 1"))
        except StorageDownError:
            return False
        return True


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raises StorageDownError in place of what the driver raises when it has no database."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StorageDownError(type(error.orig).__name__) from None
    except NoConnectionError as error:  # all connections hang
        raise StorageDownError(type(error).__name__) from None


def one_at_a_time(session: Session, lock: int) -> None:
    """Until this transaction ends no other passes here; on SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})


def open_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")  # the driver there is
    return create_engine(
        parsed, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 3}
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy sends BEGIN itself, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    """Takes the write lock at once: a later upgrade of a read lock could fail."""
    options = connection.get_execution_options()
    level = "NORMAL" if options.get("repeatable") else "FULL"  # FULL survives a power cut
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")


def empty_log(engine: Engine) -> None:
    """On SQLite, deleted content stays in the write-ahead log until that is emptied.

    Whoever is reading just then may prevent it; the next time makes up for it.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    with closing(connection), suppress(sqlite3.Error), closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={LOG_MILLISECONDS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def migrate(url: str) -> None:
    """Brings the database at `url` to the newest schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
