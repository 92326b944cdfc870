"""The core, opened once for all actions of this process."""

from functools import cache

from care.db import Core
from care.settings import Settings


@cache
def core() -> Core:
    return Core.open(Settings.load())
