"""A message that corrects what was understood before: "no i meant the outpatient one"."""

import re
from dataclasses import dataclass
from typing import Final

_LEAD: Final = r"^\W*(?:(?:no|nah|nope|sorry|oops|wait|actually|well|but|ok(?:ay)?)\b\W*)*"
_WRONG: Final = (
    r"(?:that|this|it|him|her|me|us|them|those|these|what i (?:meant?|asked|said|wanted?)"
    r"|my question)(?: one)?"
)
MEANT: Final = re.compile(
    _LEAD
    + r"(?:(?:what )?i (?:meant?|was asking|was talking|wanted to (?:ask|know))\b"
    + rf"|not (?:(?:for|about) )?{_WRONG}(?:\s*[,.;:\u2013-]+|\s+(?=(?:but|the|my|a|how|what)\b)))"
    + r"(?:\s*(?:i meant?|but|was|is|to (?:say|ask)|about|for)\b)*[\s,.:;-]*",
    re.IGNORECASE,
)
PLAIN_NO: Final = re.compile(r"^\W*(?:no|nah|nope)\b[\s,.!:;-]+", re.IGNORECASE)
WORD: Final = re.compile(r"\w")


@dataclass(frozen=True)
class Correction:
    """What was meant. `marked` says that the words before it can be nothing but a correction."""

    meant: str
    marked: bool


def correction_in(text: str) -> Correction | None:
    for pattern, marked in ((MEANT, True), (PLAIN_NO, False)):
        lead_in = pattern.match(text)
        if lead_in and WORD.search(text[lead_in.end() :]):
            return Correction(text[lead_in.end() :], marked)
    return None
