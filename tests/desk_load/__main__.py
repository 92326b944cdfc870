"""`python -m tests.desk_load [TICKETS] [MESSAGES]`: the desk with few tickets and with many.

Prints for each page the 95th percentile of both, and the ratio; it should stay under 1.5.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from care.cipher import new_key
from care.settings import Settings
from tests import postgres
from tests.desk_load.measure import compared
from tests.desk_load.seed import seeded
from tests.gateway.desk_app import DeskApp

FEW = (100, 2_000)
AIM = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.desk_load", description=__doc__)
    parser.add_argument("tickets", nargs="?", type=int, default=10_000)
    parser.add_argument("messages", nargs="?", type=int, default=200_000)
    parser.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    worst = 0.0
    for kind in given.databases:
        with _desk(kind, *FEW) as few, _desk(kind, given.tickets, given.messages) as many:
            found = compared([few, many], given.rounds)
        print(f"{kind}: p95 with {FEW[0]} and {given.tickets} tickets", flush=True)
        for page, (before, after) in found.items():
            worst = max(worst, after / before)
            print(f"  {page:28} {before:7.1f} ms {after:7.1f} ms   x {after / before:.2f}")
    print(f"worst ratio {worst:.2f} (aim {AIM})")
    return 0 if worst <= AIM else 1


@contextmanager
def _desk(kind: str, tickets: int, messages: int) -> Iterator[DeskApp]:
    with tempfile.TemporaryDirectory(prefix="guide-desk-") as name, _database(kind, name) as url:
        settings = Settings(
            data_keys=new_key("load"),
            session_key="session-key-of-the-load",
            assistant_token="assistant-token-of-the-load",
            database_url=url,
            assistant_database_url=f"sqlite:///{name}/assistant.db",
        )
        desk = seeded(settings, tickets, messages)
        try:
            yield desk
        finally:
            desk.close()


@contextmanager
def _database(kind: str, folder: str) -> Iterator[str]:
    if kind == "postgresql":
        with postgres.server() as running:
            yield running.url
    else:
        yield f"sqlite:///{Path(folder)}/guide.db"


if __name__ == "__main__":
    sys.exit(main())
