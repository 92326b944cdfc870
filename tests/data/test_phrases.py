"""The phrase list for the deterministic screen holds what it says."""

import re
from typing import Any

import pytest

from care import phrases, piecemeal, safety, wording
from care.phrases import Message

DATA: dict[str, Any] = phrases.data()
ASKED_BY_CODE = {
    "of_oneself",
    "past",
    "i_did",
    piecemeal.STOPPED,
    piecemeal.SIGN,
    "someone_close",
    *(name for names in piecemeal.UNLESS.values() for name in names),
}
ROWS = [(kind, row) for kind, rows in DATA["phrases"].items() for row in rows]


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=[row["example"] for _, row in ROWS])
def test_each_example_is_caught_by_its_own_row(kind: str, row: dict[str, Any]) -> None:
    message = Message(phrases.cleared(safety.normalise(row["example"])))
    found = safety.screen(row["example"])
    assert phrases.compiled(kind, row).matches(message)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("row", DATA["not"], ids=[row["example"] for row in DATA["not"]])
def test_figures_of_speech_past_and_questions_do_not_fire(row: dict[str, str]) -> None:
    assert re.search(phrases.written(row["pattern"]), safety.normalise(row["example"]))
    assert safety.screen(row["example"]) is None


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=[row["example"] for _, row in ROWS])
def test_what_a_row_needs_is_in_its_example(kind: str, row: dict[str, Any]) -> None:
    message = Message(safety.normalise(row["example"]))
    assert all(need & message.begins for need in phrases.compiled(kind, row).needs())


def test_every_pattern_says_whom_it_is_about() -> None:
    assert {row["about"] for _, row in ROWS} <= {"self", "other", "any", "either"}


def test_every_part_is_used() -> None:
    lists = [row.get(key, []) for _, row in ROWS for key in ("all", "unless", "nowhere")]
    asked = {name for names in lists for name in names}
    patterns = [row.get("pattern", "") for _, row in ROWS]
    written = {name for pattern in patterns for name in phrases.NAMED.findall(pattern)}
    assert phrases.parts()["parts"].keys() == asked | written | ASKED_BY_CODE


def test_every_kind_has_its_fixed_texts() -> None:
    for kind in DATA["phrases"]:
        assert wording.text(f"utter_crisis/{kind}", "sms").text
        assert wording.text(f"utter_crisis_other/{kind}", "sms").text
