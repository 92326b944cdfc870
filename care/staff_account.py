"""What every member of staff may do for their own account; the second factor has its own file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from care import audit, passwords, staff
from care.db import Core, now
from care.errors import StaffError
from care.models import StaffSession, StaffUser
from care.staff import SignedIn


@dataclass(frozen=True)
class OpenSession:
    """A browser that somebody is signed in with."""

    created_at: datetime
    seen_at: datetime
    is_this: bool


def sign_out_everywhere(core: Core, username: str) -> None:
    with core.transaction() as session:
        user = staff.existing(session, username)
        staff.end_sessions(session, user)
        audit.append(session, user.username, "staff.signed_out", detail="everywhere")


def sessions(core: Core, user: SignedIn) -> Sequence[OpenSession]:
    """Those that are still good, the newest first."""
    with core.snapshot() as session:
        mine = select(StaffSession).join(StaffUser).where(StaffUser.username == user.username)
        good = mine.where(staff.open_at(core, now())).order_by(StaffSession.created_at.desc())
        return [
            OpenSession(row.created_at, row.seen_at, row.token_hash == user.session_id)
            for row in session.scalars(good)
        ]


def change_password(core: Core, username: str, old: str, new: str) -> str:
    """Ends all sessions; a new one's token. Raises StaffError."""
    with core.transaction() as session:
        user = staff.existing(session, username)
        if not passwords.matches(user.password_hash, old):
            raise StaffError("That is not your present password.")
        staff.give_password(session, user, new)
        return staff.start_session(session, user, "new_password", "staff.password_set")
