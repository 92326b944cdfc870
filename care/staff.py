"""Staff who may sign in to the desk, and their sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from care import audit
from care.db import Core, now
from care.models import StaffSession, StaffUser

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
SHOWN_LIMIT = 40
HASHER = PasswordHasher()
NOBODY = HASHER.hash(secrets.token_hex())  # verified for unknown names, so that time tells nothing


@dataclass(frozen=True)
class SignedIn:
    """A staff member in a browser."""

    username: str
    csrf_token: str
    on_duty_until: datetime | None = None


@dataclass(frozen=True)
class Person:
    """A member of staff as visitors see them."""

    name: str | None = None
    role: str | None = None


def set_password(core: Core, username: str, password: str) -> None:
    """Adds a staff member, or gives an existing one a new password; ends their sessions."""
    with core.transaction() as session:
        user = session.scalar(select(StaffUser).where(StaffUser.username == username))
        if user is None:
            user = StaffUser(username=username, password_hash="")
            session.add(user)
        user.password_hash = HASHER.hash(password)
        user.disabled = False
        session.flush()
        session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))


def introduce(core: Core, username: str, name: str, role: str) -> None:
    """How visitors see a member of staff in a chat; nothing for no name. Raises ValueError."""
    person = Person(_short(name), _short(role))
    if bool(person.name) != bool(person.role):
        raise ValueError("a name and a role, or neither")
    with core.transaction() as session:
        user = session.scalar(select(StaffUser).where(StaffUser.username == username))
        if user is None:
            raise ValueError("there is nobody of this name at the desk")
        user.shown_name, user.shown_role = person.name, person.role
        audit.append(session, username, "staff.introduced")


def shown(session: Session, username: str) -> Person:
    user = session.scalar(select(StaffUser).where(StaffUser.username == username))
    return Person(user.shown_name, user.shown_role) if user else Person()


def _short(words: str) -> str | None:
    plain = " ".join(words.split())
    if len(plain) > SHOWN_LIMIT or not plain.isprintable():
        raise ValueError(f"at most {SHOWN_LIMIT} plain characters each")
    return plain or None


def exists(core: Core) -> bool:
    with core.snapshot() as session:
        return session.scalar(select(StaffUser.id).limit(1)) is not None


def sign_in(core: Core, username: str, password: str) -> str | None:
    """A new session's token, or None. Takes the same time for unknown names."""
    with core.snapshot() as session:
        user = session.scalar(
            select(StaffUser).where(StaffUser.username == username, StaffUser.disabled.is_(False))
        )
    if not _matches(user.password_hash if user else NOBODY, password) or user is None:
        return None
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with core.transaction() as session:
        session.add(StaffSession(token_hash=_hash(token), user_id=user.id, csrf_token=csrf_token))
        audit.append(session, username, "staff.signed_in")
    return token


def signed_in(core: Core, token: str, *, acts: bool = True) -> SignedIn | None:
    """Who holds this token; None after 15 idle minutes, 12 hours, or when disabled.

    A page that asks by itself is open, but its user does not act.
    """
    with core.transaction() as session:
        found = session.get(StaffSession, _hash(token))
        if found is None:
            return None
        at = now()
        user = session.get_one(StaffUser, found.user_id)
        if user.disabled or at - found.seen_at > IDLE or at - found.created_at > ABSOLUTE:
            session.delete(found)
            return None
        found.here_at = at
        if acts:
            found.seen_at = at
        return SignedIn(user.username, found.csrf_token, user.on_duty_until)


def sign_out(core: Core, token: str) -> None:
    with core.transaction() as session:
        found = session.get(StaffSession, _hash(token))
        if found:
            user = session.get_one(StaffUser, found.user_id)
            session.delete(found)
            audit.append(session, user.username, "staff.signed_out")


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except VerificationError:
        return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_form_token() -> str:
    return secrets.token_urlsafe(32)
