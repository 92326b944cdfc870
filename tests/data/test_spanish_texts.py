"""The Spanish texts: all are there, and each rule for them catches a bad sample."""

from dataclasses import replace

import pytest

from care import crisis, safety, wording
from tools import check_data
from tools.content import Response, read_content

KINDS = ("suicide", "overdose", "withdrawal", "medical", "violence", "child")
FAMILIES = ("utter_crisis", "utter_crisis_other", "utter_crisis_again", "utter_crisis_again_other")
NEEDED = ("yes", "no", "unsure", "safe_yes", "safe_no", "safe_unsure", "retraction", "who")
CONTENT = read_content(wording.DATA)
TEXTS = [r for r in CONTENT.responses if wording.is_spanish(r.name)]
NUMBERS = check_data.known_numbers(CONTENT.files["data/resources.yml"])
BESIDE_A_QUESTION = [r for r in TEXTS if "a salvo ahora mismo?" in r.text]
SUICIDE = next(r for r in TEXTS if r.name == "utter_crisis/suicide_es")
SMS = next(r for r in TEXTS if r.name == "utter_crisis/suicide_es" and r.channel == "sms")


def problems_of(response: Response) -> str:
    return "\n".join(check_data.check_text(response, NUMBERS))


def changed(old: str, new: str, response: Response = SUICIDE) -> Response:
    assert old in response.text
    return replace(response, text=response.text.replace(old, new))


def test_every_kind_has_its_texts_for_oneself_and_for_another() -> None:
    for name in [f"{family}/{kind}_es" for family in FAMILIES for kind in KINDS]:
        assert {r.channel for r in TEXTS if r.name == name} == {"web", "sms"}, name


@pytest.mark.parametrize("answer", [*NEEDED, *crisis.STAYS])
def test_the_most_needed_answers_have_a_text_that_fits_every_kind(answer: str) -> None:
    assert wording.known(f"utter_crisis_next/{answer}_es")


def test_every_text_is_to_be_signed_by_a_clinician() -> None:
    assert {r.metadata["clinical_review"] for r in TEXTS} == {"pending"}


@pytest.mark.parametrize("response", BESIDE_A_QUESTION, ids=lambda r: f"{r.name}-{r.channel}")
def test_the_question_offers_answers_that_are_understood(response: Response) -> None:
    offered = [b["payload"] for b in response.buttons if "payload" in b]
    assert offered == ["Sí", "No", "No sé"]
    kind = response.name.partition("/")[2].removesuffix("_es")
    if kind in KINDS:
        for payload, answer in zip(offered, ("yes", "no", "unsure"), strict=True):
            name = crisis.answer_to(kind, (response.name,), payload) or ""
            assert name.endswith(f"safe_{answer}_es")
            assert safety.screen(payload) is None


@pytest.mark.parametrize("response", TEXTS, ids=lambda r: f"{r.name}-{r.channel}")
def test_in_danger_988_and_911_can_be_called_at_once(response: Response) -> None:
    urls = [button.get("url") for button in response.buttons]
    if response.name.startswith("utter_crisis"):
        assert {"tel:988", "tel:911"} <= set(urls)


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (changed("AYUDA por texto", "AYUDA, adicto,"), "word to avoid: adicto"),
        (changed("Usted merece", "Tú mereces"), "word to avoid: Tú"),
        (changed("¿Está a salvo ahora mismo?", "¿Bien?"), "not in its place"),
        (changed("Me alegra mucho que me lo haya contado. Usted merece", "911. Usted"), "place"),
        (changed("Soy un guía automático. ", ""), "not in its place"),
        (changed("$hotline", "otro lugar"), "not in its place"),
        (changed("y oprima 2 para español, o envíe AYUDA por", "o"), "988 without"),
        (changed("oprima 2", "oprima 3"), "word to avoid: oprima 3"),
        (changed("Busque", "Busque " + "más " * 20), "sentence of"),
        (changed("Busque", "Vaya. " * 60), "words (max 108)"),
        (changed("Busque", "Aquí busque", SMS), "not GSM-7: 'í'"),
        (changed("Busque", "Vaya. " * 20, SMS), "characters when filled (max 320)"),
    ],
)
def test_a_bad_spanish_text_is_caught(response: Response, problem: str) -> None:
    assert problems_of(SUICIDE) == problems_of(SMS) == ""
    assert problem in problems_of(response)


def test_an_english_name_is_read_by_the_rules_for_english() -> None:
    assert "reading grade" in problems_of(replace(SUICIDE, name="utter_crisis/suicide"))
