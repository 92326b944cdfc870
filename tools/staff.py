"""`python -m tools.staff NAME`: adds a desk user or sets a new password, asked for twice.

`python -m tools.staff NAME --shown "Dana" "counselor"` sets how visitors see them in a chat; two
empty words take that away.
"""

import getpass
import secrets
import sys

from care import staff
from care.db import Core, migrate
from care.settings import Settings

SHORTEST = 12
DEMO_NAME = "demo"


def main(arguments: list[str]) -> int:
    if len(arguments) == 4 and arguments[1] == "--shown":
        return _introduce(arguments[0], *arguments[2:])
    if len(arguments) != 1 or not arguments[0].strip():
        print("Usage: python -m tools.staff NAME [--shown NAME ROLE]", file=sys.stderr)
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


def _introduce(username: str, name: str, role: str) -> int:
    settings = Settings.load()
    migrate(settings.database_url)
    try:
        staff.introduce(Core.open(settings), username.strip(), name, role)
    except ValueError as error:
        print(f"Not changed: {error}.", file=sys.stderr)
        return 1
    print(f"{username} is set.")
    return 0


def first_desk_password(settings: Settings) -> str | None:
    """On the first start of a development machine: a desk user, and the password to show once."""
    core = Core.open(settings)
    try:
        if settings.mode == "production" or staff.exists(core):
            return None
        password = secrets.token_urlsafe(9)
        staff.set_password(core, DEMO_NAME, password)
        return password
    finally:
        core.engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
