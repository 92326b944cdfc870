"""Staff who may sign in to the desk, and their sessions."""

import hashlib
import re
import secrets
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, passwords, roles, second_factor, shifts
from care.db import Core, now
from care.errors import CodeNeededError, SignInExpiredError, StaffError
from care.models import StaffSession, StaffUser
from care.roles import Permission

COMMAND = "command"  # whoever works at the server itself
RESERVED = {COMMAND, "system", "visitor", "guide", "staff", "anonymous"}
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])")
CODE_SECONDS = 300
SHOWN_LIMIT = 40
HERE_EVERY = timedelta(seconds=20)  # an open page asks more often than that need be stored
NOBODY = passwords.hash_of(secrets.token_hex())  # for unknown names, so that time tells nothing


@dataclass(frozen=True)
class SignedIn:
    """A staff member in a browser; on duty by the switch or the calendar, unless away."""

    username: str
    csrf_token: str
    on_duty_until: datetime | None = None
    role: str = roles.AGENT
    second_factor: bool = False
    must_enrol: bool = False
    session_id: str = ""
    away_until: datetime | None = None

    @property
    def may(self) -> frozenset[Permission]:
        return roles.ROLES.get(self.role, frozenset())


@dataclass(frozen=True)
class Proof:
    """Whose password was right, and which it was."""

    username: str
    fingerprint: str


@dataclass(frozen=True)
class Person:
    """A member of staff as visitors see them."""

    name: str | None = None
    role: str | None = None


def set_password(core: Core, username: str, password: str, role: str | None = None) -> None:
    """Adds a staff member, or gives an existing one a new password; ends their sessions.

    Whoever is first is an admin unless told otherwise. Raises StaffError.
    """
    with core.transaction() as session:
        user = find(session, username)
        if user is None:
            first = session.scalar(select(StaffUser.id).limit(1)) is None
            user = added(session, username, role or (roles.ADMIN if first else roles.AGENT))
        elif role:
            user.role = role
        user.disabled = False
        give_password(session, user, password)
        audit.append(session, COMMAND, "staff.password_set", user.username, user.role)


def find(session: Session, username: str) -> StaffUser | None:
    """For writing."""
    return session.scalar(named(username).with_for_update())


def named(username: str) -> Select[StaffUser]:
    """ "Kim" and "kim" are one person, unless both were there before that rule."""
    given = username.replace("\x00", "").strip()
    alike = select(StaffUser).where(func.lower(StaffUser.username) == given.lower())
    return alike.order_by(StaffUser.username != given).limit(1)


def existing(session: Session, username: str) -> StaffUser:
    user = find(session, username)
    if user is None:
        raise StaffError("There is nobody of this name at the desk.")
    return user


def added(session: Session, username: str, role: str) -> StaffUser:
    """A new user, without a password yet. Names stand in the audit log: they cannot pretend."""
    name = username.strip().lower()
    if not NAME.fullmatch(name) or name in RESERVED:
        raise StaffError("A name has 2 to 32 letters, digits, dots or dashes, and is nobody's yet.")
    user = StaffUser(username=name, password_hash="", role=role)
    try:
        if find(session, name) is None:
            session.add(user)
            session.flush()
            return user
    except IntegrityError:  # taken this moment
        pass
    raise StaffError("This name is taken. Please choose another.")


def give_password(session: Session, user: StaffUser, password: str) -> None:
    """Ends the user's sessions. Raises StaffError for a weak one."""
    passwords.check(password, user.username)
    user.password_hash = passwords.hash_of(password)
    end_sessions(session, user)


def end_sessions(session: Session, user: StaffUser) -> None:
    session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))


def introduce(core: Core, username: str, name: str, role: str) -> None:
    """How visitors see a member of staff in a chat; nothing for no name. Raises StaffError."""
    person = Person(_short(name), _short(role))
    if bool(person.name) != bool(person.role):
        raise StaffError("Visitors see a name and a role, or neither.")
    with core.transaction() as session:
        user = existing(session, username)
        user.shown_name, user.shown_role = person.name, person.role
        audit.append(session, COMMAND, "staff.introduced", user.username)


def shown(session: Session, username: str) -> Person:
    user = session.scalar(select(StaffUser).where(StaffUser.username == username))
    return Person(user.shown_name, user.shown_role) if user else Person()


