import itertools

import pytest

from care import crisis, safety, wording
from care.safety import Finding

KINDS = ("suicide", "overdose", "withdrawal", "medical", "violence", "child")
FIRST = {"self": "utter_crisis", "other": "utter_crisis_other"}
DANGERS = list(itertools.product(KINDS, FIRST))
ANSWERS = {
    "yes": "safe_yes",
    "no, I'm not": "safe_no",
    "idk": "safe_unsure",
    "Sí": "safe_yes",
    "no": "safe_no",
    "No sé": "safe_unsure",
    "gracias": "thanks",
    "era broma": "retraction",
    "lol jk": "retraction",
    "i was kidding": "retraction",
    "nvm": "retraction",
    "no i'm fine": "retraction",
    "its getting better i think": "better",
    "no cops": "refuse",
    "i cant call": "refuse",
    "no thanks": "refuse",
    "I called 911": "help",
    "the ambulance is coming": "help",
    "do they call the police?": "police",
    "will they take my kids": "custody",
    "is it confidential": "private",
    "is it free": "cost",
    "are you real": "who",
    "im going to sleep": "bye",
    "they put me on hold": "no_answer",
}


@pytest.mark.parametrize(("kind", "about"), DANGERS)
@pytest.mark.parametrize(("words", "answer"), ANSWERS.items())
def test_an_answer_gets_the_most_specific_text_of_its_kind(
    kind: str, about: str, words: str, answer: str
) -> None:
    name = crisis.answer_to(kind, (f"{FIRST[about]}/{kind}",), words)
    specific = [f"utter_crisis_next/{kind}_{answer}", f"utter_crisis_next/{answer}"]
    if about == "other":
        specific.insert(0, f"utter_crisis_next_other/{kind}_{answer}")
    assert name == next(text for text in specific if wording.known(text))


@pytest.mark.parametrize(("kind", "about"), DANGERS)
def test_in_a_long_conversation_no_text_comes_twice_running(kind: str, about: str) -> None:
    said: tuple[str, ...] = (f"{FIRST[about]}/{kind}",)
    for words in ("ok", "ok", "thanks", "thanks", "no cops", "no cops", "no", "no", "no", "ok"):
        name = crisis.answer_to(kind, said, words)
        assert name is not None
        assert name != said[-1]
        said = (*said, name)


@pytest.mark.parametrize(("kind", "about"), DANGERS)
def test_three_texts_to_stay_take_turns(kind: str, about: str) -> None:
    said: tuple[str, ...] = (f"{FIRST[about]}/{kind}",)
    for _ in range(9):
        said = (*said, crisis.instead(kind, ["utter_unsure"], said) or "")
    turns = [said[start : start + 3] for start in (1, 4, 7)]
    assert len(set(turns[0])) == 3
    assert turns[0] == turns[1] == turns[2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_danger_again_gets_a_shorter_text(kind: str) -> None:
    said: tuple[str, ...] = ()
    for _ in range(4):
        said = (*said, crisis.danger_text(Finding(kind, "self"), said))
    full, shorter = f"utter_crisis/{kind}", f"utter_crisis_again/{kind}"
    assert said == (full, shorter, full, shorter)
    assert len(wording.text(shorter).text) < len(wording.text(full).text)


def test_another_danger_gets_its_own_first_text() -> None:
    said = ("utter_crisis/withdrawal", "utter_crisis_next/withdrawal_stay_1")
    assert crisis.danger_text(Finding("suicide", "any"), said) == "utter_crisis/suicide"


def test_a_danger_that_does_not_say_whose_stays_with_the_one_before() -> None:
    said = ("utter_crisis_other/overdose",)
    again = crisis.danger_text(Finding("overdose", "any"), said)
    assert again == "utter_crisis_again_other/overdose"
    assert crisis.danger_text(Finding("suicide", "any"), said) == "utter_crisis/suicide"


def test_yes_and_no_to_another_question_are_not_taken_for_safety() -> None:
    said = ("utter_crisis/suicide", "utter_crisis_next/suicide_stay_3")
    assert crisis.answer_to("suicide", said, "yes") == "utter_crisis_next/yes"
    assert crisis.answer_to("suicide", said, "no") == "utter_crisis_next/no"


def test_a_goodbye_asks_once_more_and_the_answer_is_heard() -> None:
    said = ("utter_crisis/suicide", "utter_crisis_next/suicide_bye")
    assert crisis.answer_to("suicide", said, "no") == "utter_crisis_next/suicide_safe_no"


@pytest.mark.parametrize(
    "words",
    [
        "how much does iop cost",
        "how much is it",
        "what is detox",
        "yes but he is yelling and i hear glass",
        "i was not kidding",
        "do they take medicaid",
        "thanks, and what does rehab cost",
        "he is not breathing",
        "no " * 500,
    ],
)
def test_other_words_are_left_to_the_dialogue(words: str) -> None:
    assert crisis.answer_to("suicide", ("utter_crisis/suicide",), words) is None


@pytest.mark.parametrize("words", ["yes", "no", "idk", "nvm", "is it free", "ok"])
def test_after_a_topic_a_short_answer_is_about_the_topic(words: str) -> None:
    said = ("utter_crisis/suicide", "utter_faq/iop_cost")
    assert crisis.answer_to("suicide", said, words) is None


def test_what_the_dialogue_would_repeat_is_not_said_again() -> None:
    said = ("utter_crisis/suicide", "utter_faq/detox")
    assert crisis.instead("suicide", ["utter_faq/php"], said) is None
    assert crisis.instead("suicide", ["utter_faq/detox"], said) == (
        "utter_crisis_next/suicide_stay_1"
    )


@pytest.mark.parametrize(
    ("kind", "number"), [("suicide", "tel:988"), ("overdose", "tel:911"), ("child", "tel:911")]
)
def test_the_first_number_is_that_of_the_danger(kind: str, number: str) -> None:
    assert crisis.call_buttons(kind, (f"utter_crisis/{kind}",))[0]["url"] == number


def test_no_answer_hides_a_danger() -> None:
    for words in (
        "jk i want to kill myself",
        "thanks, i want to die",
        "bye, im going to kill myself",
    ):
        assert safety.screen(words) is not None
