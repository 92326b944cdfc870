"""Calibration and thresholds, from each training example's scores with itself left out."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from assistant.decision import Thresholds, danger
from assistant.head import Scores, Unseen, softmax
from assistant.labels import CONTACT, is_crisis

NEVER = 1e9
# A message that interrupts the contact form must be clearer than three in ten right guesses.
INTERRUPTS = 0.3


@dataclass(frozen=True)
class Aims:
    """What the thresholds are set for; config.yml may say otherwise."""

    kept: float = 0.96  # share of in-scope messages that are acted on
    false_alarms: float = 0.01  # share of other messages that may look like a danger
    unclear: float = 0.05  # share of other messages that may look like the hint of one
    certain: float = 0.004  # share of them that may alarm where it is doubted


def temperature_of(unseen: Unseen) -> float:
    """The temperature at which a probability says how often it is right."""
    rows = np.arange(len(unseen.wanted))

    def loss(logarithm: float) -> float:
        probabilities = softmax(unseen.scores, float(np.exp(logarithm)))
        return float(-np.log(probabilities[rows, unseen.wanted] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 1.0), method="bounded").x))


def thresholds_of(unseen: Unseen, temperature: float, aims: Aims) -> Thresholds:
    labels = np.array(unseen.labels)
    dangerous = np.array([is_crisis(label) for label in unseen.labels])
    free = np.array([label not in CONTACT for label in unseen.labels])
    in_crisis = dangerous[unseen.wanted]
    in_scope = free[unseen.wanted] & ~in_crisis & (labels[unseen.wanted] != "out_of_scope")

    usual = softmax(np.where(free & ~dangerous, unseen.scores, -NEVER), temperature)
    score = usual.max(axis=1) * unseen.nearest
    right = usual.argmax(axis=1) == unseen.wanted
    harmless = danger(unseen.scores, dangerous)[~in_crisis]
    return Thresholds(
        answer=_quantile(score[in_scope], 1 - aims.kept),
        crisis=_quantile(harmless, 1 - aims.false_alarms),
        unclear=_quantile(harmless, 1 - aims.unclear),
        certain=_quantile(harmless, 1 - aims.certain),
        interrupt=_quantile(score[in_scope & right], INTERRUPTS),
    )


def _quantile(values: Scores, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else NEVER
