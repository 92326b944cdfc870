import pytest

from care import feelings, wording
from care.db import now
from care.transcript import Said

STORIES = [
    "i'm so ashamed, my kids found me on the kitchen floor again. how does an iop work with a job",
    "My wife left on Sunday and I have cried in the truck all week. Do they see couples there?",
    "we are exhausted, my brother has been to rehab four times and i dont know what to do next",
    "We buried my brother in June and now my sister uses too, what can I do for her",
    "I feel hopeless after all these years, does any kind of program help somebody like me",
]
QUESTIONS = [
    "how many hours a week is the program and can i keep my job while i go in the evenings",
    "do the groups only speak of guilt and shame or do people learn something useful there too",
    "im scared to ask what it costs",
    "i would like to know whether my insurance pays for the first eight weeks of the program",
]


@pytest.mark.parametrize("text", STORIES)
def test_a_story_with_a_feeling_is_heard(text: str) -> None:
    assert feelings.told_in(text)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_for_information_and_a_short_message_are_not(text: str) -> None:
    assert not feelings.told_in(text)


def test_no_warm_line_comes_back_soon_and_never_two_running() -> None:
    lines: list[Said] = []
    said: list[str] = []
    for _ in range(4):
        words = feelings.warm_line(lines, "web")
        assert words
        said.append(words)
        lines.append(guide(f"{words}\n\nThe answer."))
        assert feelings.warm_line(lines, "web") is None
        lines.append(guide("Another answer."))
    assert len(set(said)) == 4


def test_every_warm_line_ends_as_a_sentence_and_asks_nothing() -> None:
    for name in wording.family(feelings.LINES):
        assert wording.text(name).text.endswith(".")
        assert "?" not in wording.text(name).text


def guide(text: str) -> Said:
    return Said(1, "guide", text, now(), "sent")
