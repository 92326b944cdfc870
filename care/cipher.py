"""Authenticated encryption of what people write (AES-256-GCM, NIST SP 800-38D).

Depends on nothing but `cryptography`, so that the assistant can use it too.
"""

import base64
import binascii
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class CipherError(Exception):
    """A key list or a token that cannot be used. Never carries the text."""


def new_key(key_id: str) -> str:
    """A fresh key in the form that `Cipher.from_keys` reads, `id:base64`."""
    return f"{key_id}:{base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()}"


@dataclass(frozen=True)
class Cipher:
    """The first key encrypts, every key decrypts."""

    keys: dict[str, AESGCM]
    current: str

    @classmethod
    def from_keys(cls, listed: str) -> "Cipher":
        """Reads `id:base64,id:base64`; keys are 32 bytes, ids 1 to 32 ASCII letters or digits."""
        keys: dict[str, AESGCM] = {}
        for item in filter(None, (part.strip() for part in listed.split(","))):
            key_id, _, encoded = item.partition(":")
            if not (key_id.isascii() and key_id.isalnum() and len(key_id) <= 32):
                raise CipherError("a key's id must be 1 to 32 letters or digits")
            if key_id in keys:
                raise CipherError(f"key {key_id} is listed twice")
            keys[key_id] = AESGCM(_key_bytes(key_id, encoded))
        if not keys:
            raise CipherError("no key given")
        return cls(keys=keys, current=next(iter(keys)))

    def encrypt(self, data: bytes, context: bytes) -> bytes:
        """A token bound to `context` (what the data belongs to): it opens nowhere else."""
        key_id = self.current.encode()
        header = VERSION + bytes([len(key_id)]) + key_id
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.keys[self.current].encrypt(nonce, data, header + context)
        return header + nonce + sealed

    def decrypt(self, token: bytes, context: bytes) -> bytes:
        """Raises CipherError for an unknown key, another context or a changed token."""
        key_id = key_id_of(token)
        if key_id not in self.keys:
            raise CipherError(f"no key with id {key_id}")
        start = 2 + len(key_id)
        header, nonce = token[:start], token[start : start + NONCE_BYTES]
        try:
            return self.keys[key_id].decrypt(nonce, token[start + NONCE_BYTES :], header + context)
        except (InvalidTag, ValueError) as error:
            raise CipherError("the token does not open with its key and context") from error


def key_id_of(token: bytes) -> str:
    """Which key sealed the token; for rotation."""
    if len(token) < 2 or token[:1] != VERSION:
        raise CipherError("not a token")
    return token[2 : 2 + token[1]].decode("ascii", "replace")


def _key_bytes(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CipherError(f"key {key_id} is not base64") from error
    if len(key) != KEY_BYTES:
        raise CipherError(f"key {key_id} has {len(key)} bytes, not {KEY_BYTES}")
    return key
