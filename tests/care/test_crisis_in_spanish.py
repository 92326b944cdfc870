"""In danger told in Spanish every turn is answered in Spanish, until somebody writes in English."""

import itertools

import pytest

from care import crisis, safety, wording
from care.crisis import Heard
from care.safety import Finding

KINDS = ("suicide", "overdose", "withdrawal", "medical", "violence", "child")
DANGERS = list(itertools.product(KINDS, ("", "_other")))
ANSWERS = {
    "Sí": "safe_yes",
    "sí, estoy a salvo": "safe_yes",
    "No": "safe_no",
    "no, no estoy a salvo": "safe_no",
    "No sé": "safe_unsure",
    "no sé qué hacer": "safe_unsure",
    "era broma": "retraction",
    "no es nada": "retraction",
    "gracias": "thanks",
    "¿es usted una persona?": "who",
    "no puedo llamar": "refuse",
    "ya llamé al 911": "help",
    "buenas noches": "bye",
    "¿qué debo hacer?": "stay_1",
    "no tengo papeles": "papers",
    "¿se va a morir?": "outcome",
    "ok": "stay_1",
}


def heard(text: str, label: str, response: str) -> Heard:
    return Heard(text, label, (response,))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("quiero morirme", "utter_crisis/suicide_es"),
        ("mi hijo dice que se quiere matar", "utter_crisis_other/suicide_es"),
        ("me tomé demasiadas pastillas", "utter_crisis/overdose_es"),
        ("¡No respira!", "utter_crisis_other/overdose_es"),
        ("mi papá dejó de beber y está convulsionando", "utter_crisis_other/withdrawal_es"),
        ("me duele mucho el pecho y no puedo respirar", "utter_crisis/medical_es"),
        ("mi esposo me pega cuando toma", "utter_crisis/violence_es"),
        ("mi padrastro me toca cuando está tomado", "utter_crisis/child_es"),
    ],
)
def test_a_danger_told_in_spanish_gets_its_text_in_spanish(text: str, name: str) -> None:
    found = safety.screen(text)
    assert found is not None
    assert crisis.danger_text(found, ()) == name


@pytest.mark.parametrize(("kind", "about"), DANGERS)
@pytest.mark.parametrize(("words", "answer"), ANSWERS.items())
def test_an_answer_gets_its_text_in_spanish(kind: str, about: str, words: str, answer: str) -> None:
    name = crisis.answer_to(kind, (f"utter_crisis{about}/{kind}_es",), words)
    families = ["utter_crisis_next_other"] if about else []
    families.append("utter_crisis_next")
    names = [f"{family}/{kind}_{answer}_es" for family in families]
    assert name == next(n for n in [*names, f"utter_crisis_next/{answer}_es"] if wording.known(n))


@pytest.mark.parametrize(("kind", "about"), DANGERS)
def test_the_same_danger_again_gets_the_shorter_text(kind: str, about: str) -> None:
    said: tuple[str, ...] = ()
    for _ in range(3):
        found = Finding(kind, "other" if about else "self", language="es")
        said = (*said, crisis.danger_text(found, said))
    full, shorter = f"utter_crisis{about}/{kind}_es", f"utter_crisis_again{about}/{kind}_es"
    assert said == (full, shorter, full)
    assert len(wording.text(shorter).text) < len(wording.text(full).text)


@pytest.mark.parametrize(("kind", "about"), DANGERS)
def test_no_text_comes_twice_running_and_all_are_spanish(kind: str, about: str) -> None:
    said: tuple[str, ...] = (f"utter_crisis{about}/{kind}_es",)
    for words in ("ok", "ok", "gracias", "gracias", "no", "no", "no", "no sé", "adiós", "sí", "ok"):
        said = (*said, crisis.answer_to(kind, said, words) or "")
    assert all(map(wording.is_spanish, said))
    assert all(one != other for one, other in itertools.pairwise(said))


def test_a_danger_of_no_language_stays_with_the_conversations() -> None:
    found = safety.screen("kms")
    assert found is not None
    assert crisis.danger_text(found, ("utter_crisis/overdose_es",)) == "utter_crisis/suicide_es"
    assert crisis.danger_text(found, ()) == "utter_crisis/suicide"


def test_who_goes_on_in_english_is_answered_in_english() -> None:
    said = ("utter_crisis/suicide_es",)
    assert (
        crisis.answer_to("suicide", said, "i am safe now") == "utter_crisis_next/suicide_safe_yes"
    )
    again = crisis.danger_text(Finding("suicide", "self", language="en"), said)
    assert again == "utter_crisis/suicide"
    after = crisis.answer_to("suicide", (*said, "utter_crisis_next/suicide_safe_yes"), "ok")
    assert after == "utter_crisis_next/suicide_stay_1"


def test_who_goes_on_in_spanish_is_answered_in_spanish() -> None:
    name = crisis.answer_to("suicide", ("utter_crisis/suicide",), "no estoy a salvo")
    assert name == "utter_crisis_next/safe_no_es"


def test_a_text_that_is_in_english_only_does_not_end_the_spanish() -> None:
    said = ("utter_crisis/suicide_es", "utter_crisis_next/police")
    assert crisis.answer_to("suicide", said, "ok") == "utter_crisis_next/stay_1_es"


def test_a_topic_read_into_spanish_words_is_no_answer_in_danger() -> None:
    said = ("utter_crisis/suicide_es",)
    topic = heard("mi vida ya no vale nada", "faq/iop_cost", "utter_faq/iop_cost")
    assert crisis.instead("suicide", topic, said) == "utter_crisis_next/stay_1_es"
    asked = heard("how much does it cost", "faq/iop_cost", "utter_faq/iop_cost")
    assert crisis.instead("suicide", asked, said) is None
    call = heard("que alguien me llame", "request_callback", "utter_request_callback")
    assert crisis.instead("suicide", call, said) is None


def test_the_numbers_to_call_are_named_in_spanish() -> None:
    buttons = crisis.call_buttons("suicide", ("utter_crisis/suicide_es",))
    assert {"title": "Llamar al 988", "url": "tel:988"} in buttons


def test_the_same_text_again_stays_the_same() -> None:
    said = ("utter_crisis/suicide_es",)
    assert crisis.answer_to("suicide", said, "¿puede repetir?") in {None, said[0]}
    assert crisis.answer_to("suicide", said, "no entendí") == said[0]
