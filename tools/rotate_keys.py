"""`python -m tools.rotate_keys`: seals everything stored anew with the first of GUIDE_DATA_KEYS."""

import sys

from care.db import Core
from care.rotation import rotate, rotate_trackers
from care.settings import Settings


def main() -> int:
    settings = Settings.load()
    core = Core.open(settings)
    renewed = rotate(core) + rotate_trackers(core)
    print(f"{renewed} rows sealed anew with key {core.cipher.current}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
