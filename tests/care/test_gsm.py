"""The length of text messages, what they cost, and how long ones are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import gsm

EXTENSION = "^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "alphabet", "length", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" + "€" * 152, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # "€" is never parted
        ("é" * 160, "GSM-7", 160, 1),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("😀" * 67, "UCS-2", 134, 3),  # 33 in a segment: a pair is never parted
        ("^" + "á" * 69, "UCS-2", 70, 1),
    ],
)
def test_what_a_text_counts(text: str, alphabet: str, length: int, segments: int) -> None:
    assert gsm.size(text) == gsm.Size(alphabet, length, segments)


def test_each_character_of_the_extension_counts_twice() -> None:
    assert [gsm.length(character) for character in EXTENSION] == [2] * len(EXTENSION)


def test_smart_signs_are_folded_and_cost_no_other_alphabet() -> None:
    folded = gsm.fold("\u201cDon\u2019t\u201d \u2013 wait\u2026\u00a0now\u200b")
    assert folded == '"Don\'t" - wait... now'
    assert gsm.size(folded).alphabet == "GSM-7"


def test_a_long_text_is_cut_between_sentences() -> None:
    text = 'First one. He said "go now." Third, much longer than others. End'
    assert gsm.split(text, 30) == [
        'First one. He said "go now."',
        "Third, much longer than",
        "others. End",
    ]


def test_lines_stay_lines() -> None:
    assert gsm.split("One\nTwo\n\nThree", 100) == ["One\nTwo\nThree"]


@given(st.text(max_size=900), st.integers(min_value=4, max_value=320))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    pieces = gsm.split(text, limit)
    assert all(gsm.length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