def _short(words: str) -> str | None:
    plain = " ".join(words.split())
    if len(plain) > SHOWN_LIMIT or not plain.isprintable():
        raise StaffError(f"Visitors see at most {SHOWN_LIMIT} plain characters of each.")
    return plain or None


def exists(core: Core) -> bool:
    with core.snapshot() as session:
        return session.scalar(select(StaffUser.id).limit(1)) is not None


def sign_in(core: Core, username: str, password: str) -> str | None:
    """A new session's token, or None. Takes the same time for unknown names.

    Raises CodeNeededError if the second factor is on.
    """
    with core.snapshot() as session:
        user = session.scalar(named(username).where(StaffUser.disabled.is_(False)))
    if not passwords.matches(user.password_hash if user else NOBODY, password) or user is None:
        return None
    proof = Proof(user.username, _fingerprint(user))
    if user.totp_since:
        raise CodeNeededError(_signer(core).dumps(astuple(proof)))
    try:
        with core.transaction() as session:
            return start_session(session, _proved(session, proof), "password")
    except SignInExpiredError:  # disabled, or given a new password, this moment
        return None


def sign_in_with_code(core: Core, half: str, code: str) -> str | None:
    """The second step. Raises SignInExpiredError when the first has to be taken again."""
    with core.transaction() as session:
        user = _proved(session, read_half(core, half))
        how = second_factor.accept(core, session, user, code)
        return start_session(session, user, how) if how else None


def read_half(core: Core, half: str) -> Proof:
    """Whose password was right, and which."""
    try:
        return Proof(*_signer(core).loads(half, max_age=CODE_SECONDS))
    except BadSignature:
        raise SignInExpiredError from None


def signed_in(core: Core, token: str, *, acts: bool = True) -> SignedIn | None:
    """Who holds this token; None when idle or signed in too long, or when disabled.

    A page that asks by itself is open, but its user does not act.
    """
    with core.transaction() as session:
        found = session.get(StaffSession, _hash(token))
        if found is None:
            return None
        user, at = session.get_one(StaffUser, found.user_id), now()
        idle, oldest = _limits(core, at)
        if user.disabled or found.seen_at < idle or found.created_at < oldest:
            session.delete(found)
            return None
        if acts or at - found.here_at > HERE_EVERY:
            found.here_at = at
        if acts:
            found.seen_at = at
        planned = shifts.ends_for(session, user.id, at)
        return SignedIn(
            user.username,
            found.csrf_token,
            max(filter(None, (user.on_duty_until, planned)), default=None),
            user.role,
            second_factor=user.totp_since is not None,
            must_enrol=core.settings.second_factor_required and user.totp_since is None,
            session_id=found.token_hash,
            away_until=user.away_until,
        )


def sign_out(core: Core, token: str) -> None:
    with core.transaction() as session:
        found = session.get(StaffSession, _hash(token))
        if found:
            user = session.get_one(StaffUser, found.user_id)
            session.delete(found)
            audit.append(session, user.username, "staff.signed_out")


def record_refusal(core: Core, username: str, needed: str) -> None:
    """Somebody asked for what their role may not do."""
    with core.transaction() as session:
        audit.append(session, username, "staff.refused", detail=needed)


def open_at(core: Core, at: datetime) -> ColumnElement[bool]:
    """The sessions that are good at that time."""
    idle, oldest = _limits(core, at)
    return (StaffSession.seen_at > idle) & (StaffSession.created_at > oldest)


def _limits(core: Core, at: datetime) -> tuple[datetime, datetime]:
    keep = core.settings
    idle = timedelta(minutes=keep.desk_idle_minutes)
    return at - idle, at - timedelta(hours=keep.desk_session_hours)


def start_session(
    session: Session, user: StaffUser, how: str, action: str = "staff.signed_in"
) -> str:
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_hash(token), user_id=user.id, csrf_token=csrf_token))
    audit.append(session, user.username, action, detail=how)
    return token


def _proved(session: Session, proof: Proof) -> StaffUser:
    """Still here, and with the password that was right a moment ago."""
    user = find(session, proof.username)
    if user is None or user.disabled or _fingerprint(user) != proof.fingerprint:
        raise SignInExpiredError
    return user


def _signer(core: Core) -> URLSafeTimedSerializer:
    key = core.settings.session_key.get_secret_value()
    return URLSafeTimedSerializer(key, salt="desk-second-factor")


def _fingerprint(user: StaffUser) -> str:
    return _hash(user.password_hash)[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_form_token() -> str:
    return secrets.token_urlsafe(32)
