"""A conversation's own call-back request, and what a message about requests means there."""

import numpy as np
import pytest

from assistant.context import Context
from assistant.decision import Decider, Scored, Thresholds
from assistant.labels import OPEN, OVER
from assistant.standing import weighed

LABELS = ["faq/cost", "crisis/suicide", "request_cancel", "request_status"]
DECIDER = Decider(
    LABELS, Thresholds(answer=0.3, crisis=0.5, unclear=0.2, certain=0.6, interrupt=0.6)
)


def scored(*probabilities: float) -> Scored:
    return Scored(np.array([0.1, -0.2, 0.1, 0.1]), np.array(probabilities), nearest=1.0)


@pytest.mark.parametrize(
    ("request_", "label"),
    [(None, "faq/cost"), (OPEN, "request_cancel"), (OVER, "request_status")],
)
def test_what_is_doubtful_is_about_the_request_if_there_is_one(
    request_: str | None, label: str
) -> None:
    message = scored(0.5, 0.02, 0.38, 0.1)
    assert DECIDER.decide("is it off", message, Context(request=request_)).label == label


def test_what_is_clear_stays_so_with_a_request() -> None:
    message = scored(0.96, 0.01, 0.02, 0.01)
    assert DECIDER.decide("price", message, Context(request=OPEN)).label == "faq/cost"


def test_somebody_without_a_request_may_still_ask_for_it() -> None:
    message = scored(0.05, 0.01, 0.04, 0.9)
    assert DECIDER.decide("did it send", message).label == "request_status"


def test_a_request_hides_no_danger() -> None:
    message = Scored(np.array([0.1, 0.7, 0.1, 0.1]), np.array([0.1, 0.06, 0.5, 0.34]), nearest=1.0)
    for standing in (None, OPEN, OVER):
        assert (
            DECIDER.decide("end it", message, Context(request=standing)).label == "crisis/suicide"
        )


def test_a_weak_sign_of_danger_is_never_taken_for_a_word_about_the_request() -> None:
    message = scored(0.1, 0.45, 0.35, 0.1)
    assert DECIDER.decide("end it", message, Context(request=OPEN)).label == "unsure"


def test_in_the_contact_form_a_request_weighs_nothing() -> None:
    message = scored(0.9, 0.01, 0.05, 0.04)
    found = DECIDER.decide("what is the price?", message, Context("contact_name", request=OPEN))
    assert found.label == "faq/cost"
    assert found.confidence == pytest.approx(0.9 / 0.95)


def test_probabilities_stay_probabilities() -> None:
    for standing in (None, OPEN, OVER):
        found = weighed(LABELS, np.array([0.25] * 4), standing)
        assert found.sum() == pytest.approx(1.0)
