"""Two questions in one message: where it may be cut in two."""

import re
from collections.abc import Iterator
from typing import Final

# The surest cut first: the end of a sentence, a joining word, a comma.
CUTS: Final = (
    re.compile(r"(?<=[?.!;])\s+|\s*\n\s*"),
    re.compile(r",?\s+(?:and|also|plus|n|&|oh|but)\s+(?:(?:also|then|and)\s+)?", re.IGNORECASE),
    re.compile(r",\s+"),
)
FEWEST_WORDS: Final = 2
MOST_CUTS: Final = 4


def halves(text: str) -> list[tuple[str, str]]:
    """Up to four ways to read a message as two, each part of two words or more."""
    found: dict[int, tuple[str, str]] = {}
    for start, left, right in _cuts(text.strip()):
        if all(len(part.split()) >= FEWEST_WORDS for part in (left, right)):
            found.setdefault(start, (left, right))
    return list(found.values())[:MOST_CUTS]


def _cuts(text: str) -> Iterator[tuple[int, str, str]]:
    for cut in CUTS:
        for match in cut.finditer(text):
            yield match.start(), text[: match.start()], text[match.end() :]
