import pytest

from care import piecemeal
from care.safety import Finding


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("i quit drinking two days ago", "my fingers wont stop"),
        ("i cut way down on vodka this week", "sweating through my shirt"),
        ("ran out of my klonopin on friday", "is it normal to feel this shaky"),
        ("havent had a beer since sunday", "i keep hearing voices in the hall"),
        ("trembling all over", "last drink was yesterday"),  # in the other order
        ("deje de tomar hace dos dias", "las manos me tiemblan"),
    ],
)
def test_what_was_stopped_and_a_later_sign_are_one_danger(before: str, text: str) -> None:
    found = piecemeal.told(text, ["hello", before, "thank you"])
    assert found == Finding("withdrawal", "self")


def test_it_is_about_the_one_who_stopped() -> None:
    found = piecemeal.told("hes so confused", ["my uncle stopped drinking on monday"])
    assert found == Finding("withdrawal", "other")


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("i quit drinking three years ago", "my hands are shaking"),
        ("i want to quit drinking", "my hands shake so bad"),
        ("i quit drinking on sunday", "no shakes so far"),
        ("i quit drinking on sunday", "what does iop cost"),
        ("i quit my job on sunday", "my hands are shaking"),
        ("i quit drinking on sunday", "i cant stop smiling"),
        ("i quit drinking on sunday", "my hands are shaking before my interview"),
    ],
)
def test_what_is_no_withdrawal_is_left_alone(before: str, text: str) -> None:
    assert piecemeal.told(text, [before]) is None


def test_without_the_other_piece_nothing_is_seen() -> None:
    assert piecemeal.told("my hands wont stop", []) is None
    assert piecemeal.told("my hands wont stop", ["my hands wont stop"]) is None


@pytest.mark.parametrize("text", ["", "👍", "how much is it", "a" * 6000, "_" * 500])
def test_a_message_that_is_no_piece_costs_no_look_back(text: str) -> None:
    assert not piecemeal.may_be_a_piece(text)
