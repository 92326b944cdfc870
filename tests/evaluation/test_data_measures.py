"""What the report on data/ counts."""

import pytest

from evaluation.data_measures import BANDS, band, keyword, measured, thin
from tools.content import Example

KNOWN = frozenset({"how", "much", "is", "it", "the", "can", "t", "cost", "wait"})


def examples(*texts: str, label: str = "faq/iop_cost") -> list[Example]:
    return [Example("a.yml", label, text) for text in texts]


@pytest.mark.parametrize(
    ("length", "name"),
    [(1, "1-5"), (5, "1-5"), (6, "6-11"), (11, "6-11"), (12, "12-22"), (22, "12-22"), (23, "23+")],
)
def test_a_length_falls_into_its_band(length: int, name: str) -> None:
    assert band("word " * length) == name


def test_the_keywords_are_the_words_of_the_labels_name_in_any_form() -> None:
    assert keyword("faq/iop_cost").search("What are the Costs")
    assert keyword("faq/signs_of_addiction").search("one sign")
    assert not keyword("faq/signs_of_addiction").search("one of them, for sure")
    assert not keyword("faq/iop_cost").search("how much is it")


def test_follow_ups_lengths_and_shares_are_counted_by_label() -> None:
    rows = examples("how much is it", "How much", "cost")
    rows.append(Example("a.yml", "faq/iop_cost", "and for it?", "faq/detox"))
    (found,) = measured(rows, KNOWN)
    assert (found.examples, found.follow_ups) == (4, 1)
    assert dict(zip((name for _, name in BANDS), found.bands, strict=True))["1-5"] == 4
    assert (found.without_keyword, found.lower_case) == (0.75, 0.75)


def test_a_word_is_odd_if_nothing_else_has_it() -> None:
    rows = examples("how mcuh", "can't wait", "iop cost", "iop", "the the")
    (found,) = measured(rows, KNOWN)
    assert found.odd_words == pytest.approx(1 / 5)


def test_labels_and_bands_with_few_examples_are_thin() -> None:
    few = measured(examples("how much", label="greet"), KNOWN)
    lines = thin(few)
    assert lines[0] == "greet: 1 examples"
    assert lines[1].startswith("greet: only 1 of 1-5 words, 0 of 6-11 words")
    texts = [" ".join(["word"] * length) for length in (2, 7, 14, 25) for _ in range(40)]
    assert thin(measured(examples(*texts), KNOWN)) == []
