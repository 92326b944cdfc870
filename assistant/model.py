"""From texts to labels: features, a calibrated linear model, and how near the nearest example is.

Pure: no Rasa here. Rows are texts; a score matrix has one column per label, in `labels` order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

Floats = npt.NDArray[np.float32]

EMBEDDING_WEIGHT = 2.0  # as strong as both tf-idf blocks together
NEIGHBOURS = 5
FOLDS = 5
SEED = 7


class Encoder(Protocol):
    """Texts to unit rows of 384 numbers."""

    def encode(self, texts: Sequence[str]) -> Floats: ...


@dataclass(frozen=True)
class Settings:
    """What is chosen by cross-validation on the training data; see docs/decisions."""

    c: float = 10.0
    neighbour_share: float = 0.3


class LabelModel:
    """Logistic regression over embedding and tf-idf, mixed with the nearest examples' labels."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.labels: list[str] = []
        self.temperature = 1.0
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, strip_accents="unicode"
        )
        self._linear = LogisticRegression(C=settings.c, max_iter=120, tol=1e-3)
        self._known: Floats = np.zeros((0, 0), dtype=np.float32)
        self._targets: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def fit(self, texts: Sequence[str], embeddings: Floats, labels: Sequence[str]) -> None:
        """`embeddings` has shape (len(texts), 384)."""
        self.labels = sorted(set(labels))
        index = {label: position for position, label in enumerate(self.labels)}
        self._targets = np.array([index[label] for label in labels])
        self._known = embeddings.astype(np.float32)
        self._words.fit(texts)
        self._characters.fit(texts)
        self._linear.fit(self._features(texts, embeddings), self._targets)

    def predict(self, texts: Sequence[str], embeddings: Floats) -> tuple[Floats, Floats]:
        """Probabilities (n, labels), and the nearest example's cosine to each text (n,)."""
        scores = self._linear.decision_function(self._features(texts, embeddings))
        linear = softmax(scores / self.temperature)
        cosines = embeddings @ self._known.T
        share = self.settings.neighbour_share
        mixed = (1 - share) * linear + share * self._neighbours(cosines)
        return mixed.astype(np.float32), cosines.max(axis=1).astype(np.float32)

    def calibrate(self, texts: Sequence[str], embeddings: Floats, labels: Sequence[str]) -> None:
        """Sets the temperature at which rows not seen in training are most probable."""
        index = {label: position for position, label in enumerate(self.labels)}
        rows = [i for i, label in enumerate(labels) if label in index]
        targets = np.array([index[labels[i]] for i in rows])
        features = self._features([texts[i] for i in rows], embeddings[rows])
        scores = self._linear.decision_function(features)

        def surprise(temperature: float) -> float:
            chances = softmax(scores / temperature)[np.arange(len(rows)), targets]
            return float(-np.log(chances + 1e-9).mean())

        self.temperature = float(minimize_scalar(surprise, bounds=(0.2, 3.0), method="bounded").x)

    def _features(self, texts: Sequence[str], embeddings: Floats) -> Any:
        blocks = [
            sparse.csr_matrix(EMBEDDING_WEIGHT * embeddings),
            self._words.transform(texts),
            self._characters.transform(texts),
        ]
        return sparse.hstack(blocks, format="csr").astype(np.float32)

    def _neighbours(self, cosines: Floats) -> Floats:
        """The labels of the nearest examples, weighted by how near they are."""
        votes = np.zeros((len(cosines), len(self.labels)), dtype=np.float32)
        nearest = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        rows = np.arange(len(cosines))[:, None]
        weights = np.exp(10 * (cosines[rows, nearest] - 1))
        np.add.at(votes, (rows, self._targets[nearest]), weights)
        return votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)


def softmax(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def out_of_fold(
    settings: Settings, texts: Sequence[str], embeddings: Floats, labels: Sequence[str]
) -> tuple[Floats, Floats, float]:
    """Predictions for every row by a model that has not seen it, and the temperature it needs.

    Returns probabilities (n, labels), nearest cosines (n,), and the mean temperature.
    """
    everything = sorted(set(labels))
    probabilities = np.zeros((len(texts), len(everything)), dtype=np.float32)
    cosines = np.zeros(len(texts), dtype=np.float32)
    temperatures = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, held in folds.split(texts, labels):
        model = LabelModel(settings)
        model.fit([texts[i] for i in train], embeddings[train], [labels[i] for i in train])
        held_texts, held_labels = [texts[i] for i in held], [labels[i] for i in held]
        model.calibrate(held_texts, embeddings[held], held_labels)
        temperatures.append(model.temperature)
        columns = [everything.index(label) for label in model.labels]
        chances, near = model.predict(held_texts, embeddings[held])
        probabilities[np.ix_(held, columns)] = chances
        cosines[held] = near
    return probabilities, cosines, float(np.mean(temperatures))
