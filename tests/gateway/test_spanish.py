"""Spanish: danger is answered in it, and outside danger one line says who speaks it."""

from typing import Any

import pytest

from care import wording
from gateway import staffed
from tests.gateway.conftest import Gateway
from tests.gateway.test_crisis_turns import said

LINE = "Este guía contesta en inglés."
UNSURE: dict[str, Any] = {"text": "Which?", "response": "utter_unsure", "metadata": {}}
QUESTION = "¿Está a salvo ahora mismo?"


def test_danger_and_what_comes_after_it_are_answered_in_spanish(gateway: Gateway) -> None:
    gateway.assistant.label, gateway.assistant.replies = "unsure", [UNSURE]
    first, *later = said(gateway.visitor(), "quiero morirme", "no", "nada sirve", "gracias")
    assert QUESTION in first["text"]
    assert first["text"].endswith(wording.text(staffed.NOBODY + wording.SPANISH).text)
    assert first["buttons"][0] == {"title": "Sí", "payload": "Sí"}
    assert all("oprima 2" in answer["text"] for answer in later)
    assert {answer["language"] for answer in (first, *later)} == {"es"}


def test_danger_that_only_the_classifier_hears_is_too(gateway: Gateway) -> None:
    gateway.assistant.label = "crisis/suicide"
    (answer,) = said(gateway.visitor(), "mi vida ya no tiene arreglo")
    assert QUESTION in answer["text"]


def test_danger_in_english_is_answered_in_english(gateway: Gateway) -> None:
    (answer,) = said(gateway.visitor(), "i want to die")
    assert "Are you safe right now?" in answer["text"]
    assert "language" not in answer


def test_outside_danger_one_line_stands_before_the_answer_once(gateway: Gateway) -> None:
    words = ("cuánto cuesta el programa", "y dónde está el centro", "how long is it")
    first, *later = [answer["text"] for answer in said(gateway.visitor(), *words)]
    assert first.startswith(LINE)
    assert all(n in first for n in ("1-800-662-4357", "988 y oprima 2", "AYUDA", "You said"))
    assert all(LINE not in text for text in later)


def test_where_there_is_no_answer_the_line_stands_alone(gateway: Gateway) -> None:
    gateway.assistant.label, gateway.assistant.replies = "unsure", [UNSURE]
    first, second = said(gateway.visitor(), "necesito un plomero", "busco un plomero para hoy")
    assert first["text"].startswith(LINE)
    assert "Which?" not in first["text"]
    assert {"title": "Llamar al 988", "url": "tel:988"} in first["buttons"]
    assert second["text"] == "Which?"


def test_despair_in_spanish_gets_988_in_spanish(gateway: Gateway) -> None:
    words = ("hola", "me siento vacía y estoy harta de todo")
    texts = [answer["text"] for answer in said(gateway.visitor(), *words)]
    assert "oprima 2" in texts[0]
    assert texts[1].endswith(wording.text("utter_gentle/unclear_es").text)


def test_a_breakdown_is_told_in_the_language_of_the_message(gateway: Gateway) -> None:
    gateway.assistant.mode = "down"
    visitor = gateway.visitor()
    visitor.send("cuánto cuesta el programa")
    visitor.wait(lambda lines: any(line["author"] == "system" for line in lines))
    (told,) = [line["text"] for line in visitor.history() if line["author"] == "system"]
    assert told.startswith("Una parte de este guía no funciona ahora.")
    assert "oprima 2" in told


@pytest.mark.parametrize("words", ["how much is it", "my brother is in la", "ok", "988?"])
def test_english_gets_no_such_line(gateway: Gateway, words: str) -> None:
    (answer,) = said(gateway.visitor(), words)
    assert LINE not in answer["text"]
