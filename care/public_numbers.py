"""Numbers that anybody may know: the help lines that texts print, and the operator's hotline."""

import re
from functools import cache

from care import wording

NUMBER = re.compile(r"[\d\s().+/-]+")  # an address may have digits too


def is_public(number: str, hotline: str) -> bool:
    """Is this one of them, however it is written?"""
    return bool(NUMBER.fullmatch(number)) and _key(number) in _listed() | {_key(hotline)}


@cache
def _listed() -> frozenset[str]:
    rows = wording.load_yaml(wording.DATA / "resources.yml")
    numbers = (str(row["number"]) for row in rows)
    return frozenset(_key(number) for number in numbers if NUMBER.fullmatch(number))


def _key(number: str) -> str:
    """Its digits without the country code."""
    digits = re.sub(r"\D", "", number)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
