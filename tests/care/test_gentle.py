"""Outside danger: which words get a gentle line, which tell of a loss, and how often it comes."""

from typing import Any

import pytest

from care import gentle, safety, wording
from care.db import now
from care.transcript import Line, Said

DATA: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "gentle.yml")
MIXING = [words for row in DATA["mixing"] for words in row["examples"]]
HINTS = [words for row in DATA["hints"] for words in row["examples"]]
LOSSES = [words for row in DATA["losses"] for words in row["examples"]]
ORDINARY = [
    "how much does it cost",
    "i want to give up drinking",
    "when do people give up smoking in the program",
    "is there a point where i have to stop work",
    "what is the point of group therapy for families",
    "i cant do evenings, do you have mornings",
    "i cant do this on mondays",
    "nobody told me the hours",
    "are you tired of this question",
    "what is the use of naloxone",
    "my brother is in a dark room all day",
    "i hope it helps",
    "whats the limit on visits",
]
NO_LOSS = [
    "my brother almost died of an overdose",
    "can my brother die from an overdose",
    "my sister nearly killed herself working",
    "how many people died of fentanyl",
    "my son lost his job to drinking",
    "i lost my job because of drinking",
]


@pytest.mark.parametrize("text", HINTS)
def test_despair_about_anything_is_heard(text: str) -> None:
    assert gentle.hints_at_danger(text)
    assert gentle.hints_at_danger(f"Honestly, {text.upper()}!")


@pytest.mark.parametrize("text", LOSSES)
def test_a_loss_is_heard_and_is_no_danger(text: str) -> None:
    assert gentle.tells_of_loss(text)
    assert safety.screen(text) is None


@pytest.mark.parametrize("text", DATA["past"])
def test_a_loss_told_with_its_time_and_nothing_else_is_past(text: str) -> None:
    assert gentle.is_only_a_past_loss(text)
    assert safety.screen(text) is None


@pytest.mark.parametrize("text", DATA["not_past"])
def test_a_loss_with_more_words_or_without_its_time_may_be_danger(text: str) -> None:
    assert not gentle.is_only_a_past_loss(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_hint_at_nothing(text: str) -> None:
    assert not gentle.hints_at_danger(text)


@pytest.mark.parametrize("text", NO_LOSS)
def test_who_lives_is_not_mourned(text: str) -> None:
    assert not gentle.tells_of_loss(text)


def test_the_line_rests_for_some_messages() -> None:
    said: list[Said] = []
    due = []
    for _ in range(2 * gentle.REST + 1):
        due.append(gentle.is_due(said, [Line("An answer.")]))
        more = f"\n\n{wording.text(gentle.UNCLEAR).text}" if due[-1] else ""
        said = [*said, _said(said, "visitor", "words"), _said(said, "guide", f"An answer.{more}")]
    times = [number for number, is_due in enumerate(due) if is_due]
    assert times == [0, gentle.REST, 2 * gentle.REST]


def test_an_answer_that_names_the_lifeline_needs_no_line() -> None:
    assert not gentle.is_due([], [Line("Call or text 988.")])
    assert gentle.is_due([], [Line("It costs $9880.")])


def test_every_gentle_text_names_the_lifeline_and_threatens_nobody() -> None:
    for name in (gentle.UNCLEAR, gentle.LOSS_LINE, gentle.LOSS):
        for channel in ("web", "sms"):
            said = wording.text(name, channel)
            assert "988" in said.text
            assert "911" not in said.text
            assert said.metadata["clinical_review"] == "pending"


def _said(before: list[Said], author: str, text: str) -> Said:
    return Said(2 * len(before) + (author == "guide"), author, text, now(), "sent")


@pytest.mark.parametrize("text", MIXING)
def test_asking_to_mix_what_slows_the_breathing_is_heard(text: str) -> None:
    assert gentle.asks_to_mix(text)


@pytest.mark.parametrize("text", DATA["not_mixing"])
def test_one_of_them_alone_is_no_mixing(text: str) -> None:
    assert not gentle.asks_to_mix(text)
