from typing import Any

import pytest

from care.contact_answers import Turn
from care.contact_form import Step, is_minor, missing, step
from care.contact_told import told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "im Sam [phone-1] after 5",
            {"contact_reach": "[phone-1]", "contact_time": "after 5", "contact_name": "Sam"},
        ),
        (
            "my name is denise, evenings are best, [phone-1]",
            {"contact_reach": "[phone-1]", "contact_time": "evenings", "contact_name": "denise"},
        ),
        ("heres my cell [phone-1]", {"contact_reach": "[phone-1]"}),
        ("im desperate please call me at [phone-1]", {"contact_reach": "[phone-1]"}),
        (
            "call my mom at [phone-1], no voicemail",
            {"contact_reach": "[phone-1]", "contact_for": "other", "contact_voicemail": False},
        ),
        ("please have someone call me", {}),
        ("have someone call me later", {}),
        ("voicemail is fine, text me", {}),
    ],
)
def test_a_sentence_fills_all_that_it_holds(text: str, found: dict[str, Any]) -> None:
    assert told(text, {}) == found


@pytest.mark.parametrize("asked", ["contact_for", "contact_name", "contact_time"])
def test_a_number_at_another_step_is_taken_and_the_step_is_asked_again(asked: str) -> None:
    found = step({}, Turn("[phone-1]", "inform", asked))
    assert found == Step(
        values={"contact_reach": "[phone-1]", "contact_tries": 0}, say=("utter_contact_noted",)
    )
    assert missing({**found.values, "contact_for": "self"}) == "contact_name"


def test_a_name_with_its_number_and_time_is_taken_without_more_words() -> None:
    found = step({}, Turn("Sam Lee [phone-1] weekdays after 5", "inform", "contact_name"))
    assert found is not None
    assert found.say == ()
    assert found.values["contact_name"] == "Sam Lee"
    assert found.values["contact_time"] == "weekdays after 5"


def test_a_number_while_choosing_what_to_change_changes_the_number() -> None:
    values = {"contact_reach": "[phone-1]", "contact_change": "asked"}
    found = step(values, Turn("use [phone-2]", "inform", "contact_change"))
    assert found is not None
    assert found.values["contact_reach"] == "[phone-2]"
    assert found.values["contact_consent"] is None
    assert found.say == ("utter_contact_changed",)


def test_the_message_that_starts_the_form_is_heard() -> None:
    found = step({}, Turn("call me at [phone-1] after 5", "request_callback", None))
    assert found == Step(values={"contact_reach": "[phone-1]", "contact_time": "after 5"})


def test_words_that_are_no_time_are_kept_when_said_twice() -> None:
    again = Turn("when the cows are in", "inform", "contact_time")
    found = step({"contact_tries": 1}, again)
    assert found is not None
    assert found.values["contact_time"] == "when the cows are in"


@pytest.mark.parametrize(
    "text",
    [
        "im 15",
        "I\u2019m sixteen",
        "i am under 18",
        "i'm in high school",
        "im in 8th grade",
        "i turn 16 in may",
        "im not 18 yet",
        "tengo 15 años",
        "im a minor",
        "16 yo",
        "i'm 17 years old",
        "im 15 and call me at [phone-1]",
    ],
)
@pytest.mark.parametrize("asked", [None, "contact_name", "contact_consent"])
def test_somebody_under_18_is_not_asked_for_details(text: str, asked: str | None) -> None:
    assert step({}, Turn(text, "inform", asked)) == Step(say=("utter_contact_minor",), ends=True)


@pytest.mark.parametrize(
    "text",
    [
        "my son is 15",
        "im 16 years sober",
        "im 15 minutes away",
        "im 5 months pregnant",
        "im ten years clean",
        "i am 5'4",
        "call me at 5",
        "im under 18% battery",
        "i am 9 to 5 at work",
    ],
)
def test_other_numbers_are_no_age(text: str) -> None:
    assert not is_minor([text])


def test_the_last_word_on_the_age_counts() -> None:
    assert is_minor(["call me", "im 15", "please"])
    assert not is_minor(["im 15", "typo, im 35"])
