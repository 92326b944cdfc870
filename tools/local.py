"""What a development machine makes for itself and production must be given: secrets."""

import os
import secrets
from pathlib import Path

from care.cipher import new_key
from care.settings import LOCAL_SECRETS, PREFIX


def ensure_secrets(path: Path = LOCAL_SECRETS) -> None:
    """Makes random keys once, in a file that only its owner can read and git ignores."""
    if path.exists() or os.environ.get(f"{PREFIX}MODE") == "production":
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{PREFIX}DATA_KEYS={new_key('local1')}",
        f"{PREFIX}SESSION_KEY={secrets.token_urlsafe(32)}",
        f"{PREFIX}ASSISTANT_TOKEN={secrets.token_urlsafe(32)}",
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
