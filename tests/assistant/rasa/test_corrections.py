import pytest

from assistant.classifier import GuideClassifier
from assistant.context import Context
from assistant.corrections import correction_in
from assistant.decision import Understood


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no i meant the outpatient one", "the outpatient one"),
        ("No, I mean the price.", "the price."),
        ("not me, my son", "my son"),
        ("no not for me, for my daughter", "my daughter"),
        ("not that, the cost", "the cost"),
        ("not that one - detox", "detox"),
        ("not what i asked. how many hours", "how many hours"),
        ("sorry, what i meant was sober homes", "sober homes"),
        ("actually i was asking about detox", "detox"),
    ],
)
def test_what_was_meant_is_told_from_what_only_corrects(text: str, meant: str) -> None:
    correction = correction_in(text)
    assert correction is not None
    assert correction.marked
    assert correction.meant == meant


@pytest.mark.parametrize("text", ["no thanks", "nope, later"])
def test_a_plain_no_may_be_just_that(text: str) -> None:
    correction = correction_in(text)
    assert correction is not None
    assert not correction.marked


@pytest.mark.parametrize(
    "text",
    ["no", "not now", "not that i know of", "nobody knows", "i meant", "my son", "", "not me"],
)
def test_everything_else_is_no_correction(text: str) -> None:
    assert correction_in(text) is None


class Reader(GuideClassifier):
    """The classifier with readings written by hand: a text to its label and runner-up."""

    def __init__(self, **readings: tuple[str, float, str, float]):
        self.readings = {text.replace("_", " "): found for text, found in readings.items()}

    def _read(self, text: str, context: Context) -> Understood:
        label, sure, other, less = self.readings.get(text, ("unsure", 0.1, "faq/any", 0.1))
        return Understood(label, sure, [(label, sure), (other, less)])


NO = ("deny", 0.94, "faq/any", 0.01)
SURE = ("faq/cost", 0.9, "faq/any", 0.01)


@pytest.mark.parametrize(
    ("whole", "meant", "label"),
    [
        (NO, SURE, "faq/cost"),
        (("faq/length", 0.5, "deny", 0.3), SURE, "faq/cost"),
        (("faq/visits", 0.95, "deny", 0.01), SURE, "faq/visits"),
        (NO, ("unsure", 0.2, "faq/cost", 0.2), "unsure"),  # to be asked back, not "that's fine"
        (SURE, ("unsure", 0.2, "faq/cost", 0.2), "faq/cost"),
        (NO, ("faq/length", 0.9, "faq/cost", 0.06), "faq/cost"),  # what was just answered
        (NO, ("faq/length", 0.98, "faq/cost", 0.01), "faq/length"),  # nothing else is likely
        (NO, ("crisis/suicide", 0.9, "deny", 0.1), "crisis/suicide"),
        (("crisis/suicide", 0.9, "deny", 0.1), SURE, "crisis/suicide"),
    ],
)
def test_a_correction_is_answered_by_what_was_meant(
    whole: tuple[str, float, str, float], meant: tuple[str, float, str, float], label: str
) -> None:
    reader = Reader(i_meant_the_price=whole, the_price=meant)
    assert reader.understand("i meant the price", Context(previous="faq/length")).label == label


@pytest.mark.parametrize(
    ("whole", "rest", "label"),
    [
        (NO, SURE, "deny"),
        (("deny", 0.4, "faq/cost", 0.3), SURE, "faq/cost"),
        (("deny", 0.4, "faq/cost", 0.3), ("faq/cost", 0.5, "deny", 0.1), "deny"),
    ],
)
def test_a_plain_no_stays_one_unless_it_is_doubtful(
    whole: tuple[str, float, str, float], rest: tuple[str, float, str, float], label: str
) -> None:
    reader = Reader(no_the_price=whole, the_price=rest)
    assert reader.understand("no the price", Context(previous="faq/length")).label == label


def test_in_the_contact_form_nothing_is_a_correction_of_a_topic() -> None:
    reader = Reader(i_meant_the_price=NO, the_price=SURE)
    assert reader.understand("i meant the price", Context(expects="contact_name")).label == "deny"
