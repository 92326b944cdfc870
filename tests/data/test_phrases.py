"""The phrase list for the deterministic screen holds what it says."""

import re
from typing import Any

import pytest
import yaml

from care import safety, wording

DATA: dict[str, Any] = yaml.safe_load((wording.DATA / "crisis" / "phrases.yml").read_text("utf-8"))
ROWS = [(kind, row) for kind, rows in DATA["phrases"].items() for row in rows]


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=[row["example"] for _, row in ROWS])
def test_each_example_is_caught_by_its_own_pattern(kind: str, row: dict[str, str]) -> None:
    found = safety.screen(row["example"])
    assert re.search(row["pattern"], safety.normalise(row["example"]))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("row", DATA["not"], ids=[row["example"] for row in DATA["not"]])
def test_figures_of_speech_past_and_questions_do_not_fire(row: dict[str, str]) -> None:
    assert re.search(row["pattern"], safety.normalise(row["example"]))
    assert safety.screen(row["example"]) is None


def test_every_pattern_says_whom_it_is_about() -> None:
    assert {row["about"] for _, row in ROWS} <= {"self", "other", "any"}


def test_every_kind_has_its_fixed_texts() -> None:
    for kind in DATA["phrases"]:
        assert wording.text(f"utter_crisis/{kind}", "sms").text
        assert wording.text(f"utter_crisis_other/{kind}", "sms").text
