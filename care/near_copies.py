"""Which two messages are the same, or nearly: one definition for the tests and the report on data/.

Near means: the same words in the same order; or, from five words on, four in five of all
different words shared; or a cosine of 0.9 between the counts of three-letter pieces. Rows of one
or two words (hi, thanks, stop) are not compared: there is no other way to say them.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

JACCARD, COSINE, FEW, MANY = 0.8, 0.9, 2, 5


def normal(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


@dataclass(frozen=True, eq=False)  # compared by place in memory: many stand in many sets
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

    @cached_property
    def heaviest(self) -> float:
        """The largest square of these."""
        return max((part * part for part in self.pieces.values()), default=0.0)


def near(held: Text, trained: Text) -> bool:
    if held.words == trained.words:
        return True
    shared = len(held.tokens & trained.tokens)
    if len(held.words.split()) >= MANY and shared >= JACCARD * len(held.tokens | trained.tokens):
        return True
    common = held.pieces.keys() & trained.pieces.keys()
    if len(common) * held.heaviest < COSINE * COSINE:  # Cauchy and Schwarz: it cannot be reached
        return False
    return sum(held.pieces[piece] * trained.pieces[piece] for piece in common) >= COSINE


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
