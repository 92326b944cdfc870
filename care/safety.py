"""The deterministic screen for danger: no I/O after start, no model, no database.

Patterns are data (`data/crisis/phrases.yml`); every one carries an example that it must catch.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from care import language, phrases
from care.phrases import Message

LEET = str.maketrans("013457@$", "oieastas")
MIXED_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[0-9@$])[\w@$]+")
# Nothing here can match in two ways: a run of underscores would take for ever.
SPELLED_OUT = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]+){3,}[^\W_](?![^\W_])")
NOT_TEXT = re.compile(r"[^\w\s@$]|_")
APOSTROPHE = re.compile(r"['\u2018\u2019\u02bc`\u00b4]")
THRICE = re.compile(r"([^\W\d_])\1\1")
STRETCHED = re.compile(r"\w*([^\W\d_])\1\1\w*")
# Accents, zero-width characters, variants of emoji.
INVISIBLE = {"Mn", "Me", "Cf"}


@dataclass(frozen=True)
class Finding:
    """What was seen: the kind of danger, for whom, in which language if that is plain.

    `vague`: danger, but not which. `also`: what it may be as well. `case`: one of a kind that has
    words of its own.
    """

    kind: str
    about: str
    vague: bool = False
    language: str | None = field(default=None, compare=False)
    case: str = field(default="", compare=False)
    also: tuple[str, ...] = field(default=(), compare=False)


def screen(text: str) -> Finding | None:
    """The danger that a message speaks of, or None."""
    for variant in variants(text):
        message = Message(phrases.cleared(variant))
        if row := phrases.first(message):
            vague = row.vague and not phrases.speaks_of(message, "other")
            about = _about(row.about, message)
            return Finding(row.kind, about, vague, language.of(text), row.case, row.also)
    return None


def is_told_of_another(text: str) -> bool:
    """Does a message speak of somebody close, and not of whoever writes?"""
    messages = [Message(variant) for variant in variants(text)]
    mine = any(phrases.speaks_of(message, "of_oneself") for message in messages)
    return not mine and any(phrases.speaks_of(message, "someone_close") for message in messages)


def _about(about: str, message: Message) -> str:
    """`either` is about another person if the message has one, and no "I took", "I quit"."""
    if about != "either":
        return about
    other = phrases.speaks_of(message, "other") and not phrases.speaks_of(message, "i_did")
    return "other" if other else "self"


def normalise(text: str) -> str:
    """Lower case, no accents, no apostrophes, no emoji, usual spelling, letters for digits."""
    return phrases.usual(_characters(text))


def _characters(text: str) -> str:
    # In capitals first: a dotless i has no lower case of its own.
    plain = unicodedata.normalize("NFKD", text.upper().casefold())
    if not plain.isascii():
        plain = "".join(c for c in plain if unicodedata.category(c) not in INVISIBLE)
    plain = MIXED_WORD.sub(_in_letters, APOSTROPHE.sub("", plain))
    return NOT_TEXT.sub(" ", plain).replace("@", " ").replace("$", " ")


def _in_letters(word: re.Match[str]) -> str:
    """ "k1ll" as "kill"; "b4" is a word by itself."""
    return word[0] if phrases.has_spelling(word[0]) else word[0].translate(LEET)


def variants(text: str) -> Iterator[str]:
    """As written, and with spelled-out letters joined; stretched letters as words have them."""
    joined = SPELLED_OUT.sub(_joined, text)
    for source in (text,) if joined == text else (text, joined):
        plain = _characters(source)
        if not THRICE.search(plain):
            yield phrases.usual(plain)
            continue
        for known in (phrases.doubled(), frozenset[str]()):
            yield phrases.usual(STRETCHED.sub(partial(_unstretched, known), plain))


def _unstretched(known: frozenset[str], word: re.Match[str]) -> str:
    """ "killlll": twice where a known word begins so, else once."""
    short = ""
    for run in re.finditer(r"(.)\1*", word[0]):
        twice = short + 2 * run[1]
        once = twice if twice in known else short + run[1]
        short = short + run[0] if len(run[0]) < 3 or run[1].isdigit() else once
    return short


def _joined(run: re.Match[str]) -> str:
    """ "k i l l  m y s e l f": a wider gap parts the words."""
    words = re.split(r"\s{2,}", run[0])
    return " ".join(re.sub(r"[\W_]", "", word) for word in words)
