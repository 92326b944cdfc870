"""What a development machine needs and production must be given: secrets and a desk password."""

import os
import secrets
from pathlib import Path

from care import staff
from care.cipher import new_key
from care.db import Core
from care.settings import LOCAL_SECRETS, PREFIX, Settings

DEMO_NAME = "demo"


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


def first_desk_password(settings: Settings) -> str | None:
    """On the first start of a development machine: a desk user, and the password to show once."""
    core = Core.open(settings)
    try:
        if settings.mode == "production" or staff.exists(core):
            return None
        password = secrets.token_urlsafe(9)
        staff.set_password(core, DEMO_NAME, password)
        return password
    finally:
        core.engine.dispose()
