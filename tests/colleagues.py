"""Staff for tests that only need their names: supervisors, with no password."""

from care.db import Core
from care.models import StaffUser
from care.roles import SUPERVISOR

NAMES = ("dana", "kim", "sam")


def hire(core: Core, *names: str, role: str = SUPERVISOR) -> None:
    with core.transaction() as session:
        for name in names or NAMES:
            session.add(StaffUser(username=name, password_hash="", role=role))
