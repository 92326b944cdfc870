import pytest

from assistant.questions import halves


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("what is it? how much is it", "what is it?", "how much is it"),
        ("what is it and how much is it", "what is it", "how much is it"),
        ("how long is detox, can i visit", "how long is detox", "can i visit"),
        ("is it safe\nwho pays for it", "is it safe", "who pays for it"),
        ("do they test you & also whats the cost", "do they test you", "whats the cost"),
    ],
)
def test_a_message_is_cut_between_its_questions(text: str, first: str, second: str) -> None:
    assert halves(text) == (first, second)


@pytest.mark.parametrize("text", ["", "?", "a and b", "how much is it", "yes, ok", "\n\n\n"])
def test_what_has_no_two_parts_is_not_cut(text: str) -> None:
    assert halves(text) is None


def test_the_end_of_a_sentence_is_a_surer_cut_than_a_comma() -> None:
    text = "i work nights, and days. can i still come"
    assert halves(text) == ("i work nights, and days.", "can i still come")
