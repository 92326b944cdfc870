from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.misspell import NEAR, misspelled

TEXT = "i don't know what to do, because my husband drinks before work. are people getting help?"


def test_many_are_left_as_they_were_written_and_the_others_differ() -> None:
    random = Random(7)
    written = [misspelled(TEXT, random) for _ in range(400)]
    assert 0.4 < written.count(TEXT) / len(written) < 0.75
    assert len(set(written)) > 100


def test_the_same_chance_gives_the_same_message() -> None:
    assert [misspelled(TEXT, Random(n)) for n in range(20)] == [
        misspelled(TEXT, Random(n)) for n in range(20)
    ]


@given(st.text(max_size=200), st.integers())
def test_any_text_can_be_misspelled(text: str, seed: int) -> None:
    assert isinstance(misspelled(text, Random(seed)), str)


@pytest.mark.parametrize("letter", sorted(NEAR))
def test_a_key_is_not_its_own_neighbour(letter: str) -> None:
    assert letter not in NEAR[letter]
