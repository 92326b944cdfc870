"""A small storm; `make storm` has the whole one, on both databases."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import require_postgres
from tests.storm.run import storm

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

VISITORS = 60


@pytest.fixture
def database_url() -> Iterator[str]:
    """PostgreSQL, which production has."""
    require_postgres()
    with postgres.server() as running:
        yield running.url


def test_while_processes_die_no_ticket_is_lost_and_none_is_doubled(
    database_url: str, tmp_path: Path
) -> None:
    report = storm(VISITORS, database_url, tmp_path, seed=random.randrange(1_000_000))
    print(report)
    assert report.faults == [], str(report)
