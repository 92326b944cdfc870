"""`python -m tests.storm [VISITORS] [sqlite|postgresql]`: nothing lost, nothing doubled."""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.storm.run import storm


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.storm", description=__doc__)
    parser.add_argument("visitors", nargs="?", type=int, default=500)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args()
    faults = 0
    for kind in given.databases:
        with (
            tempfile.TemporaryDirectory(prefix="guide-storm-") as name,
            _database(kind, name) as url,
        ):
            report = storm(given.visitors, url, Path(name), given.seed)
        print(f"{kind}: {report}", flush=True)
        faults += len(report.faults)
    return 1 if faults else 0


@contextmanager
def _database(kind: str, folder: str) -> Iterator[str]:
    if kind == "postgresql":
        with postgres.server() as running:
            yield running.url
    else:
        yield f"sqlite:///{folder}/guide.db"


if __name__ == "__main__":
    sys.exit(main())
