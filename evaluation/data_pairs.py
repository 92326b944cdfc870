"""Messages that are like each other: near-copies by their letters, neighbours by their meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from care.near_copies import COSINE, FEW, JACCARD, Text, near

Floats = npt.NDArray[np.float32]
BLOCK = 512
ROUNDING = 1e-4


@dataclass(frozen=True)
class Neighbour:
    """For one text: the place of the closest other one, and the cosine."""

    place: int
    cosine: float


def near_copies(texts: Sequence[Text], others: Sequence[Text]) -> list[tuple[int, int]]:
    """Places (in texts, in others) of all near-copies; texts of one or two words are left out.

    The sums of all pairs at once only choose whom to compare; `near` decides.
    """
    both = [*texts, *others]
    letters = _matrix(both, lambda text: text.pieces)
    tokens = _matrix(both, lambda text: dict.fromkeys(text.tokens, 1.0))
    sizes = np.array([len(text.tokens) for text in both], dtype=np.float32)
    split = len(texts)
    found = []
    for start in range(0, split, BLOCK):
        rows = slice(start, min(start + BLOCK, split))
        alike = (letters[rows] @ letters[split:].T).toarray() >= COSINE - ROUNDING
        shared = (tokens[rows] @ tokens[split:].T).toarray()
        union = sizes[rows, None] + sizes[None, split:] - shared
        alike |= shared >= (JACCARD - ROUNDING) * union
        found += [(start + int(i), int(j)) for i, j in zip(*np.nonzero(alike), strict=True)]
    return [(i, j) for i, j in found if _compared(texts[i]) and near(texts[i], others[j])]


def copies_within(texts: Sequence[Text]) -> list[tuple[int, int]]:
    return [(i, j) for i, j in near_copies(texts, texts) if i < j]


def neighbours(vectors: Floats) -> list[Neighbour]:
    """Each text's nearest other one."""
    found: list[Neighbour] = []
    for start in range(0, len(vectors), BLOCK):
        cosines = vectors[start : start + BLOCK] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -1.0
        closest = cosines.argmax(axis=1)
        found += [Neighbour(int(j), float(cosines[i, j])) for i, j in enumerate(closest)]
    return found


def confusable(
    labels: Sequence[str], found: Sequence[Neighbour]
) -> list[tuple[tuple[str, str], list[int]]]:
    """Pairs of labels by how many examples' neighbour has the other, with their places."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for place, neighbour in enumerate(found):
        one, other = sorted((labels[place], labels[neighbour.place]))
        if one != other:
            pairs.setdefault((one, other), []).append(place)
    return sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _compared(text: Text) -> bool:
    return len(text.words.split()) > FEW


def _matrix(texts: Sequence[Text], parts: Callable[[Text], dict[str, float]]) -> Any:
    columns: dict[str, int] = {}
    cells = [
        (row, columns.setdefault(part, len(columns)), value)
        for row, text in enumerate(texts)
        for part, value in parts(text).items()
    ]
    rows, places, values = zip(*cells, strict=True)
    shape = (len(texts), len(columns))
    return csr_matrix((np.array(values, dtype=np.float32), (rows, places)), shape=shape)
