"""Calibration and thresholds by cross-validation, on the training data alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from sklearn.model_selection import StratifiedKFold

from assistant.decision import Thresholds
from assistant.head import Floats, Head, softmax
from assistant.labels import CONTACT, is_crisis

FOLDS = 3


@dataclass(frozen=True)
class Aims:
    """What the thresholds are set for; config.yml may say otherwise."""

    kept: float = 0.96  # share of in-scope messages that are acted on
    false_alarms: float = 0.01  # share of other messages that may look like a danger
    wrong_interruptions: float = 0.02


@dataclass(frozen=True)
class Unseen:
    """Each example as the classifier sees a message that it was not trained on."""

    logits: npt.NDArray[np.float64]
    nearest: npt.NDArray[np.float64]
    labels: npt.NDArray[np.str_]
    classes: list[str]


def unseen(texts: Sequence[str], vectors: Floats, labels: Sequence[str]) -> Unseen:
    wanted = np.array(labels)
    classes = sorted(set(labels))
    logits = np.zeros((len(texts), len(classes)))
    nearest = np.zeros(len(texts))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(vectors, wanted):
        head = Head.fit([texts[i] for i in train], vectors[train], wanted[train].tolist())
        columns = [classes.index(label) for label in head.labels]
        logits[np.ix_(test, columns)] = head.logits([texts[i] for i in test], vectors[test])
        nearest[test] = head.nearest(vectors[test])
    return Unseen(logits, nearest, wanted, classes)


def temperature_of(seen: Unseen) -> float:
    """The temperature at which the probabilities say how often they are right."""
    rows = np.arange(len(seen.labels))
    wanted = np.searchsorted(seen.classes, seen.labels)

    def loss(log_temperature: float) -> float:
        probabilities = softmax(seen.logits, float(np.exp(log_temperature)))
        return float(-np.log(probabilities[rows, wanted] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def thresholds_of(seen: Unseen, temperature: float, aims: Aims) -> Thresholds:
    probabilities = softmax(seen.logits, temperature)
    danger = _danger(seen, probabilities)
    in_crisis = np.array([is_crisis(label) for label in seen.labels])
    crisis = _above(danger[~in_crisis], aims.false_alarms) if in_crisis.any() else 2.0

    free = np.array([label not in CONTACT for label in seen.labels]) & ~in_crisis
    masked = probabilities * [name not in CONTACT and not is_crisis(name) for name in seen.classes]
    masked /= masked.sum(axis=1, keepdims=True) + 1e-12
    score = masked.max(axis=1) * seen.nearest
    in_scope = free & (seen.labels != "out_of_scope")
    right = np.array(seen.classes)[masked.argmax(axis=1)] == seen.labels
    return Thresholds(
        answer=float(np.quantile(score[in_scope], 1 - aims.kept)),
        crisis=crisis,
        interrupt=float(np.quantile(score[in_scope & right], 0.25)),
    )


def _danger(seen: Unseen, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    columns = [i for i, name in enumerate(seen.classes) if is_crisis(name)]
    return np.asarray(probabilities[:, columns].sum(axis=1))


def _above(values: npt.NDArray[np.float64], share: float) -> float:
    """The value that no more than `share` of the values exceed."""
    return float(np.quantile(values, 1 - share)) if len(values) else 2.0
