"""STOP, START and HELP: a whole message that says one of them, whatever its case and signs."""

import re
from functools import cache
from typing import Any, Literal

from care import wording

NOT_WORDS = re.compile(r"[^\w\s]|_")

Keyword = Literal["stop", "start", "help"]


def heard(text: str, opted_out: bool) -> Keyword | None:
    """What a message asks for and nothing else. YES counts for those who had opted out."""
    said = plain(text)
    words = _words()
    if said in words["stop"] or any(re.fullmatch(p, said) for p in words["stop_said"]):
        return "stop"
    if said in words["start"] or (opted_out and said in words["start_again"]):
        return "start"
    return "help" if said in words["help"] else None


def may_start(text: str) -> bool:
    """Does it depend on whether this person has opted out?"""
    return plain(text) in _words()["start_again"]


def plain(text: str) -> str:
    unsigned = text.replace("\u2019", "").replace("'", "").replace("-", " ")
    return " ".join(NOT_WORDS.sub(" ", unsigned).casefold().split())


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "channels" / "words.yml")
    return words


def picture() -> str:
    """How a message without words is kept."""
    return str(_words()["picture"])
