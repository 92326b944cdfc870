"""Text messages: their alphabet, what they cost, and how a long one is cut.

GSM-7 (3GPP TS 23.038) holds 160 characters, 153 each in several; anything else takes UCS-2, with
70 and 67. Characters of the extension table count twice and are never parted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
# What looks alike and would double the price of a text.
ALIKE = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2033": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2026": "...",
        "\u2022": "*",
        "\u00b7": "*",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u200c": "",
        "\ufeff": "",
        "\t": " ",
    }
)
PLAIN, WIDE = "GSM-7", "UCS-2"
SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+|\n+")


@dataclass(frozen=True)
class Size:
    """How long a text is in its own alphabet, and how many segments are paid for."""

    alphabet: str
    length: int
    segments: int


def fold(text: str) -> str:
    """Curly quotes, dashes and the like as the alphabet of text messages has them."""
    return text.translate(ALIKE)


def size(text: str) -> Size:
    plain = set(text) <= BASIC | EXTENDED
    widths = [_width(character, plain) for character in text]
    whole, part = (160, 153) if plain else (70, 67)
    length = sum(widths)
    segments = 1 if length <= whole else _packed(widths, part)
    return Size(PLAIN if plain else WIDE, length, segments)


def length(text: str) -> int:
    return size(text).length


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit`: cut between sentences, else between words, else anywhere."""
    pieces: list[str] = []
    for part, gap in _parts(text, limit):
        if pieces and length(pieces[-1] + gap + part) <= limit:
            pieces[-1] += gap + part
        else:
            pieces.append(part)
    return pieces or [""]


def _parts(text: str, limit: int) -> Iterator[tuple[str, str]]:
    """Sentences, or words of one that is too long; each with what stood before it."""
    start, gap = 0, ""
    for end in [*SENTENCE.finditer(text), None]:
        sentence = text[start : end.start() if end else len(text)]
        if end:
            closing = end[0].rstrip()
            sentence += closing
        if sentence:
            yield from _words(sentence, gap, limit)
        if end:
            start, gap = end.end(), "\n" if "\n" in end[0] else " "


def _words(sentence: str, gap: str, limit: int) -> Iterator[tuple[str, str]]:
    if length(sentence) <= limit:
        yield sentence, gap
        return
    for word in sentence.split():
        rest = word
        while length(rest) > limit:
            cut = _fitting(rest, limit)
            yield rest[:cut], gap
            rest, gap = rest[cut:], ""
        yield rest, gap
        gap = " "


def _fitting(word: str, limit: int) -> int:
    """How many characters of a word fit; at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(word[:middle]) <= limit else (low, middle - 1)
    return low


def _width(character: str, plain: bool) -> int:
    if plain:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _packed(widths: list[int], room: int) -> int:
    segments, left = 1, room
    for width in widths:
        if width > left:
            segments, left = segments + 1, room
        left -= width
    return segments
