"""The second factor: codes by time (TOTP, RFC 6238), and recovery codes that work once each."""

import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from care import audit
from care.db import Core, now
from care.errors import StaffError
from care.models import RecoveryCode, StaffSession, StaffUser

ISSUER = "Recovery Guide"
DRIFT = (-1, 0, 1)  # steps of 30 seconds that a clock may be off
RECOVERY_CODES, GROUPS = 10, 6
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def begin(core: Core, username: str) -> pyotp.TOTP:
    """What an authenticator app is to be given; the same until `confirm`, or StaffError."""
    with core.transaction() as session:
        user = _locked(session, username)
        if user.totp_since:
            raise StaffError("Your second factor is on already.")
        if user.totp_secret is None:
            secret = pyotp.random_base32().encode()
            user.totp_secret = core.cipher.encrypt(secret, context(user).encode())
        return _totp(core, user)


def confirm(core: Core, username: str, code: str, keep: str) -> list[str]:
    """Turns it on with a first code; new recovery codes. Ends all sessions but `keep`'s."""
    with core.transaction() as session:
        user = _locked(session, username)
        if user.totp_secret is None or user.totp_since:
            raise StaffError("Please start again.")
        if not _accept_step(core, user, code):
            raise StaffError("That code does not match. Is the clock of your device right?")
        user.totp_since = now()
        others = StaffSession.user_id == user.id, StaffSession.token_hash != keep
        session.execute(delete(StaffSession).where(*others))
        codes = _renew_codes(session, user)
        audit.append(session, username, "staff.second_factor_on", username)
        return codes


def renew_codes(core: Core, username: str, code: str) -> list[str]:
    with core.transaction() as session:
        user = _locked(session, username)
        if not accept(core, session, user, code):
            raise StaffError("That code does not match.")
        codes = _renew_codes(session, user)
        audit.append(session, username, "staff.recovery_codes", username)
        return codes


def turn_off(core: Core, username: str, code: str) -> None:
    """With a code only: whoever finds an open browser cannot."""
    with core.transaction() as session:
        user = _locked(session, username)
        if not accept(core, session, user, code):
            raise StaffError("That code does not match.")
        forget(session, user)
        audit.append(session, username, "staff.second_factor_off", username)


def accept(core: Core, session: Session, user: StaffUser, code: str) -> str:
    """Which kind of code of theirs this is, and it is used up; or "". The user's row is locked."""
    if user.totp_since is None:
        return ""
    if _accept_step(core, user, code):
        return "code"
    return "recovery_code" if _accept_recovery(session, user, code) else ""


def forget(session: Session, user: StaffUser) -> None:
    user.totp_secret = user.totp_since = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def codes_left(core: Core, username: str) -> int:
    with core.snapshot() as session:
        mine = select(func.count()).select_from(RecoveryCode).join(StaffUser)
        return session.scalar(mine.where(StaffUser.username == username)) or 0


def context(user: StaffUser) -> str:
    """What the sealed secret belongs to."""
    return f"staff:{user.id}"


def _accept_step(core: Core, user: StaffUser, code: str) -> bool:
    """A step of time counts once, and none before it: a code that was overheard is worthless."""
    given, totp, step = "".join(code.split()), _totp(core, user), int(now().timestamp()) // 30
    for at in (step + drift for drift in DRIFT):
        fresh = user.totp_step is None or at > user.totp_step
        if fresh and hmac.compare_digest(totp.generate_otp(at).encode(), given.encode()):
            user.totp_step = at
            return True
    return False


def _accept_recovery(session: Session, user: StaffUser, code: str) -> bool:
    mine = RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(code)
    used = session.execute(delete(RecoveryCode).where(*mine).returning(RecoveryCode.user_id))
    return used.first() is not None


def _renew_codes(session: Session, user: StaffUser) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(code), user_id=user.id) for code in codes)
    return codes


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(4))


def _hash(code: str) -> str:
    """118 random bits need no slow hash."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _totp(core: Core, user: StaffUser) -> pyotp.TOTP:
    secret = core.cipher.decrypt(user.totp_secret or b"", context(user).encode()).decode()
    return pyotp.TOTP(secret, issuer=ISSUER, name=user.username)


def _locked(session: Session, username: str) -> StaffUser:
    mine = select(StaffUser).where(StaffUser.username == username).with_for_update()
    return session.scalars(mine).one()
