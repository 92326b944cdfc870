from dataclasses import replace

import numpy as np
import pytest

from assistant import context
from assistant.classifier import GuideClassifier
from assistant.context import Context, kept_apart, leans_on, reading
from assistant.decision import Understood


def test_the_topic_before_is_named_in_front_of_the_message() -> None:
    assert reading("How much is THAT", "faq/iop_cost") == "iop cost | how much is that"
    assert reading("How much is THAT", None) == "how much is that"


def test_only_a_short_message_leans_on_what_was_said_before() -> None:
    assert leans_on("faq/detox", "how long") == "faq/detox"
    assert leans_on("faq/detox", "word " * (context.LONGEST_FOLLOW_UP + 1)) is None


def test_the_examples_kept_apart_are_always_the_same_small_part() -> None:
    apart = [kept_apart(f"message number {number}") for number in range(2000)]
    assert apart == [kept_apart(f"message number {number}") for number in range(2000)]
    assert 0.05 < np.mean(apart) < 0.11


class Reader(GuideClassifier):
    """The classifier with readings written by hand: text (and topic before) to label."""

    def __init__(self, readings: dict[tuple[str, str | None], tuple[str, float]]):
        self.readings = readings

    def _look_ahead(self, *texts: str) -> None:
        """Nothing to get ready: the readings are."""

    def _read(self, text: str, context: Context) -> Understood:
        label, sure = self.readings.get((text, context.previous), ("faq/other", 0.2))
        topics = ("faq/cost", "faq/length", "faq/visits", "greet")
        return Understood(label, sure, [(label, sure), *((t, 0.1) for t in topics)])


CLEAR = {
    ("what does it cost and how long is it", None): ("faq/cost", 0.7),
    ("what does it cost", None): ("faq/cost", 0.9),
    ("how long is it", "faq/cost"): ("faq/length", 0.9),
}


def test_two_clear_questions_are_both_seen_in_their_order() -> None:
    found = Reader(CLEAR).understand("what does it cost and how long is it")
    assert (found.label, found.second) == ("faq/cost", "faq/length")


@pytest.mark.parametrize(
    ("part", "label", "sure"),
    [
        ("how long is it", "faq/length", 0.3),  # not clear
        ("how long is it", "faq/cost", 0.9),  # the same topic
        ("how long is it", "greet", 0.9),  # no topic
        ("how long is it", "faq/unlikely", 0.9),  # not what the whole message is about
    ],
)
def test_what_is_no_second_question_is_left_alone(part: str, label: str, sure: float) -> None:
    readings = CLEAR | {(part, "faq/cost"): (label, sure)}
    found = Reader(readings).understand("what does it cost and how long is it")
    assert (found.label, found.second) == ("faq/cost", None)


def test_two_that_are_beyond_doubt_need_not_be_likely_in_the_whole_message() -> None:
    sure = {("what does it cost", None): ("faq/cost", 0.99)}
    sure |= {("how long is it", "faq/cost"): ("faq/unlikely", 0.99)}
    found = Reader(CLEAR | sure).understand("what does it cost and how long is it")
    assert (found.label, found.second) == ("faq/cost", "faq/unlikely")


def test_a_wish_beside_a_question_comes_after_its_answer() -> None:
    text = "can someone call me and what does it cost"
    readings = {
        (text, None): ("request_callback", 0.7),
        ("can someone call me", None): ("request_callback", 0.99),
        ("what does it cost", "request_callback"): ("faq/cost", 0.99),
    }
    found = Reader(readings).understand(text)
    assert (found.label, found.second) == ("faq/cost", "request_callback")


def test_thanks_and_goodbye_are_both_heard_but_thanks_alone_is_no_question() -> None:
    thanks = {("thanks a lot", None): ("thank", 0.99)}
    bye = {
        ("bye for now", "thank"): ("goodbye", 0.99),
        ("thanks a lot, bye for now", None): ("thank", 1),
    }
    found = Reader(thanks | bye).understand("thanks a lot, bye for now")
    assert (found.label, found.second) == ("thank", "goodbye")
    cost = {("what does it cost", "thank"): ("faq/cost", 0.99)}
    cost |= {("thanks a lot, what does it cost", None): ("faq/cost", 0.8)}
    found = Reader(thanks | cost).understand("thanks a lot, what does it cost")
    assert (found.label, found.second) == ("faq/cost", None)


def test_what_is_asked_after_a_story_is_answered_first() -> None:
    text = "my son takes pills. what does it cost"
    readings = {
        (text, None): ("faq/cost", 0.7),
        ("my son takes pills.", None): ("faq/visits", 0.99),
        ("what does it cost", "faq/visits"): ("faq/cost", 0.99),
    }
    found = Reader(readings).understand(text)
    assert (found.label, found.second) == ("faq/cost", "faq/visits")


def test_a_wish_after_a_story_is_no_second_question() -> None:
    text = "my son takes pills. please call me"
    readings = {
        (text, None): ("request_callback", 0.7),
        ("my son takes pills.", None): ("faq/visits", 0.99),
        ("please call me", "faq/visits"): ("request_callback", 0.99),
    }
    found = Reader(readings).understand(text)
    assert (found.label, found.second) == ("request_callback", None)


def test_a_comparison_is_one_question() -> None:
    text = "what does it cost and how long is it"
    readings = CLEAR | {(text, None): ("faq/visits", 0.7)}
    found = Reader(readings).understand(text)
    assert (found.label, found.second) == ("faq/visits", None)


def test_where_a_value_is_asked_for_there_is_one_answer() -> None:
    text = "what does it cost and how long is it"
    assert Reader(CLEAR).understand(text, Context(expects="contact_name")).second is None


def test_a_danger_is_never_half_of_two_questions() -> None:
    text = "what does it cost and how long is it"
    readings = CLEAR | {(text, None): ("crisis/suicide", 0.5)}
    assert Reader(readings).understand(text).label == "crisis/suicide"


def test_a_hint_in_the_whole_message_is_kept_whatever_is_answered() -> None:
    class Doubtful(Reader):
        def _read(self, text: str, context: Context) -> Understood:
            found = super()._read(text, context)
            return replace(found, unclear=text == "what does it cost and how long is it")

    found = Doubtful(CLEAR).understand("what does it cost and how long is it")
    assert found.second is not None
    assert found.unclear
