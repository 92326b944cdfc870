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


@dataclass
class Message:
    """A message as the rows ask it: each pattern is looked for once at most."""

    text: str
    begins: set[str] = field(init=False)
    found: dict[Pattern, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = set(self.text.split())
        self.begins = {word[:end] for word in words for end in range(1, len(word) + 1)}

    def places(self, pattern: Pattern) -> list[int]:
        """Where the pattern begins in the text."""
        if pattern not in self.found:
            asked = all(not need.isdisjoint(self.begins) for need in pattern.needs)
            starts = (m.start() for m in pattern.regex.finditer(self.text)) if asked else ()
            self.found[pattern] = list(starts)
        return self.found[pattern]


@dataclass(frozen=True)
class Row:
    """Patterns that together mean a danger: its kind, for whom, and what makes it harmless."""

    kind: str
    about: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    near: int = NEAR

    def matches(self, message: Message) -> bool:
        places = [message.places(pattern) for pattern in self.patterns]
        return self._near(places) and not any(message.places(p) for p in self.unless)

    def _near(self, places: list[list[int]]) -> bool:
        return any(
            all(any(abs(there - here) <= self.near for there in other) for other in places[1:])
            for here in places[0]
        )


class Rows:
    """Rows in their order, found by the words that they need."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        self._always: list[int] = []
        self._by_beginning: dict[str, list[int]] = {}
        for number, row in enumerate(self._rows):
            self._file(number, [need for p in row.patterns for need in p.needs])

    def _file(self, number: int, found: list[frozenset[str]]) -> None:
        if not found:
            self._always.append(number)
            return
        rarest = max(found, key=lambda need: (min(map(len, need)), -len(need)))
        for beginning in rarest:
            self._by_beginning.setdefault(beginning, []).append(number)

    def possible(self, message: Message) -> Iterator[Row]:
        """The rows that may match, in the file's order."""
        numbers = set(self._always)
        for beginning in message.begins & self._by_beginning.keys():
            numbers.update(self._by_beginning[beginning])
        return (self._rows[number] for number in sorted(numbers))


def first(message: Message) -> Row | None:
    """The first row that the message matches."""
    return next((row for row in _dangers().possible(message) if row.matches(message)), None)


def cleared(text: str) -> str:
    """The text without figures of speech, past events and questions for information."""
    for row in _harmless().possible(Message(text)):
        text = row.patterns[0].regex.sub(" ", text)
    return text


def speaks_of(message: Message, name: str) -> bool:
    """Whether the message has a part of that name."""
    return bool(message.places(_part(name)))


def usual(text: str) -> str:
    """The words in their usual spelling, "i am" as "im"."""
    spelled = _spellings()
    text = " ".join(spelled.get(word, word) for word in text.split())
    return _shortened().sub(lambda words: parts()["short"][words[0]], text)


@cache
def _spellings() -> dict[str, str]:
    return {wrong: right for right, row in parts()["spellings"].items() for wrong in row.split()}


@cache
def _shortened() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(parts()['short'])})\b")


@cache
def doubled() -> frozenset[str]:
    """Beginnings of known words up to a doubled letter: "kill", "sleep" gives "slee"."""
    words = set(re.findall(r"[a-z]+", re.sub(r"\\[a-zA-Z]", " ", str(data()) + str(parts()))))
    return frozenset(w[: m.end()] for w in words for m in re.finditer(r"([a-z])\1", w))


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
    return NAMED.sub(lambda part: f"(?:{'|'.join(map(written, parts()['parts'][part[1]]))})", pattern)


@cache
def _part(name: str) -> Pattern:
    return _pattern(rf"\b{{{name}}}\b")


@cache
def _pattern(source: str) -> Pattern:
    full = written(source)
    return Pattern(re.compile(full), needs(full))


@cache
def _dangers() -> Rows:
    return Rows(_row(kind, row) for kind, rows in data()["phrases"].items() for row in rows)


@cache
def _harmless() -> Rows:
    return Rows(Row("", "", (_pattern(row["pattern"]),)) for row in data()["not"])


def _row(kind: str, row: dict[str, Any]) -> Row:
    parts = row.get("all")
    patterns = [_part(name) for name in parts] if parts else [_pattern(row["pattern"])]
    # Parts far from each other prove less than one phrase: the past and questions clear them.
    unless = row.get("unless", ["calm"] if parts else [])
    return Row(
        kind,
        row.get("about", "any"),
        tuple(patterns),
        tuple(_part(name) for name in unless),
        row.get("near", NEAR),
    )
