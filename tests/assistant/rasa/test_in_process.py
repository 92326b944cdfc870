"""The classifier trained in memory, as the measuring tools use it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.context import Context
from assistant.encoder import SentenceEncoder, Vectors
from assistant.eval_rows import Row
from assistant.understanding import Understanding
from evaluation import learning_curve
from evaluation.in_process import Remembering, Trained
from evaluation.learning_curve import Point, curve, drawn, report
from tools.content import Example, read_content

PROJECT = Path(__file__).parent / "project"


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_content(PROJECT / "data").examples


@pytest.fixture(scope="module")
def encoder() -> Remembering:
    return Remembering(SentenceEncoder.load())


class Counting:
    asked: list[str]

    def __init__(self) -> None:
        self.asked = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text)] for text in texts], dtype=np.float32)


def test_each_text_is_encoded_once() -> None:
    counting = Counting()
    encoder = Remembering(counting)  # type: ignore[arg-type]  (a fake)
    first, again = encoder.encode(["a", "bb", "a"]), encoder.encode(["bb", "ccc"])
    assert counting.asked == ["a", "bb", "ccc"]
    assert first.tolist() == [[1], [2], [1]]
    assert again.tolist() == [[2], [3]]


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("what is the price of it", None),
        ("i want to end my life", None),
        ("", None),
        ("/greet", None),
        ("and how much", "faq/cost"),
    ],
)
def test_it_understands_as_the_model_that_rasa_trained(
    examples: list[Example], encoder: Remembering, model: Path, text: str, previous: str | None
) -> None:
    trained = Trained(encoder, examples, PROJECT / "config.yml").parse(
        text, Context(previous=previous)
    )
    served = Understanding.load(model.parent).parse(text, Context(previous=previous))
    assert trained["label"] == served["label"]
    assert trained["offered"] == served["offered"]
    assert trained["confidence"] == pytest.approx(served["confidence"], abs=1e-3)


def test_a_draw_keeps_each_labels_share_and_the_next_draw_takes_others() -> None:
    rows = [Example("a.yml", "many", str(n)) for n in range(90)]
    rows += [Example("a.yml", "few", str(n)) for n in range(30)]
    first = drawn(rows, 20, 0)
    labels = [example.label for example in first]
    assert (labels.count("many"), labels.count("few")) == (30, 10)
    assert first == drawn(rows, 20, 0) != drawn(rows, 20, 1)
    assert drawn(rows, None, 0) == rows
    assert len(drawn(rows, 1000, 0)) == len(rows)


def test_the_curve_has_a_point_for_each_draw(
    examples: list[Example], encoder: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    row = Row("a.csv", 2, "what is the price of it", "faq/cost")
    points = list(curve("tuned", encoder, examples, [row], [4, None]))
    assert [(point.size, point.draw) for point in points] == [(4, 0), (4, 1), (4, 2), (None, 0)]
    assert points[-1].examples == len(examples)
    assert points[-1].figures == {"top1_accepted": 1.0, "top3": 1.0, "confident_wrong": 0.0}


def test_the_report_gives_the_mean_and_the_range_of_the_draws(tmp_path: Path) -> None:
    shares = (0.25, 0.5, 0.75)
    points = [
        Point("tuned", 10, draw, 50, dict.fromkeys(learning_curve.FIGURES, share))
        for draw, share in enumerate(shares)
    ]
    points.append(Point("tuned", None, 0, 900, dict.fromkeys(learning_curve.FIGURES, 1.0)))
    text = report(points, 7)
    assert "0.500 (0.250 to 0.750)" in text
    assert "The tuned encoder has learned from all examples" in text
    learning_curve.write(tmp_path, points)
    assert (tmp_path / "eval-curve.json").read_text().count('"draw"') == 4
    assert "confident_wrong" in (tmp_path / "eval-curve.svg").read_text()
