"""What each role at the desk may do: one table, checked where a step is done and at the route."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.errors import NotAllowedError
from care.models import StaffUser


class Permission(StrEnum):
    """What somebody at the desk may be allowed to do."""

    QUEUE = "queue"  # see the tickets, their contact details hidden
    REVEAL = "reveal"  # see the contact details, for a reason
    WORK = "work"  # claim, contact, resolve, reopen; count as on duty
    CHAT = "chat"  # talk with a visitor
    PRIORITY = "priority"
    REASSIGN = "reassign"  # give a colleague's ticket back
    CALENDAR = "calendar"  # plan who is on duty when
    EXPORT = "export"  # the list of tickets as a file
    LEARN = "learn"  # what the guide did not understand, and examples for it
    NUMBERS = "numbers"  # figures, without anything of a person
    STAFF = "staff"  # invite, change a role, disable, reset
    AUDIT = "audit"  # read the audit log


AGENT, SUPERVISOR, ADMIN, AUDITOR = "agent", "supervisor", "admin", "auditor"
_AGENT = frozenset(
    {Permission.QUEUE, Permission.REVEAL, Permission.WORK, Permission.CHAT, Permission.PRIORITY}
)
_SUPERVISOR = _AGENT | {
    Permission.REASSIGN,
    Permission.CALENDAR,
    Permission.EXPORT,
    Permission.LEARN,
    Permission.NUMBERS,
}

ROLES: dict[str, frozenset[Permission]] = {
    AGENT: _AGENT,
    SUPERVISOR: _SUPERVISOR,
    ADMIN: _SUPERVISOR | {Permission.STAFF},
    AUDITOR: frozenset({Permission.AUDIT, Permission.NUMBERS}),
}


def granting(permission: Permission) -> list[str]:
    return [role for role, granted in ROLES.items() if permission in granted]


def check(session: Session, by: str, permission: Permission) -> None:
    """Raises NotAllowedError unless `by` is at the desk in a role that grants this."""
    found = select(StaffUser.role).where(StaffUser.username == by, StaffUser.disabled.is_(False))
    if permission not in ROLES.get(session.scalar(found) or "", frozenset()):
        raise NotAllowedError(permission)
