"""What admins do for the accounts of others: invite, role, disable, reset. Each is on record.

`by` is an admin's name, or COMMAND for whoever works at the server itself.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from care import audit, roles, second_factor, staff
from care.db import Core, now, one_at_a_time
from care.errors import StaffError
from care.models import StaffInvitation, StaffSession, StaffUser, Ticket
from care.roles import ADMIN, ROLES, Permission
from care.staff import COMMAND

LOCK = 0x73746166  # admins' steps among PostgreSQL's advisory locks
GONE = "This link does not work any more. Please ask an admin for a new one."


@dataclass(frozen=True)
class Colleague:
    """A member of staff on the admins' list. `tickets` counts what they have in hand."""

    username: str
    role: str
    disabled: bool
    second_factor: bool
    seen_at: datetime | None
    tickets: int


@dataclass(frozen=True)
class Invited:
    """What a link is good for: to join in a role, or for the new password of `username`."""

    role: str
    username: str | None


def listed(core: Core, by: str) -> Sequence[Colleague]:
    in_hand = select(func.count()).where(
        Ticket.claimed_by == StaffUser.username, Ticket.status.in_(("claimed", "contacted"))
    )
    seen = select(func.max(StaffSession.seen_at)).where(StaffSession.user_id == StaffUser.id)
    rows = select(StaffUser, seen.scalar_subquery(), in_hand.scalar_subquery())
    with core.snapshot() as session:
        _check(session, by)
        return [
            Colleague(u.username, u.role, u.disabled, u.totp_since is not None, at, count)
            for u, at, count in session.execute(rows.order_by(StaffUser.username))
        ]


def knows(core: Core, username: str) -> bool:
    with core.snapshot() as session:
        return session.scalar(staff.named(username)) is not None


def invite(core: Core, by: str, role: str) -> str:
    """The token of a link to join with."""
    with _admin(core, by) as session:
        token = _invitation(core, session, by, _known(role))
        audit.append(session, by, "staff.invited", detail=role)
        return token


def new_password_link(core: Core, by: str, username: str) -> str:
    """The token of a link for who lost their password; an earlier link is void."""
    with _admin(core, by) as session:
        user = _other(session, by, username)
        session.execute(delete(StaffInvitation).where(StaffInvitation.user_id == user.id))
        token = _invitation(core, session, by, user.role, user.id)
        audit.append(session, by, "staff.password_link", user.username)
        return token


def invitation(core: Core, token: str) -> Invited | None:
    with core.snapshot() as session:
        found = session.get(StaffInvitation, _hash(token))
        if found is None or found.expires_at < now():
            return None
        user = session.get(StaffUser, found.user_id) if found.user_id else None
        return Invited(found.role, user.username if user else None)


def accept(core: Core, token: str, username: str, password: str) -> str:
    """Uses the link up; the name to sign in with. Raises StaffError, and then the link is kept."""
    with core.transaction() as session:
        mine = StaffInvitation.token_hash == _hash(token), StaffInvitation.expires_at >= now()
        found = session.scalars(
            delete(StaffInvitation).where(*mine).returning(StaffInvitation)
        ).first()
        if found is None:
            raise StaffError(GONE)
        user = (
            session.get(StaffUser, found.user_id, with_for_update=True) if found.user_id else None
        )
        if user and user.disabled:
            raise StaffError(GONE)
        action = "staff.password_set" if user else "staff.joined"
        user = user or staff.added(session, username, found.role)
        staff.give_password(session, user, password)
        audit.append(session, user.username, action, user.username, user.role)
        return user.username


def set_role(core: Core, by: str, username: str, role: str) -> None:
    """Ends their sessions: what is open was shown to the old role."""
    with _admin(core, by) as session:
        user = _other(session, by, username)
        if user.role == _known(role):
            return
        _keep_an_admin(session, user)
        user.role = role
        _end_all(session, user)
        audit.append(session, by, "staff.role", user.username, role)


def disable(core: Core, by: str, username: str) -> None:
    with _admin(core, by) as session:
        user = _other(session, by, username)
        if user.disabled:
            return
        _keep_an_admin(session, user)
        user.disabled, user.on_duty_until = True, None
        _end_all(session, user)
        audit.append(session, by, "staff.disabled", user.username)


def enable(core: Core, by: str, username: str) -> None:
    with _admin(core, by) as session:
        user = _other(session, by, username)
        if user.disabled:
            user.disabled = False
            audit.append(session, by, "staff.enabled", user.username)


def reset_second_factor(core: Core, by: str, username: str) -> None:
    """For who lost device and recovery codes; their password is still needed."""
    with _admin(core, by) as session:
        user = _other(session, by, username)
        second_factor.forget(session, user)
        staff.end_sessions(session, user)
        audit.append(session, by, "staff.second_factor_reset", user.username)


@contextmanager
def _admin(core: Core, by: str) -> Iterator[Session]:
    """One admin's step at a time: of two who demote each other, the second is none any more."""
    with core.transaction() as session:
        one_at_a_time(session, LOCK)
        _check(session, by)
        yield session


def _check(session: Session, by: str) -> None:
    if by != COMMAND:
        roles.check(session, by, Permission.STAFF)


def _other(session: Session, by: str, username: str) -> StaffUser:
    """Somebody else: a borrowed session of an admin cannot rid them of their second factor."""
    user = staff.existing(session, username)
    if user.username == by:
        raise StaffError("For your own account, please ask another admin.")
    return user


def _keep_an_admin(session: Session, user: StaffUser) -> None:
    admins = select(StaffUser.id).where(StaffUser.role == ADMIN, StaffUser.disabled.is_(False))
    if session.scalars(admins).all() == [user.id]:
        raise StaffError("Somebody must stay admin. Please make a colleague one first.")


def _known(role: str) -> str:
    if role not in ROLES:
        raise StaffError("There is no such role.")
    return role


def _end_all(session: Session, user: StaffUser) -> None:
    """Their sessions, and the links they made or were given."""
    staff.end_sessions(session, user)
    mine = (StaffInvitation.user_id == user.id) | (StaffInvitation.created_by == user.username)
    session.execute(delete(StaffInvitation).where(mine))


def _invitation(
    core: Core, session: Session, by: str, role: str, user_id: int | None = None
) -> str:
    token, hours = secrets.token_urlsafe(32), core.settings.desk_invitation_hours
    row = StaffInvitation(token_hash=_hash(token), role=role, user_id=user_id, created_by=by)
    row.expires_at = now() + timedelta(hours=hours)
    session.add(row)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
