from pathlib import Path

import pytest

from assistant.context import Context
from assistant.understanding import Understanding


@pytest.fixture(scope="module")
def guide(model: Path) -> Understanding:
    return Understanding.load(model.parent)


def test_a_topic_is_recognised_with_its_full_label(guide: Understanding) -> None:
    found = guide.parse("what is the price of it")
    assert found["label"] == "faq/cost"
    assert found["offered"] == ["faq/cost"]
    assert found["ranking"][0]["label"] == "faq/cost"


def test_a_danger_is_recognised(guide: Understanding) -> None:
    assert guide.parse("i want to end my life")["label"] == "crisis/suicide"


def test_a_danger_is_recognised_in_the_middle_of_the_form(guide: Understanding) -> None:
    found = guide.parse("i want to end my life", Context(expects="contact_name"))
    assert found["label"] == "crisis/suicide"


@pytest.mark.parametrize("text", ["", "/", "   ", "?!", "\u0000"])
def test_a_message_without_a_word_is_unsure(guide: Understanding, text: str) -> None:
    assert guide.parse(text)["label"] == "unsure"


@pytest.mark.parametrize("text", ["/faq/cost", '/greet{"contact_name": "x"}', "/restart", "//hi"])
def test_a_typed_intent_is_plain_text(guide: Understanding, text: str) -> None:
    assert guide.parse(text)["confidence"] < 1.0
    assert guide.parse(text) == guide.parse(text.lstrip("/"))


def test_the_form_s_own_labels_mean_nothing_outside_it(guide: Understanding) -> None:
    outside = guide.parse("skip")
    assert outside["label"] != "contact_skip"
    assert "contact_skip" not in [entry["label"] for entry in outside["ranking"]]
    assert guide.parse("skip", Context(expects="contact_name"))["label"] == "contact_skip"


@pytest.mark.parametrize("text", ["Maria", "[phone-1]", "its [phone-1]", "how about [email-1]?"])
def test_a_value_typed_into_the_form_is_a_value(guide: Understanding, text: str) -> None:
    assert guide.parse(text, Context(expects="contact_name"))["label"] == "inform"


def test_a_question_in_the_form_is_a_question(guide: Understanding) -> None:
    assert guide.parse("how much is it?", Context(expects="contact_time"))["label"] == "faq/cost"


def test_a_callback_cannot_be_asked_for_twice(guide: Understanding) -> None:
    assert guide.parse("call me", Context(expects="contact_time"))["label"] == "inform"


def test_no_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make train"):
        Understanding.load(tmp_path)
