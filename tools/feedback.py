"""`python -m tools.feedback`: what visitors picked when the guide was not sure."""

from care import feedback
from care.db import Core
from care.settings import Settings


def main() -> int:
    for (offered, picked), times in feedback.counts(Core.open(Settings.load())).most_common():
        print(f"{times:5}  offered first: {offered:30} picked: {picked}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
