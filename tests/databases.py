"""Migrated databases for tests: made once a run, then copied, which takes a tenth of the time."""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from care.db import migrate

TEMPLATE: Final = "guide_template"


def fresh_sqlite(url: str) -> None:
    """Puts an empty database with the newest schema where `url` points."""
    shutil.copyfile(_migrated_file(), str(make_url(url).database))


def fresh_postgres(server: str, name: str) -> str:
    """Returns the URL of such a database on the server at the URL `server`."""
    _migrate_template(server)
    _administer(server, f'drop database if exists "{name}"')
    _administer(server, f'create database "{name}" template {TEMPLATE}')
    return _on(server, name)


@cache
def _migrated_file() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="guide-template-")
    _kept.append(folder)
    path = Path(folder.name) / "guide.db"
    migrate(f"sqlite:///{path}")
    return path


@cache
def _migrate_template(server: str) -> None:
    _administer(server, f"create database {TEMPLATE}")
    migrate(_on(server, TEMPLATE))


def _on(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"


def _administer(server: str, command: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(command)
    engine.dispose()


_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when the run ends
