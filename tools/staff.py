"""`python -m tools.staff NAME`: adds a desk user or sets a new password, asked for twice."""

import getpass
import sys

from care import staff
from care.db import Core, migrate
from care.settings import Settings

SHORTEST = 12


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].strip():
        print("Usage: python -m tools.staff NAME", file=sys.stderr)
        return 2
    password = getpass.getpass("Password: ")
    if len(password) < SHORTEST or password != getpass.getpass("Once more: "):
        print(f"It must have {SHORTEST} characters and be typed twice alike.", file=sys.stderr)
        return 1
    settings = Settings.load()
    migrate(settings.database_url)
    staff.set_password(Core.open(settings), arguments[0].strip(), password)
    print(f"{arguments[0]} can sign in to the desk.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
