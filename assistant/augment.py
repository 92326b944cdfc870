"""Copies of a message as a tired thumb might have typed it, for training and for tests."""

import random
import re
from collections.abc import Callable

NEIGHBOURS = {
    **dict(zip("qwertyuiop", ["wa", "qes", "wrd", "etf", "ryg", "tuh", "yij", "uok", "ipl", "o"])),
    **dict(zip("asdfghjkl", ["sqz", "adw", "sfe", "dgr", "fht", "gjy", "hku", "jli", "kop"])),
    **dict(zip("zxcvbnm", ["xas", "zcd", "xvf", "cbg", "vnh", "bmj", "nk"])),
}
SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "because": "bc", "about": "abt",
    "people": "ppl", "going to": "gonna", "want to": "wanna", "right now": "rn", "thanks": "thx",
    "before": "b4", "with": "w", "i don't know": "idk", "to": "2", "for": "4",
}  # fmt: skip
LETTERS_BETWEEN_TYPOS = 25


def typed_badly(text: str, chance: random.Random) -> str:
    """One to several slips, by length: a wrong, missing, doubled or swapped letter."""
    letters = list(text)
    for _ in range(1 + len(text) // LETTERS_BETWEEN_TYPOS):
        places = [i for i, letter in enumerate(letters) if letter.isalpha()]
        if len(places) < 4:
            break
        _slip(letters, chance.choice(places[1:]), chance)
    return "".join(letters)


def _slip(letters: list[str], place: int, chance: random.Random) -> None:
    letter = letters[place]
    kind = chance.randrange(4)
    if kind == 0:
        letters[place] = chance.choice(NEIGHBOURS.get(letter.lower(), letter))
    elif kind == 1:
        del letters[place]
    elif kind == 2:
        letters.insert(place, letter)
    else:
        letters[place - 1], letters[place] = letter, letters[place - 1]


def shortened(text: str, _chance: random.Random) -> str:
    for long, short in SHORT.items():
        text = re.sub(rf"\b{long}\b", short, text, flags=re.IGNORECASE)
    return text


def unpunctuated(text: str, _chance: random.Random) -> str:
    """As voice-to-text or haste gives it: no marks, no capitals."""
    return re.sub(r"[^\w\s]", "", text).lower()


def shouted(text: str, _chance: random.Random) -> str:
    return text.upper()


WAYS: tuple[Callable[[str, random.Random], str], ...] = (
    typed_badly,
    shortened,
    unpunctuated,
    shouted,
)


def copy(text: str, chance: random.Random) -> str:
    """The text in one or two of these ways at once."""
    for way in chance.sample(WAYS, chance.randint(1, 2)):
        text = way(text, chance)
    return text
