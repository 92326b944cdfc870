"""PostgreSQL, which production has, stopped in the middle of a conversation and started again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import postgres
from tests.conftest import require_postgres
from tests.e2e.conftest import Product, started
from tests.postgres import Server

pytestmark = pytest.mark.e2e

RECOVERY_SECONDS = 90


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    require_postgres()
    with postgres.server() as running:
        yield running


@pytest.fixture(scope="module")
def product(database: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder: Path = tmp_path_factory.mktemp("on-postgres")
    _create(database, "rasa")
    with started(folder, database.url, database.url.replace("/postgres", "/rasa")) as running:
        yield running


def test_with_the_database_away_danger_is_answered_and_nothing_stored_is_lost(
    product: Product, database: Server
) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    visitor.wait_for_answers(1)
    before = visitor.history()

    database.stop()
    refused = visitor.send("How much does it cost?")
    assert refused.status_code == 503
    assert "988" in refused.json()["say"][0]
    danger = visitor.send("i want to kill myself")
    assert danger.status_code == 503
    assert danger.elapsed.total_seconds() < 4
    assert "988" in danger.json()["say"][0]

    database.start()
    product.wait_until_ready()
    assert visitor.history() == before
    visitor.send("How much does it cost?")
    visitor.wait_for_answers(2)


def test_a_message_taken_in_is_answered_when_the_database_is_back(
    product: Product, database: Server
) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    database.stop()
    database.start()
    product.wait_until_ready()
    answered = visitor.wait(
        lambda said: any("intensive outpatient" in m["text"] for m in said[1:]), RECOVERY_SECONDS
    )
    assert [m["author"] for m in answered].count("visitor") == 1


def _create(database: Server, name: str) -> None:
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
