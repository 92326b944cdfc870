"""The thresholds, set from scores written by hand."""

import numpy as np

from assistant.decision import danger
from assistant.head import Unseen
from assistant.tuning import Aims, thresholds_of

LABELS = ["crisis/suicide", "faq/cost"]


def unseen(harmless: int) -> Unseen:
    """Harmless messages that are ever more like a danger, and one that is a danger."""
    likeness = np.linspace(-1.0, 1.0, harmless)
    scores = np.column_stack([likeness, np.zeros(harmless)])
    wanted = np.ones(harmless, dtype=int)
    return Unseen(
        labels=LABELS,
        scores=np.vstack([scores, [2.0, 0.0]]),
        nearest=np.ones(harmless + 1),
        wanted=np.append(wanted, 0),
    )


def test_the_share_of_harmless_messages_that_is_wanted_is_unclear() -> None:
    found = thresholds_of(unseen(1000), 1.0, Aims(false_alarms=0.01, unclear=0.05))
    likeness = danger(unseen(1000).scores[:-1], np.array([True, False]))
    assert round(float(np.mean(likeness >= found.unclear)), 2) == 0.05
    assert round(float(np.mean(likeness >= found.crisis)), 2) == 0.01
