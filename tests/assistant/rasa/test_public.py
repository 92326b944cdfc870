"""The figures on public data sets, with tiny files."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.public import main, told_apart

FLIGHTS = ["book a flight", "fly me to rome", "a plane ticket please", "flights to paris"]
TIMES = ["what time is it", "tell me the time", "the time now please", "what hour is it"]
OUTSIDE = ["how do magnets work", "write a poem about cheese"]


def pairs(texts: list[str], label: str) -> list[list[str]]:
    return [[text, label] for text in texts]


@pytest.fixture
def clinc(tmp_path: Path) -> Path:
    path = tmp_path / "data_full.json"
    content = {
        "train": pairs(FLIGHTS[:3], "flight") + pairs(TIMES[:3], "time"),
        "test": pairs(FLIGHTS[3:], "flight") + pairs(TIMES[3:], "time"),
        "oos_test": pairs(OUTSIDE, "oos"),
    }
    path.write_text(json.dumps(content))
    return path


def test_accuracy_and_out_of_scope_are_printed(
    clinc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(clinc)]) == 0
    printed = capsys.readouterr().out
    assert "2 labels, trained on 6 of 6 examples." in printed
    assert "| accuracy                                     | 1.000" in printed
    assert "out-of-scope AUROC" in printed


def test_fewer_shots_train_on_fewer_and_two_csv_files_have_no_outside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{text},flight" for text in FLIGHTS] + [f"{text},time" for text in TIMES]
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text("\n".join(["text,category", *lines]))
    arguments = [str(tmp_path / "train.csv"), "--test", str(tmp_path / "test.csv")]
    assert main([*arguments, "--shots", "2"]) == 0
    printed = capsys.readouterr().out
    assert "trained on 4 of 8 examples" in printed
    assert "AUROC" not in printed


def test_a_bad_file_ends_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv"), "--test", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_recall_counts_what_lies_below_95_in_100_inside() -> None:
    inside = np.linspace(0.5, 1.0, 101)
    found = told_apart(inside, np.array([0.1, 0.2, 0.51, 0.9]))
    assert found["out-of-scope recall at 95% in-scope coverage"]["value"] == 0.75  # type: ignore[index]
    assert told_apart(inside, np.array([0.1]))["out-of-scope AUROC"] == 1.0
