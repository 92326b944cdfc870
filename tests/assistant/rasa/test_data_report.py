"""The report on the examples, with the real encoder on a handful of them."""

import random
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import FOLDER
from assistant.weights import ENCODER
from care.near_copies import Index, Text, near, normal
from evaluation import data_report
from evaluation.data_pairs import Neighbour, confusable, copies_within, near_copies, neighbours

SAID = "how much is it a week and can my wife come to the group in town tonight please"
WORDS = SAID.split()
DATA = """
version: "3.1"
nlu:
- intent: faq/iop_cost
  examples: |
    - how much does the program cost a month
    - How much does the program cost a monthh
    - what would I pay for all this
- intent: faq/iop_schedule
  examples: |
    - what does the program cost me in hours
    - which evenings would I have to be there
- intent: faq/iop_schedule
  metadata: {previous: faq/iop_cost}
  examples: |
    - what would i pay for all this
"""


def texts(*said: str) -> list[Text]:
    return [Text(str(place), normal(text)) for place, text in enumerate(said)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("data", "rows"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "all.yml").write_text(DATA)
    (tmp_path / "rows" / "held.csv").write_text("text,label\nis there parking nearby,greet\n")
    return tmp_path


def run(folder: Path) -> int:
    places = ["--data", "data", "--rows", "rows", "--out", "build"]
    return data_report.main([p if p.startswith("--") else str(folder / p) for p in places])


def test_all_pairs_at_once_find_what_the_index_finds() -> None:
    chance = random.Random(5)
    said = [" ".join(chance.choices(WORDS, k=chance.randint(3, 9))) for _ in range(300)]
    said += [text + "s" for text in said[:50]]
    held, trained = texts(*said[:150]), texts(*said[150:])
    index = Index(trained)
    expected = {
        (held.index(one), trained.index(other)) for one in held for other in index.near(one)
    }
    assert expected
    assert set(near_copies(held, trained)) == expected


def test_a_copy_within_is_one_pair_and_no_text_its_own_copy() -> None:
    rows = texts("how much is it a week", "how much is it a weekk", "hi", "hi")
    assert near(rows[0], rows[1])
    assert copies_within(rows) == [(0, 1)]


def test_the_neighbour_is_the_closest_other_text() -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    found = neighbours(vectors)
    assert [one.place for one in found] == [1, 0, 1]
    assert found[0].cosine == pytest.approx(0.8)


def test_labels_are_close_if_neighbours_have_the_other_one() -> None:
    found = [Neighbour(1, 0.9), Neighbour(0, 0.9), Neighbour(0, 0.5), Neighbour(0, 0.5)]
    assert confusable(["a", "b", "a", "c"], found) == [(("a", "b"), [0, 1]), (("a", "c"), [3])]


def test_the_report_shows_copies_and_spares_what_follows_another_answer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder) == 0
    printed = capsys.readouterr().out
    assert printed == (folder / "build" / "data-report.md").read_text()
    assert "# 6 examples of 2 labels" in printed
    assert "of two labels: 0" in printed
    assert "of one label: 1" in printed
    assert "faq/iop_cost: 3 examples" in printed


def test_a_near_copy_of_a_held_out_row_fails_and_only_its_place_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "text,label\nwhich evening would i have to be there,faq/iop_schedule\n"
    (folder / "rows" / "held.csv").write_text(row)
    assert run(folder) == 1
    printed = capsys.readouterr().out
    assert "held.csv row 2 and data/all.yml (faq/iop_schedule)" in printed
    assert "which evening would" not in printed


def test_a_folder_without_examples_ends_with_a_message(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "data" / "all.yml").unlink()
    assert run(folder) == 2
    assert "no examples here" in capsys.readouterr().err


def test_the_vocabulary_holds_whole_words_only() -> None:
    known = data_report.vocabulary(FOLDER / ENCODER)
    assert {"treatment", "please"} <= known
    assert not any(word.startswith("#") for word in known)
