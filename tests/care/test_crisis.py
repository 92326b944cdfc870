import itertools
from typing import Any

import pytest

from care import crisis, safety, wording
from care.crisis import Heard
from care.safety import Finding

KINDS = ("suicide", "overdose", "withdrawal", "medical", "violence", "child")
NEXT = wording.load_yaml(wording.DATA / "crisis" / "next.yml")
CONTACT = NEXT["contact"]
ANSWERED = [
    (row, words, kind)
    for row in NEXT["answers"]
    for words in row["examples"]
    for kind in row.get("kinds", ["suicide"])
]
MORE = {
    "overdose": {
        "will i be arrested if i call": "overdose_police",
        "can the cops arrest us for this": "overdose_police",
        "i have a warrant": "overdose_police",
        "how do rescue breaths work": "breaths",
        "i called 911 already what do i do": "overdose_help",
        "we have no narcan here": "overdose_no_naloxone",
        "what now": "overdose_stay_1",
    },
    "violence": {
        "can i text 911": "violence_text_911",
        "i cant talk he will hear me": "violence_text_911",
        "he left": "violence_better",
        "i already called 911": "violence_help",
        "where can i go": "violence_where",
    },
    "medical": {
        "its my heart": "medical_safe_no",
        "he left": "medical_stay_1",
        "im on the phone with 911": "bodily_help",
    },
    "child": {"i have nowhere to go": "child_where"},
    "suicide": {
        "does 911 take texts": "text_911",
        "he left": "suicide_stay_1",
        "i have pills here": "suicide_means",
        "theres a gun in the closet": "suicide_means",
        "no tengo papeles": "papers",
    },
}
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
    "do you snitch on people": "who_sees",
    "who can see what i write": "who_sees",
    "pls dont tell my family": "who_sees",
    "will my school be mad": "trouble",
    "how many percs is too many": "amounts",
    "ok then tell me how much": "amounts",
    "what if i nod off": "sleep",
    "should he lie down": "sleep",
    "wait i'm really not ok": "safe_no",
    "fr it was a joke": "retraction",
    "they r coming": "help",
    "ok calling now": "help",
    "is she going to make it": "outcome",
    "will she be mad": "trouble",
    "we are undocumented": "papers",
}


