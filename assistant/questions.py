"""Two questions in one message: where it would be cut in two."""

import re
from typing import Final

# The surest cut first: the end of a sentence, a joining word, a comma.
CUTS: Final = (
    re.compile(r"(?<=[?.!;])\s+|\s*\n\s*"),
    re.compile(r",?\s+(?:and|also|plus|n|&|oh|but)\s+(?:(?:also|then|and)\s+)?", re.IGNORECASE),
    re.compile(r",\s+"),
)
FEWEST_WORDS: Final = 2
ASKS: Final = re.compile(
    r"\?|\b(?:what|whats|wat|how|hows|who|whos|where|wheres|why|which|when|is|are|do|does|did|can|"
    r"cant|could|will|would|should|tell me|explain|wonder\w*|curious|(?:need|want) to know)\b",
    re.IGNORECASE,
)


def asks(part: str) -> bool:
    """Is it a question, as far as its words show? A story before the question is none."""
    return bool(ASKS.search(part))


def halves(text: str) -> tuple[str, str] | None:
    """The message cut at its surest place, if both parts are of two words or more."""
    text = text.strip()
    for cut in CUTS:
        for match in cut.finditer(text):
            left, right = text[: match.start()], text[match.end() :]
            if all(len(part.split()) >= FEWEST_WORDS for part in (left, right)):
                return left, right
    return None
