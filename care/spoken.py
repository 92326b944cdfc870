"""Numbers and e-mail addresses dictated in words: "two one two five five five ...".

Only runs of such words count; a single number in a sentence is left alone. The words are data.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import wording

FEWEST_DIGITS = 7
GAP = r"[\s.,()/&-]{1,4}"
TOKEN = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True)
class Spoken:
    """A dictated number: where, its digits with a leading plus if one was said, its extension."""

    start: int
    end: int
    digits: str
    extension: str = ""


def numbers(text: str) -> Iterator[Spoken]:
    """Every run of at least seven digits of which some were words."""
    for match in _run().finditer(text):
        if not any(letter.isalpha() for letter in match["number"]):
            continue
        digits = _digits(match["number"])
        if len(digits) >= FEWEST_DIGITS:
            plus = "+" if match["plus"] else ""
            yield Spoken(match.start(), match.end(), plus + digits, _digits(match["ext"] or ""))


def emails(text: str) -> Iterator[tuple[int, int, str]]:
    """Every "sam at example dot com": where, and as it is written."""
    known = _words()["email"]
    dot = rf"\s+{known['dot']}\s+"
    word = r"[a-z0-9_+-]{1,64}+"
    name, domain = rf"{word}(?:{dot}{word}){{0,4}}+", rf"{word}(?:{dot}{word}){{1,4}}+"
    # "Reach me at sam dot smith at example dot com" holds one address, the second.
    pattern = rf"(?<!\S)({name})\s+{known['at']}\s+({domain})(?!\s+{known['at']}\s+{word}{dot})"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        address = "@".join(re.sub(dot, ".", part, flags=re.IGNORECASE) for part in match.groups())
        yield match.start(), match.end(), address


def digits(text: str) -> str:
    """The digits of a text that is nothing but digits, written or said; else nothing."""
    known = _words()
    kinds = ("digits", "numbers", "tens", "repeats", "between")
    tokens = TOKEN.findall(text.lower())
    plain = all(word.isdigit() or any(word in known[kind] for kind in kinds) for word in tokens)
    return _digits(text) if tokens and plain else ""


def _digits(words: str) -> str:
    known, said, repeat, tens = _words(), "", 1, ""
    for word in TOKEN.findall(words.lower()):
        digit = known["digits"].get(word) or known["sounds_like"].get(word, "")
        if tens and word not in ("and", "y"):
            # "Fifty five" is 55, and so is "cincuenta y cinco"; "fifty" alone is 50.
            said, digit = (
                (said + tens, digit) if digit not in ("", "0") else (said + tens + "0", digit)
            )
            tens = ""
        if word in known["tens"]:
            tens = known["tens"][word]
        elif word in known["repeats"]:
            repeat = known["repeats"][word]
            continue
        elif word in known["hundred"]:
            said += "00"
        else:
            said += (
                digit or known["numbers"].get(word) or (word if word.isdigit() else "")
            ) * repeat
        repeat = 1
    return said + (tens + "0" if tens else "")


@cache
def _run() -> "re.Pattern[str]":
    known = _words()
    kinds = ("digits", "numbers", "tens", "hundred", "repeats")
    number = rf"(?:\d++|(?:{_any(w for kind in kinds for w in known[kind])})(?!\w))"
    between = rf"(?:(?:{_any([*known['between'], *known['sounds_like']])})(?!\w){GAP})*+"
    more = rf"(?:{GAP}{between}{number})"
    extension = rf"(?:{GAP}(?:{_any(known['extension'])}){GAP}(?P<ext>{number}{more}{{0,4}}))?"
    plus = rf"(?:(?P<plus>\+|(?:{_any(known['plus'])})\s)\s*)?"
    return re.compile(rf"(?<!\w){plus}(?P<number>{number}{more}{{2,}}){extension}", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "spoken.yml")
    return words
