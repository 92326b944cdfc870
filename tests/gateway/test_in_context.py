"""What a message means by what was said before it, and words for those whom advice would miss."""

from typing import Any

import pytest

from care import gentle, wording, young
from tests.gateway.conftest import Gateway
from tests.gateway.test_crisis_turns import crisis_of

UNSURE: dict[str, Any] = {"text": "Which?", "response": "utter_unsure", "metadata": {}}


def text(name: str) -> str:
    return wording.text(name).text


def said(gateway: Gateway, *words: str) -> list[str]:
    visitor = gateway.visitor()
    for number, line in enumerate(words, start=1):
        visitor.send(line)
        visitor.wait_for_answers(number)
    return [answer["text"] for answer in visitor.wait_for_answers(len(words))]


def beginning(name: str) -> str:
    """Of a text, up to what the operator's settings fill in."""
    return text(name).split("$")[0]


def test_withdrawal_told_piece_by_piece_is_seen_and_staff_hear_of_it(gateway: Gateway) -> None:
    first, second = said(gateway, "i quit drinking 2 days ago", "now my fingers wont stop")
    assert first.startswith("You said")
    assert second.startswith(beginning("utter_crisis/withdrawal"))
    assert crisis_of(gateway.core) == {"withdrawal"}


def test_one_conversations_pieces_are_no_others(gateway: Gateway) -> None:
    said(gateway, "i quit drinking 2 days ago")
    (alone,) = said(gateway, "sweating through my shirt")
    assert alone.startswith("You said")


def test_violence_against_who_told_a_childs_age_is_a_childs_danger(gateway: Gateway) -> None:
    answers = said(gateway, "hi im 13", "my dad is hitting me right now")
    assert answers[1].startswith(beginning("utter_crisis/child"))


def test_after_a_denial_the_assistant_is_asked_for_certainty(gateway: Gateway) -> None:
    said(gateway, "i want to kill myself", "im fine, just tired", "what does it cost")
    assert gateway.assistant.asked[-1]["doubted"] is True
    assert crisis_of(gateway.core) == {"suicide"}


def test_without_a_denial_it_is_not(gateway: Gateway) -> None:
    said(gateway, "i want to kill myself", "what does it cost")
    assert gateway.assistant.asked[-1]["doubted"] is False


def test_after_a_denial_a_hint_gets_the_gentle_line_and_the_screen_all_its_words(
    gateway: Gateway,
) -> None:
    gateway.assistant.unclear = True
    answers = said(
        gateway, "i want to kill myself", "jk", "what does it cost", "i want to kill myself"
    )
    assert answers[2].endswith(text(gentle.UNCLEAR))
    assert answers[3].startswith(beginning("utter_crisis_again/suicide"))


@pytest.mark.parametrize("words", ["the heart i think", "not so sure"])
def test_a_few_words_stay_with_the_danger_at_hand(gateway: Gateway, words: str) -> None:
    gateway.assistant.label = "crisis/suicide"
    answers = said(gateway, "i have bad chest pain and my arm is numb", words)
    assert answers[1].startswith(beginning("utter_crisis_again/medical"))
    assert crisis_of(gateway.core) == {"medical"}


def test_who_asks_to_mix_what_slows_the_breathing_is_warned_once(gateway: Gateway) -> None:
    first, second = said(gateway, "can you drink on suboxone", "can you drink on methadone")
    assert first.startswith(text(gentle.MIXING))
    assert "You said" in first
    assert gentle.MIXING not in second
    assert second.startswith("You said")


def test_the_warning_comes_in_place_of_no_answer(gateway: Gateway) -> None:
    gateway.assistant.label, gateway.assistant.replies = "unsure", [UNSURE]
    assert said(gateway, "wine with xanax, is that ok") == [text(gentle.MIXING)]


def test_a_child_of_a_drinking_parent_gets_words_for_a_child(gateway: Gateway) -> None:
    gateway.assistant.label = "faq/help_for_loved_one"
    answers = said(
        gateway, "my mom drinks every night and im 14", "she is my only parent and drunk"
    )
    assert answers == [text(young.HOME), text(young.MORE)]


def test_a_grown_up_child_gets_the_answer(gateway: Gateway) -> None:
    gateway.assistant.label = "faq/help_for_loved_one"
    (answer,) = said(gateway, "my mom drinks every night")
    assert answer.startswith("You said")


def test_in_danger_a_childs_danger_stays(gateway: Gateway) -> None:
    answers = said(gateway, "im 12 and my stepdad hits me", "my mom is drunk too")
    assert answers[0].startswith(beginning("utter_crisis/child"))
    assert not answers[1].startswith(text(young.HOME))
