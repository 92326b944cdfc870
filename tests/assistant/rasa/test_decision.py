"""The decision alone, with scores written by hand."""

import numpy as np
import pytest

from assistant.context import Context
from assistant.decision import Decider, Scored, Thresholds

LABELS = [
    "faq/cost",
    "crisis/suicide",
    "affirm",
    "contact_skip",
    "stop_messages",
    "out_of_scope",
    "say_again",
    "how_known",
    "contact_why",
    "request_cancel",
    "contact_cancel",
]
DECIDER = Decider(
    LABELS, Thresholds(answer=0.3, crisis=0.5, unclear=0.2, certain=0.8, interrupt=0.6)
)


def scored(label: str, confidence: float, nearest: float = 1.0) -> Scored:
    """A message that is like `label` to this degree, and evenly like the others."""
    rest = (1.0 - confidence) / (len(LABELS) - 1)
    probabilities = np.array([confidence if name == label else rest for name in LABELS])
    scores = np.where(np.array(LABELS) == label, confidence, -0.1)
    return Scored(scores, probabilities, nearest)


def test_the_likeliest_label_is_taken() -> None:
    assert DECIDER.decide("price", scored("faq/cost", 0.9)).label == "faq/cost"


def test_far_from_every_example_it_is_unsure() -> None:
    assert DECIDER.decide("price", scored("faq/cost", 0.9, nearest=0.2)).label == "unsure"


def test_a_danger_needs_less_than_an_answer() -> None:
    found = DECIDER.decide(
        "pills", scored("crisis/suicide", 0.55, nearest=0.1), Context("contact_name")
    )
    assert found.label == "crisis/suicide"


def test_a_weak_sign_of_danger_is_never_answered_with_a_topic() -> None:
    assert DECIDER.decide("pills", scored("crisis/suicide", 0.45)).label == "unsure"


@pytest.mark.parametrize(
    ("text", "label", "confidence", "expected"),
    [
        ("Maria", "faq/cost", 0.95, "inform"),  # sure, but no question
        ("what is the price?", "faq/cost", 0.95, "faq/cost"),
        ("what is the price?", "faq/cost", 0.5, "inform"),  # a question, but not sure
        ("how about [phone-1]?", "faq/cost", 0.95, "inform"),
        ("stop", "stop_messages", 0.95, "stop_messages"),
        ("yes", "affirm", 0.95, "affirm"),
        ("skip", "contact_skip", 0.95, "contact_skip"),
        ("say that again", "say_again", 0.95, "say_again"),
        ("why", "how_known", 0.95, "contact_why"),  # the form's own question is meant
        ("dont call me", "request_cancel", 0.95, "contact_cancel"),  # nothing is sent yet
    ],
)
def test_while_the_form_waits_for_a_value(
    text: str, label: str, confidence: float, expected: str
) -> None:
    assert (
        DECIDER.decide(text, scored(label, confidence), Context("contact_name")).label == expected
    )


def test_the_form_s_labels_are_masked_outside_it() -> None:
    found = DECIDER.decide("skip", scored("contact_skip", 0.9))
    assert found.label != "contact_skip"
    assert "contact_skip" not in [name for name, _ in found.ranking]
    assert sum(value for _, value in found.ranking) == pytest.approx(1.0)


def test_what_is_much_more_like_something_harmless_is_no_danger() -> None:
    scores = np.where(np.array(LABELS) == "faq/cost", 0.5, 0.0)
    scores[LABELS.index("crisis/suicide")] = 0.8
    for likely, label in ((0.04, "faq/cost"), (0.06, "crisis/suicide")):
        probabilities = np.array([1 - likely, likely, *[0.0] * (len(LABELS) - 2)])
        found = DECIDER.decide("words", Scored(scores, probabilities, 1.0))
        assert found.label == label


@pytest.mark.parametrize(
    ("danger", "label", "unclear"),
    [(0.1, "faq/cost", False), (0.3, "faq/cost", True), (0.9, "crisis/suicide", False)],
)
def test_between_nothing_and_an_alarm_a_message_is_unclear(
    danger: float, label: str, unclear: bool
) -> None:
    scores = np.where(np.array(LABELS) == "crisis/suicide", danger, 0.0)
    probabilities = np.array([0.9, 0.1, *[0.0] * (len(LABELS) - 2)])
    found = DECIDER.decide("words", Scored(scores, probabilities, 1.0))
    assert (found.label, found.unclear) == (label, unclear)


def test_a_weak_sign_of_danger_is_unclear_in_the_form_too() -> None:
    found = DECIDER.decide("Maria", scored("crisis/suicide", 0.45), Context("contact_name"))
    assert found.unclear


def test_without_any_label_for_danger_nothing_hints_at_it() -> None:
    decider = Decider(["faq/cost"], DECIDER.thresholds)
    message = Scored(np.array([0.9]), np.array([1.0]), 1.0)
    assert not decider.decide("price", message).unclear


def test_after_a_denial_only_a_certain_danger_is_seen_and_the_rest_hints_at_one() -> None:
    likely, certain = scored("crisis/suicide", 0.7), scored("crisis/suicide", 0.9)
    assert DECIDER.decide("so tired", likely).label == "crisis/suicide"
    found = DECIDER.decide("so tired", likely, Context(doubted=True))
    assert (found.label, found.unclear) == ("unsure", True)
    assert DECIDER.decide("pills", certain, Context(doubted=True)).label == "crisis/suicide"
