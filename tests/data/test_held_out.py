"""No row held out for evaluation equals or nearly equals an example in data/.

An example is one that the assistant trains on, or one that a crisis pattern was written for.
Near means: the same words in the same order; or, from five words on, four in five of all
different words shared; or a cosine of 0.9 between the counts of three-letter pieces. Held-out
rows of one or two words (hi, thanks, stop) are exempt: there is no other way to say them.
A failure names places only. Whoever mends it changes the side in data/ and leaves the held-out
words unread.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.eval_rows import SAFETY_LABELS, read_files

ROOT = Path(__file__).parents[2]
UNDERSTANDING, SAFETY = ROOT / "tests/understanding", ROOT / "tests/safety"
PHRASES = ROOT / "data/crisis/phrases.yml"
JACCARD, COSINE, FEW, MANY = 0.8, 0.9, 2, 5
Vector = Mapping[Hashable, float]


def normal(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


@dataclass(frozen=True)
class Text:
    place: str
    words: str

    @cached_property
    def tokens(self) -> frozenset[str]:
        return frozenset(self.words.split())

    @cached_property
    def pieces(self) -> dict[str, float]:
        """Counts of three-letter pieces, scaled to length one."""
        padded = f" {self.words} "
        counts = Counter(padded[i : i + 3] for i in range(len(padded) - 2))
        length = math.sqrt(sum(count * count for count in counts.values()))
        return {piece: count / length for piece, count in counts.items()}


def near(held: Text, trained: Text) -> bool:
    if held.words == trained.words:
        return True
    shared = len(held.tokens & trained.tokens)
    if len(held.words.split()) >= MANY and shared >= JACCARD * len(held.tokens | trained.tokens):
        return True
    cosine = sum(part * trained.pieces.get(piece, 0.0) for piece, part in held.pieces.items())
    return cosine >= COSINE


class Index:
    """The training examples by their words and pieces, to compare only with likely ones."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self.by_token: dict[str, list[Text]] = defaultdict(list)
        self.by_piece: dict[str, list[Text]] = defaultdict(list)
        for text in texts:
            for token in text.tokens:
                self.by_token[token].append(text)
            for piece in text.pieces:
                self.by_piece[piece].append(text)

    def near(self, held: Text) -> list[Text]:
        return sorted((t for t in self.likely(held) if near(held, t)), key=lambda t: t.place)

    def likely(self, held: Text) -> set[Text]:
        """All that can be near: they share a word, or a piece, of those looked up."""
        keys = self.rare_pieces(held)
        found = {text for piece in keys for text in self.by_piece.get(piece, ())}
        # Four in five shared of all: one of any fifth (and one more) of the words is shared.
        tokens = sorted(held.tokens, key=lambda token: len(self.by_token.get(token, ())))
        enough = len(tokens) - math.ceil(JACCARD * len(tokens)) + 1
        return found.union(*(self.by_token.get(token, ()) for token in tokens[:enough]))

    def rare_pieces(self, held: Text) -> Iterator[str]:
        """The rarest pieces, until the rest alone is too short to reach the cosine."""
        rest = 1.0
        for piece in sorted(held.pieces, key=lambda piece: len(self.by_piece.get(piece, ()))):
            if rest < COSINE * COSINE - 1e-9:
                return
            rest -= held.pieces[piece] ** 2
            yield piece


def held_out(folder: Path) -> list[Text]:
    rows = read_files(sorted(folder.glob("*.csv")), SAFETY_LABELS)
    return [
        Text(f"{Path(row.file).relative_to(ROOT)} row {row.line}", normal(row.text)) for row in rows
    ]


def training() -> list[Text]:
    paths = sorted((ROOT / "data").rglob("*.yml"))
    return [text for path in paths for text in examples_in(path)]


def phrases() -> list[Text]:
    """What the patterns of the deterministic screen must catch, or must leave alone."""
    content: Any = YAML(typ="safe").load(PHRASES.read_text(encoding="utf-8"))
    rows = [row for rows in (*content["phrases"].values(), content["not"]) for row in rows]
    place = str(PHRASES.relative_to(ROOT))
    return [Text(f"{place} example {n}", normal(row["example"])) for n, row in enumerate(rows, 1)]


@cache
def index_of(written: Callable[[], list[Text]]) -> Index:
    return Index(written())


def examples_in(path: Path) -> Iterator[Text]:
    # The parser that training uses: PyYAML refuses some of what it accepts.
    content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    blocks = content.get("nlu") or [] if isinstance(content, dict) else []
    for block in blocks:
        for line in str(block.get("examples") or "").splitlines():
            if line.startswith("- "):
                yield Text(str(path.relative_to(ROOT)), normal(line[2:]))


# The screen has no part in the figures of tests/understanding.
@pytest.mark.parametrize(
    ("written", "folder"), [(training, UNDERSTANDING), (training, SAFETY), (phrases, SAFETY)]
)
def test_no_example_is_near_a_held_out_row(written: Callable[[], list[Text]], folder: Path) -> None:
    index, held = index_of(written), held_out(folder)
    assert index.by_token, "no examples found under data/"
    compared = [text for text in held if len(text.words.split()) > FEW]
    found = [
        f"{text.place} is near an example in {other.place}"
        for text in compared
        for other in index.near(text)
    ]
    exempt = f"({len(held) - len(compared)} of {len(held)} rows are of one or two words: exempt)"
    lines = [*found, exempt, "Change the examples; do not read or change these rows."]
    assert not found, "\n".join([f"{len(found)} near-copies:", *lines])


@pytest.mark.parametrize("folder", [UNDERSTANDING, SAFETY])
def test_no_two_held_out_rows_are_near_copies(folder: Path) -> None:
    rows = held_out(folder)
    index = Index(rows)
    found = [
        f"{text.place} and {other.place}"
        for text in rows
        for other in index.near(text)
        if text.place < other.place and len(text.words.split()) > FEW
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("held", "trained", "expected"),
    [
        ("How MUCH, is it?", "how much is it", True),
        ("don't know what to do", "dont know what to do", True),
        ("can my wife come to the group", "the group can my wife come to", True),
        ("can my wife come to the group tonight", "can my wife come to the group", True),
        ("where is the clinic in town", "where is the clinicc in town", True),
        ("is it far", "is it near", False),
        ("how many days a week is it", "what do the sessions cost a week", False),
    ],
)
def test_what_counts_as_near(held: str, trained: str, expected: bool) -> None:
    one, other = Text("a", normal(held)), Text("b", normal(trained))
    assert near(one, other) is expected
    assert bool(Index([other]).near(one)) is expected
