"""The phrase list (`data/crisis/phrases.yml`), compiled once into rows that are quick to ask.

A row is one pattern, or several that must stand near each other in any order. `{name}` in a
pattern is a part, a list of alternatives that many rows share. Most rows cannot match most
messages: each is asked only if the message has a word that the row cannot do without.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from care import wording
from care.needs import Needs, needs

NAMED = re.compile(r"\{([a-z_]+)\}")
NEAR = 200


@dataclass(frozen=True, eq=False)
class Pattern:
    """A regular expression and the beginnings of words that it needs."""

    regex: re.Pattern[str]
    needs: Needs


@dataclass(frozen=True, eq=False)
class Part:
    """A row's one pattern, or the alternatives of a list: each is asked by itself."""

    patterns: tuple[Pattern, ...]


@dataclass
class Message:
    """A message as the rows ask it: each part is looked for once at most."""

    text: str
    begins: set[str] = field(init=False)
    found: dict[Part, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = set(self.text.split())
        self.begins = {word[:end] for word in words for end in range(1, len(word) + 1)}

    def places(self, part: Part) -> list[int]:
        """Where the part begins in the text."""
        if part not in self.found:
            asked = [p for p in part.patterns if self.may_match(p)]
            self.found[part] = [m.start() for p in asked for m in p.regex.finditer(self.text)]
        return self.found[part]

    def may_match(self, pattern: Pattern) -> bool:
        """Asked hundreds of times a message: a plain loop is twice as fast as `any`."""
        for need in pattern.needs:  # noqa: SIM110
            if need.isdisjoint(self.begins):
                return False
        return True


@dataclass(frozen=True)
class Row:
    """Parts that together mean a danger: its kind, for whom, and what makes it harmless."""

    kind: str
    about: str
    parts: tuple[Part, ...]
    unless: tuple[Part, ...] = ()
    near: int = NEAR
    vague: bool = False  # says danger and not which
    nowhere: tuple[Part, ...] = ()  # makes it harmless wherever it stands
    case: str = ""  # one of the kind that has words of its own
    also: tuple[str, ...] = ()  # kinds that it may be as well, if one of them is at hand

    def needs(self) -> list[frozenset[str]]:
        """For each part, or each place in its one pattern, what it needs."""
        found: list[frozenset[str]] = []
        for part in self.parts:
            if len(part.patterns) == 1:
                found.extend(part.patterns[0].needs)
            elif all(pattern.needs for pattern in part.patterns):
                found.append(frozenset().union(*(rarest(p.needs) for p in part.patterns)))
        return found

    def matches(self, message: Message) -> bool:
        places = []
        for part in self.parts:
            places.append(message.places(part))
            if not places[-1]:
                return False
        if any(message.places(part) for part in self.nowhere):
            return False
        harmless = [place for part in self.unless for place in message.places(part)]
        return any(
            self._near(here, places[1:]) and not self._near(here, [harmless]) for here in places[0]
        )

    def _near(self, here: int, others: list[list[int]]) -> bool:
        return all(any(abs(there - here) <= self.near for there in other) for other in others)


class Rows:
    """Rows in their order, found by the words that they need."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        self._always: list[int] = []
        self._by_beginning: dict[str, list[int]] = {}
        for number, row in enumerate(self._rows):
            self._file(number, row.needs())

    def _file(self, number: int, found: list[frozenset[str]]) -> None:
        if not found:
            self._always.append(number)
            return
        for beginning in rarest(found):
            self._by_beginning.setdefault(beginning, []).append(number)

    def possible(self, message: Message) -> Iterator[Row]:
        """The rows that may match, in the file's order."""
        numbers = set(self._always)
        for beginning in message.begins & self._by_beginning.keys():
            numbers.update(self._by_beginning[beginning])
        return (self._rows[number] for number in sorted(numbers))


def rarest(found: Iterable[frozenset[str]]) -> frozenset[str]:
    """The need that the fewest messages meet: its shortest beginning is the longest."""
    return max(found, key=_rarity)


def _rarity(need: frozenset[str]) -> tuple[int, int]:
    return min(map(len, need)), -len(need)


def first(message: Message) -> Row | None:
    """The first row that the message matches."""
    return next((row for row in _dangers().possible(message) if row.matches(message)), None)


def cleared(text: str) -> str:
    """The text without figures of speech, past events and questions for information."""
    for row in _harmless().possible(Message(text)):
        text = row.parts[0].patterns[0].regex.sub(" ", text)
    return text


def speaks_of(message: Message, name: str) -> bool:
    """Whether the message has a part of that name."""
    return bool(message.places(_part(name)))


def usual(text: str) -> str:
    """The words in their usual spelling, "i am" as "im"."""
    spelled = _spellings()
    text = " ".join(spelled.get(word, word) for word in text.split())
    return _shortened().sub(lambda words: parts()["short"][words[0]], text)


def has_spelling(word: str) -> bool:
    """Is it a known misspelling, such as "b4"?"""
    return word in _spellings()


@cache
def _spellings() -> dict[str, str]:
    return {wrong: right for right, row in parts()["spellings"].items() for wrong in row.split()}


@cache
def _shortened() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(parts()['short'])})\b")


