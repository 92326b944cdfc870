"""`python -m tools.feedback`: what visitors picked when the guide was not sure, and what helped."""

from care import feedback, ratings
from care.db import Core
from care.settings import Settings


def main() -> int:
    core = Core.open(Settings.load())
    for (offered, picked), times in feedback.counts(core).most_common():
        print(f"{times:5}  offered first: {offered:30} picked: {picked}")
    for (response, helpful), times in ratings.counts(core).most_common():
        print(f"{times:5}  {'helpful' if helpful else 'not helpful':12} {response}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
