import pytest

from care import young
from care.wording import DATA, load_yaml

WORDS = load_yaml(DATA / "crisis" / "young.yml")


@pytest.mark.parametrize("text", WORDS["examples"])
def test_a_child_of_a_drinking_parent_is_heard(text: str) -> None:
    assert young.tells_of_home(text)
    assert young.is_child([text])


@pytest.mark.parametrize("text", WORDS["never"])
def test_grown_ups_and_other_matters_are_not_taken_for_it(text: str) -> None:
    assert not (young.tells_of_home(text) and young.is_child([text]))


def test_an_age_told_before_counts() -> None:
    assert young.is_child(["hi im 13", "my dad is drunk"])
    assert not young.is_child(["my dad is drunk"])
