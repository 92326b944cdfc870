"""Cuts a text into pieces that Messenger takes: between paragraphs, sentences or words."""

import re

BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?])\s+"),
    re.compile(r"\s+"),
)
FULL_ENOUGH = 0.4  # a break earlier than that would make too many pieces


def length(text: str) -> int:
    """As Meta counts at the most: an emoji is two."""
    return len(text.encode("utf-16-le", "replace")) // 2


def split(text: str, limit: int, last: int) -> list[str]:
    """Pieces of at most `limit`, the last one of at most `last`."""
    pieces, rest = [], text.strip()
    while length(rest) > last:
        piece, rest = _cut(rest, limit if length(rest) > limit else last)
        pieces.append(piece)
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> tuple[str, str]:
    room = _most(text, limit)
    for pattern in BREAKS:
        ends = [found.span() for found in pattern.finditer(text[: room + 1])]
        fitting = [(start, end) for start, end in ends if room * FULL_ENOUGH <= start <= room]
        if fitting:
            start, end = fitting[-1]
            if text[end:].strip():
                return text[:start].strip(), text[end:].strip()
    return text[:room], text[room:].strip()


def _most(text: str, limit: int) -> int:
    """How many characters of the text have this length."""
    room = min(len(text), limit)
    while length(text[:room]) > limit:
        room -= max(1, (length(text[:room]) - limit) // 2)
    return room
