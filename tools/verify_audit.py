"""`python -m tools.verify_audit [HASH]`: does the chain of the audit log verify?

Write the last hash down somewhere else; given again, it shows that nothing before it is gone.
"""

import sys

from care import audit
from care.db import Core
from care.settings import Settings


def main(arguments: list[str]) -> int:
    core = Core.open(Settings.load())
    try:
        found = audit.verify(core, *arguments[:1])
    finally:
        core.engine.dispose()
    return report(found)


def report(found: audit.Verdict) -> int:
    if found.broken is not None:
        print(f"BROKEN at entry {found.broken}: {found.why}.")
        print(f"{found.entries} entries before it verify, up to hash {found.last_hash}")
        return 1
    print(f"The audit log verifies: {found.entries} entries, last hash {found.last_hash}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
