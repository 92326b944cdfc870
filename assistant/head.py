"""The classifier's head: from a text and its vector to a score for each label.

Kernel ridge classification (regularised least squares). It is fitted in closed form, and the same
factorisation gives any example's scores as if it had been left out, so that calibration and
thresholds need no further fits.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Grams = Callable[[str], list[str]]

# Chosen by cross-validation; docs/decisions/0003-encoder-and-classifier.md has the figures.
VECTOR_WEIGHT = 8.0
VECTOR_WIDTH = 2.0
RIDGE = 2.0
DIRECTIONS = 192  # of the vectors, those along which the examples differ most
BLOCK = 512
# Pieces that one example in ten has tell little, and most of the time would go into them.
SELDOM = 100  # examples; a piece in no more than these always counts
SMALLEST = 1e-9


@dataclass(frozen=True)
class Head:
    words: Any
    letters: Any
    word_weights: Floats
    letter_weights: Floats
    directions: Floats
    examples: Floats
    example_weights: Floats
    labels: list[str]

    def judge(self, text: str, vector: Floats) -> tuple[Scores, float]:
        """Each label's score, about 1 for the one meant and slightly below 0 for the others, and
        the cosine to the closest example.
        """
        cosines = self.examples @ _along(self.directions, vector[None])[0]
        near = _vector_kernel(cosines) @ self.example_weights
        words = _weighted(self.words, self._word_grams(text), self.word_weights)
        letters = _weighted(self.letters, self._letter_grams(text), self.letter_weights)
        return np.asarray(near + words + letters, dtype=np.float64), float(cosines.max())

    @cached_property
    def _word_grams(self) -> Grams:
        return cast(Grams, self.words.build_analyzer())

    @cached_property
    def _letter_grams(self) -> Grams:
        return cast(Grams, self.letters.build_analyzer())


@dataclass(frozen=True)
class Unseen:
    """Some examples, each as the head would see it had it not been trained on it."""

    scores: Scores
    nearest: Scores
    wanted: npt.NDArray[np.int64]
    labels: list[str]


def fit(
    texts: Sequence[str], vectors: Floats, labels: Sequence[str], judged: npt.NDArray[np.int64]
) -> tuple[Head, Unseen]:
    """`judged` are the places of the examples to look at as if they had been left out."""
    names, wanted = np.unique(np.array(labels), return_inverse=True)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    letters = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 4),
        min_df=2,
        max_df=max(len(texts) // 10, SELDOM),
        sublinear_tf=True,
        dtype=np.float32,
    )
    word_rows, letter_rows = words.fit_transform(texts), letters.fit_transform(texts)
    directions = _directions(vectors)
    vectors = _along(directions, vectors)
    kernel, nearest = _kernel(vectors, [word_rows, letter_rows])
    weights, left_out = _solve(kernel, _targets(wanted, len(names)), judged)
    head = Head(
        words=words,
        letters=letters,
        word_weights=np.asarray(word_rows.T @ weights, dtype=np.float32),
        letter_weights=np.asarray(letter_rows.T @ weights, dtype=np.float32),
        directions=directions,
        examples=vectors,
        example_weights=weights,
        labels=[str(name) for name in names],
    )
    return head, Unseen(left_out, nearest[judged], wanted[judged], head.labels)


def _directions(vectors: Floats) -> Floats:
    """Half the directions carry 92% of what tells examples apart, and halve the time to compare."""
    _, found = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    return np.ascontiguousarray(found[:, ::-1][:, :DIRECTIONS], dtype=np.float32)


def _along(directions: Floats, vectors: Floats) -> Floats:
    along = vectors @ directions
    lengths = np.linalg.norm(along, axis=1, keepdims=True)
    return np.asarray(along / np.maximum(lengths, SMALLEST), dtype=np.float32)


def _targets(wanted: npt.NDArray[np.int64], count: int) -> Floats:
    targets = np.full((len(wanted), count), -1.0 / max(count - 1, 1), dtype=np.float32)
    targets[np.arange(len(wanted)), wanted] = 1.0
    return targets


def _vector_kernel(cosines: Floats) -> Floats:
    return np.asarray(VECTOR_WEIGHT * np.exp(VECTOR_WIDTH * (cosines - 1.0)), dtype=np.float32)


def _kernel(vectors: Floats, sparse_rows: Sequence[Any]) -> tuple[Floats, Scores]:
    """How alike any two examples are, and the cosine of each to its nearest neighbour.

    Only what lies on and right of the diagonal is filled in: the rest is the same.
    """
    kernel = np.zeros((len(vectors), len(vectors)), dtype=np.float32)
    nearest = np.full(len(vectors), -1.0)
    for start in range(0, len(vectors), BLOCK):
        rows, onward = slice(start, start + BLOCK), slice(start, None)
        cosines = vectors[rows] @ vectors[onward].T
        kernel[rows, onward] = _vector_kernel(cosines)
        for part in sparse_rows:
            kernel[rows, onward] += (part[rows] @ part[onward].T).toarray()
        cosines[np.diag_indices(len(cosines))] = -1.0
        nearest[rows] = np.maximum(nearest[rows], cosines.max(axis=1))
        nearest[onward] = np.maximum(nearest[onward], cosines.max(axis=0))
    return kernel, nearest


def _solve(kernel: Floats, targets: Floats, judged: npt.NDArray[np.int64]) -> tuple[Floats, Scores]:
    """Weights, and the scores of each judged example with that example left out (closed form)."""
    kernel[np.diag_indices_from(kernel)] += RIDGE
    factor, failed = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
    if failed:
        raise ValueError("the examples' kernel cannot be factorised")
    weights, _ = lapack.spotrs(factor, np.asfortranarray(targets), lower=1)
    # What belongs to an example on the diagonal of the inverse: the square of its column of L^-1.
    chosen = np.zeros((len(targets), len(judged)), dtype=np.float32, order="F")
    chosen[judged, np.arange(len(judged))] = 1.0
    columns, _ = lapack.strtrs(factor, chosen, lower=1, overwrite_b=1)
    diagonal = np.einsum("ij,ij->j", columns, columns, dtype=np.float64)[:, None]
    return np.ascontiguousarray(weights), targets[judged] - weights[judged] / diagonal


def _weighted(vectorizer: Any, grams: Sequence[str], weights: Floats) -> Floats:
    """One text's tf-idf row times the weights; scikit-learn's own takes ten times as long."""
    known = vectorizer.vocabulary_
    counts = Counter(known[gram] for gram in grams if gram in known)
    if not counts:
        return np.zeros(weights.shape[1], dtype=np.float32)
    places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    counted = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    row = (1.0 + np.log(counted)) * vectorizer._tfidf._idf_diag.data[places]
    return np.asarray((row / np.linalg.norm(row)) @ weights[places], dtype=np.float32)


def softmax(scores: Scores, temperature: float) -> Scores:
    scaled = scores / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))