@cache
def doubled() -> frozenset[str]:
    """Beginnings of known words up to a doubled letter: "kill", "sleep" gives "slee".

    Not at the first letter: "ppl" would leave "pppills" as "ppills".
    """
    words = set(re.findall(r"[a-z]+", re.sub(r"\\[a-zA-Z]", " ", str(data()) + str(parts()))))
    return frozenset(w[: m.end()] for w in words for m in re.finditer(r"(?<=[a-z])([a-z])\1", w))


@cache
def data() -> dict[str, Any]:
    read: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "phrases.yml")
    return read


@cache
def parts() -> dict[str, Any]:
    read: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "parts.yml")
    return read


def written(pattern: str) -> str:
    """The pattern with its parts written out."""
    return NAMED.sub(
        lambda part: f"(?:{'|'.join(map(written, parts()['parts'][part[1]]))})", pattern
    )


def ways(pattern: str) -> list[str]:
    """The alternatives of a pattern: "a|(b|c)" is "a" and "(b|c)"."""
    found, depth = [""], 0
    for character in pattern:
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            found.append("")
        else:
            found[-1] += character
    return found


@cache
def _part(name: str) -> Part:
    # Each alternative by itself: what it needs is narrower than what a list of them needs.
    split = (way for listed in parts()["parts"][name] for way in ways(listed))
    return Part(tuple(_pattern(rf"\b(?:{way})\b") for way in split))


@cache
def _pattern(source: str) -> Pattern:
    full = written(source)
    return Pattern(re.compile(full), tuple(sorted(needs(full), key=_rarity, reverse=True)))


@cache
def _dangers() -> Rows:
    listed = [(kind, row) for kind, rows in data()["phrases"].items() for row in rows]
    listed.sort(key=lambda each: each[1].get("late", False))
    return Rows(compiled(kind, row) for kind, row in listed)


@cache
def _harmless() -> Rows:
    return Rows(Row("", "", (Part((_pattern(row["pattern"]),)),)) for row in data()["not"])


def compiled(kind: str, row: dict[str, Any]) -> Row:
    names = row.get("all", [])
    asked = [_part(name) for name in names] or [Part(tuple(map(_pattern, ways(row["pattern"]))))]
    # Parts apart from each other prove less than one phrase: the past and questions clear them.
    unless = ["past", *row.get("unless", ["calm"] if names else [])]
    return Row(
        kind,
        row.get("about", "any"),
        tuple(asked),
        tuple(_part(name) for name in unless),
        row.get("near", NEAR),
        row.get("vague", False),
        tuple(_part(name) for name in row.get("nowhere", [])),
        row.get("case", ""),
        tuple(row.get("also", [])),
    )
