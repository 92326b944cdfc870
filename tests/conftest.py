"""What many tests share: settings, a migrated database of each kind, a core."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import text

from care.cipher import new_key
from care.db import Core
from care.settings import Settings
from tests import postgres
from tests.colleagues import hire
from tests.databases import fresh_postgres, fresh_sqlite

if not os.environ.get("CI"):  # which has a profile of its own
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    require_postgres()
    with postgres.server() as running:
        yield running.url


def require_postgres() -> None:
    if postgres.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL must be installed in CI")
        pytest.skip("PostgreSQL is not installed on this machine: its tests did NOT run")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A development set-up with keys of its own and a SQLite file that is not there yet."""
    return Settings(
        data_keys=new_key("test1"),
        session_key="session-key-of-the-tests",
        assistant_token="assistant-token-of-the-tests",
        database_url=f"sqlite:///{tmp_path}/guide.db",
        assistant_database_url=f"sqlite:///{tmp_path}/assistant.db",
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def core(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Core]:
    """A core on a fresh database: everything in care/ runs on both kinds."""
    if request.param == "postgresql":
        server = str(request.getfixturevalue("postgres_url"))
        url = fresh_postgres(server, f"t{abs(hash(request.node.nodeid)):x}")
        settings = settings.model_copy(update={"database_url": url})
    else:
        fresh_sqlite(settings.database_url)
    core = Core.open(settings)
    hire(core)
    yield core
    core.engine.dispose()


@pytest.fixture
def sqlite_core(settings: Settings) -> Iterator[Core]:
    fresh_sqlite(settings.database_url)
    core = Core.open(settings)
    hire(core)
    yield core
    core.engine.dispose()


@pytest.fixture
def database_dump(core: Core) -> Callable[[], bytes]:
    """Every byte that is stored, as a thief of the disk would read it."""

    def dump() -> bytes:
        if core.engine.dialect.name == "sqlite":
            folder = Path(str(core.engine.url.database)).parent
            return b"".join(path.read_bytes() for path in folder.glob("guide.db*"))
        with core.engine.connect() as connection:
            tables = connection.scalars(
                text("select tablename from pg_tables where schemaname = current_schema()")
            ).all()
            return b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for table in tables
                for row in connection.exec_driver_sql(f'select * from "{table}"')  # noqa: S608
                for value in row
            )

    return dump
