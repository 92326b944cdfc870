import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cipher import Cipher, CipherError, key_id_of, new_key


@given(st.binary(max_size=2000), st.binary(max_size=64))
def test_what_was_sealed_opens_in_its_context(data: bytes, context: bytes) -> None:
    cipher = Cipher.from_keys(new_key("a"))
    assert cipher.decrypt(cipher.encrypt(data, context), context) == data


def test_a_token_opens_nowhere_else() -> None:
    cipher = Cipher.from_keys(new_key("a"))
    with pytest.raises(CipherError, match="does not open"):
        cipher.decrypt(cipher.encrypt(b"words", b"message:1"), b"message:2")


@given(st.binary(max_size=80))
def test_garbage_is_refused_with_a_clear_error(token: bytes) -> None:
    with pytest.raises(CipherError):
        Cipher.from_keys(new_key("a")).decrypt(token, b"")


@given(st.integers(min_value=0, max_value=60))
def test_a_changed_byte_is_noticed(place: int) -> None:
    cipher = Cipher.from_keys(new_key("a"))
    token = bytearray(cipher.encrypt(b"forty bytes of words, more or less, here", b"c"))
    token[place] ^= 1
    with pytest.raises(CipherError):
        cipher.decrypt(bytes(token), b"c")


def test_the_first_key_seals_and_older_keys_still_open() -> None:
    old, new = new_key("old"), new_key("new")
    token = Cipher.from_keys(old).encrypt(b"words", b"c")
    both = Cipher.from_keys(f"{new},{old}")
    assert both.decrypt(token, b"c") == b"words"
    assert key_id_of(both.encrypt(b"words", b"c")) == "new"


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ("", "no key"),
        ("a:c2hvcnQ=", "bytes"),
        ("a:***", "not base64"),
        ("käse:AAAA", "letters"),
        (":AAAA", "letters"),
        pytest.param(f"{new_key('a')},{new_key('a')}", "twice", id="one name for two keys"),
    ],
)
def test_a_bad_key_list_says_what_is_wrong(listed: str, why: str) -> None:
    with pytest.raises(CipherError, match=why):
        Cipher.from_keys(listed)
