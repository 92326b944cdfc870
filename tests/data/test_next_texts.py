"""The texts of the later turns in danger: all are there, and none breaks the rules for them."""

import re
from typing import Any

import pytest

from care import crisis, safety, wording

DATA: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "next.yml")
ROWS = [(row["answer"], row, words) for row in DATA["answers"] for words in row["examples"]]
KINDS = ("suicide", "overdose", "withdrawal", "medical", "violence", "child")
PER_KIND = ("safe_yes", "safe_no", "safe_unsure", "stay_1", "stay_2", "stay_3")
FILES = sorted((wording.DATA / "crisis").glob("next*.yml"))
TEXTS = [
    (name, variant)
    for path in FILES
    for name, variants in wording.load_yaml(path)["responses"].items()
    for variant in variants
]
NEVER = re.compile(
    r"committed suicide|failed attempt|successful|commit(ted)? to|\bpromise (me|that|not)"
    r"|keep (this|it) (a )?secret|between us|you'?re not (thinking|going)|you aren't|calm down"
    r"|can'?t talk about|not that bad|just a|everyone feels|you (have|suffer from) (a |an )?\w+ "
    r"(disorder|disease)|i understand how you feel|i('ll| will| can) (call|send|alert|notify)"
    r"|i (can )?see you|i know where|help is on the way|chat (is|has) (over|ended)|press 3|pride",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\b(911|988|1-800-\d{3}-\d{4})\b")
RELAXED = re.compile(r"(I can't|cannot|can't) promise secrecy")


def test_every_kind_has_every_text_for_oneself_and_for_another() -> None:
    for kind in KINDS:
        for about in ("", "_other"):
            names = [f"utter_crisis_next{about}/{kind}_{answer}" for answer in PER_KIND]
            for name in [*names, f"utter_crisis_again{about}/{kind}"]:
                assert wording.known(name), name


def test_every_answer_has_a_text_that_fits_every_kind() -> None:
    for answer in {answer for answer, row, _ in ROWS if "kinds" not in row} - {
        "again",
        "stay",
        "safe_no",
    }:
        assert wording.known(f"utter_crisis_next/{answer}")


@pytest.mark.parametrize(("name", "variant"), TEXTS)
def test_every_text_keeps_the_rules(name: str, variant: dict[str, Any]) -> None:
    said = variant["text"]
    assert not NEVER.search(said)
    assert NUMBER.search(said)
    assert "secre" not in RELAXED.sub("", said)
    assert variant["metadata"]["clinical_review"] == "pending"
    urls = [button.get("url") for button in variant["buttons"]]
    assert "tel:988" in urls
    assert "tel:911" in urls
    assert "/request_callback" not in [button.get("payload") for button in variant["buttons"]]


@pytest.mark.parametrize(("name", "variant"), TEXTS)
def test_a_text_that_asks_offers_the_answers(name: str, variant: dict[str, Any]) -> None:
    asks = DATA["question"] in variant["text"]
    assert asks == ("Not sure" in [button["title"] for button in variant["buttons"]])


def test_every_text_has_a_variant_for_text_messages() -> None:
    short = {name for name, variant in TEXTS if variant.get("channel") == "sms"}
    assert short == {name for name, _ in TEXTS}
    assert all(len(v["text"]) <= 320 for _, v in TEXTS if v.get("channel") == "sms")


@pytest.mark.parametrize("kind", ["overdose", "withdrawal", "medical"])
def test_where_life_hangs_on_it_every_text_has_the_number_to_call(kind: str) -> None:
    for name, variant in TEXTS:
        if f"/{kind}" in name:
            assert re.search(r"911|1-800-222-1222", variant["text"]), name


@pytest.mark.parametrize("kind", KINDS)
def test_means_are_spoken_of_where_they_belong(kind: str) -> None:
    about_means = [
        name for name, variant in TEXTS if f"/{kind}" in name and "weapons" in variant["text"]
    ]
    assert bool(about_means) == (kind == "suicide")


@pytest.mark.parametrize(("answer", "row", "words"), ROWS)
def test_each_example_is_understood_as_its_own_answer(
    answer: str, row: dict[str, Any], words: str
) -> None:
    expected = f"safe_{answer}" if answer in {"yes", "no", "unsure"} else answer
    expected = "stay_1" if answer == "stay" else expected
    kind = row.get("kinds", ["suicide"])[0]
    before = (f"utter_crisis/{kind}", "utter_crisis_next/better")
    said = before if row["after"] == "relief" else before[:1]
    name = crisis.answer_to(kind, said, words)
    texts = {f"utter_crisis_next/{each}{expected}" for each in ("", f"{kind}_", "bodily_")}
    in_english = (name or "").removesuffix(wording.SPANISH)
    assert in_english in ({said[-1]} if answer == "again" else texts)
    after_a_topic = crisis.answer_to(kind, (f"utter_crisis/{kind}", "utter_faq/php"), words)
    assert (after_a_topic == name) == (row["after"] == "any")


@pytest.mark.parametrize(("answer", "row", "words"), ROWS)
def test_no_example_is_itself_a_danger(answer: str, row: dict[str, Any], words: str) -> None:
    assert safety.screen(words) is None


def test_the_first_texts_ask_the_question_whose_answers_are_known() -> None:
    for kind in KINDS:
        assert DATA["question"] in wording.text(f"utter_crisis/{kind}").text
        assert DATA["question"] in wording.text(f"utter_crisis_other/{kind}", "sms").text