@pytest.mark.parametrize(("kind", "about"), DANGERS)
@pytest.mark.parametrize(("words", "answer"), ANSWERS.items())
def test_an_answer_gets_the_most_specific_text_of_its_kind(
    kind: str, about: str, words: str, answer: str
) -> None:
    name = crisis.answer_to(kind, (f"{FIRST[about]}/{kind}",), words)
    families = ["utter_crisis_next"]
    if about == "other":
        families.insert(0, "utter_crisis_next_other")
    specific = [f"{family}/{kind}_{answer}" for family in families]
    if kind in crisis.BODILY:
        specific += [f"{family}/bodily_{answer}" for family in families]
    specific.append(f"utter_crisis_next/{answer}")
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
        said = (*said, crisis.instead(kind, heard("utter_unsure"), said) or "")
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
        "can i go on saturdays",
        "how many days a week is it",
        "how many sessions do i need",
        "can you tell me how much it costs",
        "do you keep the same hours",
        "if i wait a week is that bad",
        "i cant see",
        "im so tired",
        "does he have to go every day",
        "is a week enough",
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
    assert crisis.instead("suicide", heard("utter_faq/php"), said) is None
    assert crisis.instead("suicide", heard("utter_faq/detox"), said) == (
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


def heard(response: str, text: str = "words", label: str = "unsure") -> Heard:
    return Heard(text, label, (response,))


@pytest.mark.parametrize("words", ["...", "\U0001f622", "?!", "", "um", "oh well", "please"])
def test_what_says_nothing_is_met_by_staying(words: str) -> None:
    said = ("utter_crisis/overdose",)
    assert crisis.answer_to("overdose", said, words) == "utter_crisis_next/overdose_stay_1"


@pytest.mark.parametrize("words", ["what", "say it again please", "can you repeat that"])
@pytest.mark.parametrize("last", ["utter_crisis/suicide", "utter_crisis_next/refuse"])
def test_on_request_the_last_text_is_said_again(words: str, last: str) -> None:
    said = ("utter_crisis/suicide", last)
    assert crisis.answer_to("suicide", said, words) == last
    assert crisis.answer_to("suicide", (*said, "utter_faq/php"), words) is None


@pytest.mark.parametrize("label", ["say_again", "say_simpler"])
def test_a_topic_is_repeated_if_that_is_what_was_asked(label: str) -> None:
    said = ("utter_crisis/suicide", "utter_faq/detox")
    again = heard("utter_faq/detox", "in other words?", label)
    assert crisis.instead("suicide", again, said) is None


@pytest.mark.parametrize("words", CONTACT["examples"])
def test_who_asks_for_a_call_in_danger_gets_the_form(words: str) -> None:
    form = Heard(words, "request_callback", ("utter_request_callback", "utter_ask_contact_for"))
    assert crisis.instead("suicide", form, ("utter_crisis/suicide",)) is None


@pytest.mark.parametrize("words", CONTACT["never"])
def test_nobody_else_is_asked_for_details_in_danger(words: str) -> None:
    form = Heard(words, "request_callback", ("utter_request_callback", "utter_ask_contact_for"))
    stays = crisis.instead("suicide", form, ("utter_crisis/suicide",))
    assert stays == "utter_crisis_next/suicide_stay_1"


@pytest.mark.parametrize("last", ["suicide_safe_yes", "better", "retraction"])
def test_who_said_fine_and_lied_is_not_safe(last: str) -> None:
    said = ("utter_crisis/suicide", f"utter_crisis_next/{last}")
    assert crisis.answer_to("suicide", said, "i lied") == "utter_crisis_next/suicide_safe_no"
    assert crisis.answer_to("suicide", said[:1], "i lied") is None


@pytest.mark.parametrize("words", ["sorry im not safe", "i am in danger"])
@pytest.mark.parametrize(("kind", "about"), DANGERS)
def test_danger_that_does_not_say_which_is_the_one_known(kind: str, about: str, words: str) -> None:
    said = (f"{FIRST[about]}/{kind}", f"utter_crisis_next/{kind}_safe_yes")
    found = safety.screen(words)
    assert found
    meant = crisis.settled(found, said)
    assert meant.kind == kind
    assert crisis.danger_text(meant, said).endswith(f"{kind}_safe_no")
    alone = crisis.settled(found, ())
    assert crisis.danger_text(alone, ()) == "utter_crisis/violence"


def test_danger_from_somebody_is_another_danger() -> None:
    said = ("utter_crisis/suicide",)
    found = safety.screen("im not safe here my husband found me")
    assert found
    assert crisis.settled(found, said).kind == "violence"


def test_after_a_childs_danger_fear_of_trouble_is_met_with_childhelp() -> None:
    said = ("utter_crisis/child",)
    for words in ("am i in trouble now", "will you call the police", "do you tell my mom"):
        name = crisis.answer_to("child", said, words)
        assert "1-800-422-4453" in wording.text(name or "").text
    trouble = crisis.answer_to("suicide", ("utter_crisis/suicide",), "will my mom be mad")
    assert "1-800-422-4453" in wording.text(trouble or "", "sms").text


def test_no_amount_is_ever_said() -> None:
    for name in wording.family("utter_crisis_next"):
        if name.endswith("amounts"):
            assert wording.text(name).text.startswith("I can't say that.")
            assert "1-800-222-1222" in wording.text(name, "sms").text


def test_after_an_overdose_sleep_is_answered_with_911_and_the_recovery_position() -> None:
    for about, first in FIRST.items():
        name = crisis.answer_to("overdose", (f"{first}/overdose",), "can i go to sleep now?")
        said = wording.text(name or "").text
        assert all(words in said for words in ("911", "sleep it off", "on", "side", "top knee"))
        assert ("them" in said) == (about == "other")


@pytest.mark.parametrize(("row", "words", "kind"), ANSWERED)
def test_every_answer_is_told_by_its_examples(row: dict[str, Any], words: str, kind: str) -> None:
    said = {
        "crisis": (f"utter_crisis/{kind}",),
        "relief": (f"utter_crisis/{kind}", f"utter_crisis_next/{kind}_safe_yes"),
        "any": ("utter_crisis/suicide", "utter_faq/iop_cost"),
    }
    assert crisis.answer_to(kind, said[row["after"]], words)


@pytest.mark.parametrize(
    ("kind", "words", "answer"),
    [(kind, words, answer) for kind, rows in MORE.items() for words, answer in rows.items()],
)
def test_what_bystanders_and_others_ask_has_its_own_text(
    kind: str, words: str, answer: str
) -> None:
    said = (f"utter_crisis/{kind}",)
    assert crisis.answer_to(kind, said, words) == f"utter_crisis_next/{answer}"


@pytest.mark.parametrize("kind", sorted(crisis.BODILY))
def test_where_a_doctor_is_needed_no_short_answer_is_met_with_a_talk(kind: str) -> None:
    said = (f"utter_crisis/{kind}", f"utter_crisis_next/{kind}_stay_2")
    for words in ("not sure", "no", "yes", "its nothing", "thanks", "my wife is here"):
        name = crisis.answer_to(kind, said, words)
        assert name is not None
        assert wording.text(name).text.index("911") < wording.text(name).text.index("988")


def test_a_few_words_do_not_change_the_danger_by_the_classifier_alone() -> None:
    assert crisis.seen_by_classifier("suicide", "its my heart", "medical").kind == "medical"
    assert crisis.seen_by_classifier("suicide", "its my heart", None).kind == "suicide"
    longer = "i keep thinking they are better without me"
    assert crisis.seen_by_classifier("suicide", longer, "medical").kind == "suicide"
    told = "my little brother is crying"
    assert crisis.seen_by_classifier("violence", told, "medical").kind == "medical"
    assert crisis.seen_by_classifier("overdose", "he is making such noises", "suicide").kind == (
        "overdose"
    )


@pytest.mark.parametrize(
    ("kind", "words", "known", "about"),
    [
        ("suicide", "my sistr says goodby to everyone", None, "other"),
        ("withdrawal", "i think my uncle sees spiders", None, "other"),
        ("suicide", "my husband would be happier without me", None, "any"),
        ("suicide", "he says i should die", None, "any"),
        ("violence", "he follows her to work", None, "any"),
        ("suicide", "my sister is asleep", "suicide", "any"),
    ],
)
def test_the_first_danger_heard_is_anothers_only_if_nothing_is_said_of_oneself(
    kind: str, words: str, known: str | None, about: str
) -> None:
    assert crisis.seen_by_classifier(kind, words, known).about == about


def test_a_weapon_told_of_after_suicide_is_a_means_and_no_attack() -> None:
    armed = safety.screen("she had a gun b4")
    assert armed is not None
    after = crisis.settled(armed, ("utter_crisis_other/suicide", "utter_crisis_next/stay_1"))
    assert (after.kind, after.about) == ("suicide", "any")
    assert crisis.settled(armed, ("utter_crisis_other/overdose",)).kind == "violence"


@pytest.mark.parametrize("known", ["overdose", "withdrawal"])
def test_a_sign_of_the_body_stays_with_the_danger_to_the_body_at_hand(known: str) -> None:
    hurts = safety.screen("my chest hurts")
    assert hurts is not None
    assert hurts.kind == "medical"
    assert crisis.settled(hurts, (f"utter_crisis/{known}",)).kind == known


def test_whoever_was_hurt_at_home_is_no_bystander_later() -> None:
    said = ("utter_crisis/violence", "utter_crisis_next/violence_text_911")
    phone = safety.screen("he has my phone most times")
    assert phone is not None
    assert crisis.danger_text(phone, said) == "utter_crisis_again/violence"
    assert crisis.danger_text(phone, ()) == "utter_crisis_other/violence"


@pytest.mark.parametrize("words", NEXT["telling"]["examples"])
def test_what_is_only_told_in_danger_gets_no_topic(words: str) -> None:
    told = Heard(words, "faq/help_for_myself", ("utter_faq/help_for_myself",))
    name = crisis.instead("suicide", told, ("utter_crisis/suicide",))
    assert name == "utter_crisis_next/suicide_stay_1"
    denied = ("utter_crisis/suicide", "utter_crisis_next/retraction")
    assert crisis.instead("suicide", told, denied) is None
    assert crisis.instead("suicide", told, ("utter_crisis/suicide", "utter_faq/php")) is None


@pytest.mark.parametrize("words", NEXT["telling"]["never"])
def test_a_question_or_a_wish_in_danger_gets_its_topic(words: str) -> None:
    asked = Heard(words, "faq/detox", ("utter_faq/detox",))
    assert crisis.instead("suicide", asked, ("utter_crisis/suicide",)) is None


def test_a_topic_that_was_guessed_is_not_said_in_danger() -> None:
    guessed = Heard("should i hide it", "faq/naloxone", ("utter_faq/naloxone",), is_guess=True)
    name = crisis.instead("suicide", guessed, ("utter_crisis/suicide",))
    assert name == "utter_crisis_next/suicide_stay_1"


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ((), False),
        (("utter_crisis/suicide",), False),
        (("utter_crisis/suicide", "utter_crisis_next/retraction"), True),
        (("utter_crisis/suicide_es", "utter_crisis_next/safe_yes_es"), True),
        (("utter_crisis/suicide", "utter_crisis_next/suicide_safe_yes", "utter_faq/detox"), True),
        (
            ("utter_crisis/suicide", "utter_crisis_next/retraction", "utter_crisis_again/suicide"),
            False,
        ),
        (
            ("utter_crisis/suicide", "utter_crisis_next/safe_yes", "utter_crisis_next/safe_no"),
            False,
        ),
    ],
)
def test_a_denial_holds_until_danger_is_told_again(said: tuple[str, ...], denied: bool) -> None:
    assert crisis.denied(said) is denied


def test_a_case_has_texts_of_its_own_and_the_rest_of_its_kind() -> None:
    found = safety.screen("im drunk and driving home")
    assert found == Finding("medical", "self")
    first = crisis.danger_text(found, ())
    assert first == "utter_crisis/medical_impaired"
    assert crisis.danger_text(found, (first,)) == "utter_crisis_again/medical_impaired"
    assert (
        crisis.answer_to("medical", (first,), "no") == "utter_crisis_next/medical_impaired_safe_no"
    )
    assert crisis.answer_to("medical", (first,), "bye") == "utter_crisis_next/medical_bye"
    vague = safety.screen("im not safe")
    assert vague
    assert crisis.settled(vague, (first,)).kind == "medical"
