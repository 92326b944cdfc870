"""Passwords of staff after NIST SP 800-63B: long, not a common one, no rules of composition."""

import re
import threading
import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from care.errors import StaffError

SHORTEST, LONGEST = 12, 256
AT_ONCE = 4  # each hash takes 64 MB while it is made

# Passwords that are these words, however often, and digits and signs, are tried first by everyone.
COMMON_WORDS = (Path(__file__).parent / "common_words.txt").read_text("utf-8").split()
RUNS = ("0123456789" * 30, "abcdefghijklmnopqrstuvwxyz" * 10, "qwertyuiopasdfghjklzxcvbnm" * 10)
LOOK_ALIKES = str.maketrans("0134578@$!", "oieastbasi")

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def check(password: str, username: str) -> None:
    """Raises StaffError that says what is wrong."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise StaffError(
            f"A password has at least {SHORTEST} characters. A short sentence is fine."
        )
    if len(plain) > LONGEST:
        raise StaffError(f"A password has at most {LONGEST} characters.")
    if _is_common(plain.casefold(), username.casefold()):
        raise StaffError("Many people use passwords like this one. Please choose another.")


def hash_of(password: str) -> str:
    with _turns:
        return _hasher.hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """What is too long to be a password costs no time."""
    if len(password) > LONGEST:
        return False
    try:
        with _turns:
            return _hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same password from every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _is_common(folded: str, username: str) -> bool:
    if len(set(folded)) < 5 or any(folded in run or folded in run[::-1] for run in RUNS):
        return True
    middle = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    words = {*COMMON_WORDS, *re.findall(r"[a-z]+", username)}
    return any(
        _made_of(words, re.sub(r"[\W\d_]+", "", text))
        for text in (middle, middle.translate(LOOK_ALIKES))
    )


def _made_of(words: set[str], text: str) -> bool:
    """One word after the other and nothing else; in time that grows with the length only."""
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached |= {at + len(word) for word in words if text.startswith(word, at)}
    return bool(text) and len(text) in reached
