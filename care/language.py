"""English or Spanish? Told by the common words of a message (`data/conversation/spanish.yml`)."""

import re
import unicodedata
from functools import cache
from typing import Any

from care import wording

WORD = re.compile(r"[a-z]+|[\u00bf\u00a1]")  # the signs that open a question or a call in Spanish
ACCENTS = "Mn"
SURELY = 2  # in the middle of a conversation one word, such as "gracias", proves nothing


def of(text: str, surely: bool = False) -> str | None:
    """ "es" or "en", whichever has more of its common words; None if that cannot be told."""
    words = WORD.findall(_plain(text))
    lead = sum(w in _words("spanish") for w in words) - sum(w in _words("english") for w in words)
    if abs(lead) < (SURELY if surely else 1):
        return None
    return "es" if lead > 0 else "en"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if unicodedata.category(c) != ACCENTS)


@cache
def _words(language: str) -> frozenset[str]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "conversation" / "spanish.yml")
    return frozenset(data["words"][language].split())
