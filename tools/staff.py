"""`python -m tools.staff NAME`: adds a desk user or sets a new password, asked for twice.

With an option it does something else, see `--help`.
"""

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable, Sequence

from care import passwords, staff, staff_admin
from care.db import Core, migrate
from care.errors import StaffError
from care.roles import ADMIN, ROLES
from care.settings import Settings
from care.staff import COMMAND

DEMO_NAME = "demo"
Step = Callable[[Core, str, str], None]
STEPS: dict[str, tuple[Step, str]] = {
    "disable": (staff_admin.disable, "nobody signs in as NAME any more; open pages are signed out"),
    "enable": (staff_admin.enable, "undoes --disable"),
    "reset-second-factor": (staff_admin.reset_second_factor, "for who lost device and codes"),
}


def main(arguments: Sequence[str]) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    if not (given.name or given.list or given.invite):
        parser.error("give a NAME, or --invite ROLE, or --list")
    settings = Settings.load()
    migrate(settings.database_url)
    core = Core.open(settings)
    try:
        print(_done(core, given))
    except StaffError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        core.engine.dispose()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.staff", description=__doc__)
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("--role", choices=ROLES, help="the role of NAME (the first user: admin)")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--list", action="store_true", help="who there is, in which role")
    one.add_argument("--invite", choices=ROLES, metavar="ROLE", help="prints a link to join with")
    shown = "how visitors see NAME in a chat; two empty words take that away"
    one.add_argument("--shown", nargs=2, metavar=("NAME", "ROLE"), help=shown)
    one.add_argument("--link", action="store_true", help="prints a link to NAME's new password")
    for name, (_, words) in STEPS.items():
        action = {"action": "store_const", "const": name, "dest": "step", "help": words}
        one.add_argument(f"--{name}", **action)  # type: ignore[arg-type]
    return parser


def _done(core: Core, given: argparse.Namespace) -> str:
    """Does what was asked for; what to print."""
    if given.list:
        return "\n".join(map(_line, staff_admin.listed(core, COMMAND)))
    if given.invite:
        return _link(core, staff_admin.invite(core, COMMAND, given.invite))
    if given.link:
        return _link(core, staff_admin.new_password_link(core, COMMAND, given.name))
    if given.shown:
        staff.introduce(core, given.name, *given.shown)
    elif given.step:
        STEPS[given.step][0](core, COMMAND, given.name)
    elif given.role and staff_admin.knows(core, given.name):
        staff_admin.set_role(core, COMMAND, given.name, given.role)
    else:
        staff.set_password(core, given.name, _asked(given.name), given.role)
        return f"{given.name} can sign in to the desk."
    return "Done."


def _asked(name: str) -> str:
    """A password, typed twice. Raises StaffError."""
    password = getpass.getpass("Password: ")
    passwords.check(password, name)
    if password != getpass.getpass("Once more: "):
        raise StaffError("The two are not alike.")
    return password


def _link(core: Core, token: str) -> str:
    hours = core.settings.desk_invitation_hours
    return f"{core.settings.desk_url}/join/{token}\nIt works once, within {hours} hours."


def _line(colleague: staff_admin.Colleague) -> str:
    marks = [colleague.role]
    marks += ["disabled"] if colleague.disabled else []
    marks += ["second factor"] if colleague.second_factor else []
    return f"{colleague.username}: {', '.join(marks)}"


def first_desk_password(settings: Settings) -> str | None:
    """On the first start of a development machine: a desk user, and the password to show once."""
    core = Core.open(settings)
    try:
        if settings.mode == "production" or staff.exists(core):
            return None
        password = secrets.token_urlsafe(9)
        staff.set_password(core, DEMO_NAME, password, ADMIN)
        return password
    finally:
        core.engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
