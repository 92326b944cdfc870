import time

import pytest

from care import passwords
from care.errors import StaffError


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven chars"[:11],
        "x" * 300,
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "098765432109",
        "abcdefghijklm",
        "qwertyuiopasdf",
        "Password1234!",
        "P@ssw0rd2026!!",
        "passwordpassword",
        "iloveyou123456",
        "Welcome-2026-!!",
        "Summer2024Summer2024",
        "correcthorsebatterystaple",
        "admin.admin.admin",
        "rivka.rivka.2026",
        "Rivka-password-1",
    ],
)
def test_what_everybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(StaffError):
        passwords.check(password, "rivka")


@pytest.mark.parametrize(
    "password",
    [
        "a long enough password",
        "correct horse battery",
        "four grey herons at noon",
        "всегда тёплый чай",
        "7f3k9q2m5x8w",
        "emoji are fine 🌿",
        "no-capitals-needed",
        "sixteen herons, " * 8,
    ],
)
def test_no_rule_of_composition_stands_in_the_way(password: str) -> None:
    passwords.check(password, "rivka")


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    composed, apart = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    assert passwords.matches(passwords.hash_of(composed), apart)
    assert not passwords.matches(passwords.hash_of(composed), "cafe au lait noir")


def test_a_long_one_made_to_be_slow_is_not() -> None:
    start = time.process_time()
    passwords._is_common("passwordpass" * 21 + "!x!", "pa")
    assert time.process_time() - start < 1


def test_what_is_no_hash_matches_nothing() -> None:
    assert not passwords.matches("", "anything at all")
    assert not passwords.matches("x", "anything at all")
