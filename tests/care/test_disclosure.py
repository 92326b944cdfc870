"""When the guide says that it is no person, and with which words."""

from datetime import timedelta
from typing import Any

import pytest

from care import disclosure, wording
from care.db import now
from care.settings import Settings
from care.transcript import Said, Waiting

DATA: dict[str, Any] = wording.load_yaml(wording.DATA / "conversation" / "disclosure.yml")
EXAMPLES = [(words, row["answer"]) for row in DATA["asked"] for words in row["examples"]]


def waiting(text: str, button: str | None = None, quiet: timedelta = timedelta()) -> Waiting:
    said = Said(3, "visitor", text, now(), "received", button=button)
    return Waiting(said, "web", None, None, None, quiet)


@pytest.mark.parametrize(("words", "answer"), EXAMPLES)
def test_who_asks_whether_it_is_a_person_is_told(words: str, answer: str) -> None:
    for written in (words, words.upper(), f"{words}?", f"ok, {words} lol?"):
        assert disclosure.asked(written) == f"utter_not_a_person/{answer}", written


@pytest.mark.parametrize("words", DATA["not_asked"])
def test_what_only_sounds_like_it_is_not_taken_for_it(words: str) -> None:
    assert disclosure.asked(words) is None


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("are you real", "No, I'm not a person."),
        ("is this chatgpt", "No,"),
        ("am i talking to a robot", "Yes,"),
    ],
)
def test_a_yes_or_no_question_gets_a_yes_or_no_first(words: str, first: str) -> None:
    name = disclosure.asked(words)
    assert name
    assert wording.text(name).text.startswith(first)


@pytest.mark.parametrize("name", ["person", "machine", "either", "other_bot"])
def test_every_such_answer_says_not_a_person_in_one_line(name: str) -> None:
    text = wording.text(f"utter_not_a_person/{name}").text
    assert "not a person" in text
    assert "\n" not in text


def test_it_is_heard_beside_another_question() -> None:
    both = waiting("are you a real person and how much does it cost?")
    assert disclosure.asked(both.said.text) == "utter_not_a_person/person"
    assert not disclosure.is_all_they_ask(both)
    assert disclosure.is_all_they_ask(waiting("wait, are you a bot? am i talking to a robot?"))


def test_a_button_asks_nothing() -> None:
    pressed = waiting("are you real", button="/faq/about_guide")
    assert not disclosure.is_all_they_ask(pressed)


@pytest.mark.parametrize(
    ("quiet", "name"),
    [
        (timedelta(hours=23), None),
        (timedelta(hours=25), disclosure.SHORT),
        (timedelta(days=6), disclosure.SHORT),
        (timedelta(days=7), disclosure.LONG),
    ],
)
def test_who_comes_back_after_a_while_is_reminded(
    settings: Settings, quiet: timedelta, name: str | None
) -> None:
    assert disclosure.line(settings, waiting("how much is it", quiet=quiet)) == name


def test_the_periods_are_settings(settings: Settings) -> None:
    soon = settings.model_copy(update={"short_reminder_hours": 1, "reminder_days": 2})
    assert disclosure.due(soon, timedelta(hours=2)) == disclosure.SHORT
    assert disclosure.due(soon, timedelta(days=2)) == disclosure.LONG


def test_who_asks_after_a_long_gap_gets_the_answer_only(settings: Settings) -> None:
    asked = disclosure.line(settings, waiting("are you a robot", quiet=timedelta(days=30)))
    assert asked == "utter_not_a_person/machine"


def test_every_reminder_is_one_line_that_says_not_a_person() -> None:
    for name in (disclosure.SHORT, disclosure.LONG, disclosure.AFTER_PERSON):
        for channel in ("web", "sms"):
            text = wording.text(name, channel).text
            assert "automated guide" in text
            assert "not a person" in text
            assert "\n" not in text
