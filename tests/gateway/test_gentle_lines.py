"""What may hint at danger is answered as usual, with one gentle line; a loss is met with words."""

from typing import Any

from care import gentle, wording
from tests.gateway.conftest import Gateway

LINE = wording.text(gentle.UNCLEAR).text
LOSS_LINE = wording.text(gentle.LOSS_LINE).text
LOSS = "my cousin died of an overdose last winter"
UNSURE: dict[str, Any] = {"text": "Which?", "response": "utter_unsure", "metadata": {}}
FORM = {"text": "Name?", "response": "x", "metadata": {"expects": "contact_name"}}


def answers(gateway: Gateway, *words: str) -> list[str]:
    visitor = gateway.visitor()
    for number, text in enumerate(words, start=1):
        visitor.send(text)
        visitor.wait_for_answers(number)
    return [answer["text"] for answer in visitor.wait_for_answers(len(words))]


def test_the_classifiers_doubt_adds_one_line_after_the_answer(gateway: Gateway) -> None:
    gateway.assistant.unclear = True
    first, second = answers(gateway, "words", "words")
    assert first.startswith("You said")
    assert first.endswith(f"\n\n{LINE}")
    assert LINE not in second


def test_despair_in_the_words_does_so_too(gateway: Gateway) -> None:
    first, second = answers(gateway, "i can't do this job anymore", "what does it cost")
    assert first.endswith(LINE)
    assert LINE not in second


def test_a_feeling_is_met_before_the_answer_and_the_line_comes_after(gateway: Gateway) -> None:
    story = "i feel hopeless, my son took my car again and i cried at work, what does it cost"
    (answer,) = answers(gateway, story)
    assert "You said" in answer
    assert not answer.startswith("You said")
    assert answer.endswith(LINE)


def test_in_danger_and_in_the_form_there_is_none(gateway: Gateway) -> None:
    gateway.assistant.unclear = True
    gateway.assistant.replies = [FORM]
    for text in answers(gateway, "i want to kill myself", "how long is a program"):
        assert LINE not in text
    first, second = answers(gateway, "i want a call", "hopeless")
    assert first.endswith(LINE)
    assert second == "Name?"


def test_a_button_pressed_gets_none(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("words")
    visitor.wait_for_answers(1)
    gateway.assistant.unclear = True
    visitor.send("Talk to a person", button="/request_human")
    assert LINE not in visitor.wait_for_answers(2)[1]["text"]


def test_a_loss_is_met_in_place_of_did_you_mean(gateway: Gateway) -> None:
    gateway.assistant.label, gateway.assistant.replies = "unsure", [UNSURE]
    (answer,) = answers(gateway, LOSS)
    assert answer == wording.text(gentle.LOSS).text


def test_beside_a_question_a_loss_is_met_first(gateway: Gateway) -> None:
    (answer,) = answers(gateway, f"{LOSS}, what does it cost")
    assert answer.startswith(f"{LOSS_LINE}\n\nYou said")


def test_a_loss_long_past_is_no_alarm_and_a_fresh_one_may_be(gateway: Gateway) -> None:
    gateway.assistant.label = "crisis/suicide"
    (past,) = answers(gateway, "my uncle killed himself in 2009")
    (fresh,) = answers(gateway, "my uncle killed himself")
    assert past == wording.text(gentle.LOSS).text
    assert "Are you safe right now?" in fresh
