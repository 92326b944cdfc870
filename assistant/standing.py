"""What a conversation's own call-back request makes of a message about requests.

"Is it off?" from somebody who asked for a call is about that call; from anybody else it hardly is.
Weights, not rules: the words still decide.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from assistant.labels import OVER, REQUEST, REQUEST_CANCEL, REQUEST_STATUS

Floats = npt.NDArray[np.float64]

# How many times likelier these labels are than among the training examples.
WITH_REQUEST: Final = 6.0
WITHOUT: Final = 0.5


def weighed(labels: Sequence[str], probabilities: Floats, standing: str | None) -> Floats:
    """The probabilities in a conversation whose request stands so; None if it has no request."""
    weight = WITH_REQUEST if standing else WITHOUT
    found = probabilities * np.array([weight if name in REQUEST else 1.0 for name in labels])
    if standing == OVER and set(REQUEST) <= set(labels):
        # Nothing is left to cancel: "cancelled?" asks how it stands.
        cancel, status = labels.index(REQUEST_CANCEL), labels.index(REQUEST_STATUS)
        found[status] += found[cancel]
        found[cancel] = 0.0
    total = float(found.sum())
    return np.asarray(found / total) if total > 0 else probabilities
