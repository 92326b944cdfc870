"""The classifier's head: from a text and its vector to a probability for each label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float32]

# Chosen by cross-validation; docs/decisions/0003-encoder-and-classifier.md has the figures.
VECTOR_WEIGHT = 2.0
C = 3.0
TOLERANCE = 0.02  # stopping early costs nothing in cross-validation and a fifth of the time
CHARACTERS = 20_000


@dataclass(frozen=True)
class Head:
    """Logistic regression, one label against the rest, over the vector beside words and letters."""

    words: Any
    letters: Any
    weights: Floats
    bias: Floats
    labels: list[str]
    examples: Floats

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Floats, labels: Sequence[str]) -> "Head":
        words = TfidfVectorizer(
            ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32
        ).fit(texts)
        letters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(2, 5),
            min_df=2,
            max_features=CHARACTERS,
            sublinear_tf=True,
            dtype=np.float32,
        ).fit(texts)
        model = LogisticRegression(
            C=C, solver="liblinear", dual=True, multi_class="ovr", tol=TOLERANCE, random_state=0
        )
        model.fit(_features(words, letters, texts, vectors), list(labels))
        return cls(
            words,
            letters,
            np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            model.intercept_.astype(np.float32),
            [str(label) for label in model.classes_],
            vectors,
        )

    def logits(self, texts: Sequence[str], vectors: Floats) -> npt.NDArray[np.float64]:
        features = _features(self.words, self.letters, texts, vectors)
        return np.asarray(features @ self.weights + self.bias, dtype=np.float64)

    def nearest(self, vectors: Floats) -> npt.NDArray[np.float64]:
        """The cosine to the closest example, for each row."""
        return np.asarray((vectors @ self.examples.T).max(axis=1), dtype=np.float64)


def softmax(logits: npt.NDArray[np.float64], temperature: float) -> npt.NDArray[np.float64]:
    scaled = logits / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def _features(words: Any, letters: Any, texts: Sequence[str], vectors: Floats) -> csr_matrix:
    parts = [csr_matrix(VECTOR_WEIGHT * vectors), words.transform(texts), letters.transform(texts)]
    return hstack(parts, format="csr", dtype=np.float32)
