"""English or Spanish, by the words of a message."""

from typing import Any

import pytest

from care import language, phrases, wording
from care.safety import screen

WORDS: dict[str, str] = wording.load_yaml(wording.DATA / "conversation" / "spanish.yml")["words"]
ROWS: list[dict[str, Any]] = [row for rows in phrases.data()["phrases"].values() for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        "¿Hablan español?",
        "Hola",
        "necesito ayuda para mi hijo",
        "mi hermano no respira y tiene los labios azules",
        "QUIERO MORIRME",
        "busco un programa para dejar de beber",
        "no se que hacer",
        "me violaron",
        "esta inconsciente",
    ],
)
def test_spanish_is_heard(text: str) -> None:
    assert language.of(text) == "es"


@pytest.mark.parametrize(
    "text",
    [
        "how much does it cost",
        "I'm looking for a program in El Paso",
        "is there an iop in la",
        "my son has a problem",
        "he said adios and left",
        "gracias for the help",
        "my friend Consuelo is not breathing",
        "im having chest pain",
        "he has a gun",
    ],
)
def test_english_is_heard_beside_names_and_borrowed_words(text: str) -> None:
    assert language.of(text) == "en"


@pytest.mark.parametrize("text", ["", "kms", "988", "👍", "no", "xanax", "iop"])
def test_what_is_of_neither_language_is_not_guessed(text: str) -> None:
    assert language.of(text) is None


@pytest.mark.parametrize("text", ["gracias", "Sí", "no sé", "yes", "ok"])
def test_a_word_alone_proves_nothing_in_the_middle_of_a_conversation(text: str) -> None:
    assert language.of(text, surely=True) is None


def test_no_word_belongs_to_both() -> None:
    assert not set(WORDS["spanish"].split()) & set(WORDS["english"].split())


def test_the_screen_tells_the_language_of_a_danger() -> None:
    found = [screen(text) for text in ("quiero morirme", "i want to die", "kms")]
    assert [one and one.language for one in found] == ["es", "en", None]


def test_spanish_examples_of_the_screen_are_spanish() -> None:
    spanish = [row["example"] for row in ROWS if language.of(row["example"]) == "es"]
    signs = (
        "no respira",
        "me quiero matar",
        "creo que es una sobredosis",
        "voy a matar a ese hombre",
    )
    assert len(spanish) > 20
    assert set(signs) <= set(spanish)
