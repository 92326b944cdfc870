"""PostgreSQL, which production has, stopped in the middle of a conversation and started again."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from care import tickets
from tests import postgres
from tests.conftest import require_postgres
from tests.e2e.conftest import Product, Record, started
from tests.postgres import Server
from tests.visitor import Visitor

pytestmark = pytest.mark.e2e

RECOVERY_SECONDS = 90
DANGER = "i want to kill myself"
DANGER_SECONDS = 5  # two are promised; a busy machine is given more
TROUBLE_SECONDS = 12


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


def test_with_the_database_away_danger_is_answered_and_stored_once_when_it_is_back(
    product: Product, database: Server, record: Record
) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    visitor.wait_for_answers(1)
    database.stop()
    danger = _refused_in_time(visitor, product, record, "away")
    database.start()
    product.wait_until_ready()
    _stored_once(visitor, product, danger)


def test_with_the_database_hung_danger_is_answered_and_stored_once_when_it_is_back(
    product: Product, database: Server, record: Record
) -> None:
    visitor = product.visitor()
    visitor.send("What is an IOP?")
    visitor.wait_for_answers(1)
    with database.hung():
        danger = _refused_in_time(visitor, product, record, "hung")
    product.wait_until_ready()
    _stored_once(visitor, product, danger)


def _refused_in_time(visitor: Visitor, product: Product, record: Record, how: str) -> str:
    """Says both kinds of message, with a session and without. Returns the danger's id."""
    danger = uuid.uuid4().hex
    body = {"id": danger, "text": DANGER}
    answer = visitor.client.post("/chat/messages", json=body, timeout=30)
    _check(answer, 503, DANGER_SECONDS)
    record(f"danger, database {how}", answer.elapsed.total_seconds())
    answer = visitor.client.post("/chat/sessions", timeout=30)
    _check(answer, 503, TROUBLE_SECONDS)
    record(f"new chat, database {how}", answer.elapsed.total_seconds())
    answer = httpx.post(f"{product.url}/chat/messages", json=body, timeout=30)
    _check(answer, 401, DANGER_SECONDS)
    record(f"danger without a chat, database {how}", answer.elapsed.total_seconds())
    answer = visitor.client.post(
        "/chat/messages", json={"id": uuid.uuid4().hex, "text": "How much?"}, timeout=30
    )
    _check(answer, 503, TROUBLE_SECONDS)
    record(f"question, database {how}", answer.elapsed.total_seconds())
    return danger


def _check(answer: httpx.Response, status: int, seconds: float) -> None:
    assert answer.status_code == status
    assert "988" in answer.json()["say"][0]
    assert answer.elapsed.total_seconds() < seconds


def _stored_once(visitor: Visitor, product: Product, danger: str) -> None:
    """By the gateway itself; the page's own repetition adds nothing."""
    visitor.wait(
        lambda said: any("988" in m["text"] for m in said[2:] if m["author"] == "guide"),
        RECOVERY_SECONDS,
    )
    again = visitor.client.post("/chat/messages", json={"id": danger, "text": DANGER})
    assert again.status_code == 202
    assert [m["text"] for m in visitor.history()].count(DANGER) == 1
    core = product.core()
    assert any(ticket.priority == "urgent" for ticket in tickets.listed(core))
    core.engine.dispose()


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
