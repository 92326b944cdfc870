"""Who answers in a conversation, and what the words for going back to the guide are."""

from typing import Any

import pytest

from care import wording
from care.ownership import CLOSED, GUIDE, STAFF, WAITING, asks_for_guide

DATA: dict[str, Any] = wording.load_yaml(wording.DATA / "conversation" / "live_chat.yml")
BACK = [example for row in DATA["back"] for example in row["examples"]]
NO_MORE_WAITING = [example for row in DATA["no_more_waiting"] for example in row["examples"]]


@pytest.mark.parametrize("text", BACK)
def test_whoever_asks_for_the_guide_gets_it(text: str) -> None:
    assert asks_for_guide(STAFF, text, None)
    assert asks_for_guide(WAITING, text, None)


@pytest.mark.parametrize("text", NO_MORE_WAITING)
def test_a_wish_is_taken_back_only_while_nobody_has_joined(text: str) -> None:
    assert asks_for_guide(WAITING, text, None)
    assert not asks_for_guide(STAFF, text, None)


@pytest.mark.parametrize("text", [*DATA["not_back"], "", "?", "back", "x" * 6000])
def test_what_is_said_to_the_person_stays_with_the_person(text: str) -> None:
    assert not asks_for_guide(STAFF, text, None)
    assert not asks_for_guide(WAITING, text, None)


@pytest.mark.parametrize("owner", [GUIDE, CLOSED])
def test_without_a_person_nobody_goes_back(owner: str) -> None:
    assert not asks_for_guide(owner, BACK[0], "/back_to_guide")


def test_the_button_does_what_the_words_do() -> None:
    assert asks_for_guide(STAFF, "anything", "/back_to_guide")
