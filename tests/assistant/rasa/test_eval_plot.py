from pathlib import Path
from xml.etree import ElementTree

from assistant.eval_plot import draw
from assistant.metrics import Judged, calibration


def judged(confidence: float, answer: str) -> Judged:
    ranking = ((answer, confidence),)
    return Judged("a.csv", 2, "greet", (), "none", "normal", answer, ranking, (answer,), 1.0)


def texts(path: Path) -> list[str]:
    root = ElementTree.parse(path).getroot()  # noqa: S314  (written by the test itself)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_says_the_error_and_how_many_messages_each_bin_holds(tmp_path: Path) -> None:
    rows = [judged(0.95, "greet")] * 41 + [judged(0.35, "thank")] * 7
    draw(calibration(rows), tmp_path / "calibration.svg")
    written = texts(tmp_path / "calibration.svg")
    assert {"41", "7", "0"} <= set(written)
    assert "Expected calibration error 0.094" in written


def test_no_messages_give_an_empty_picture(tmp_path: Path) -> None:
    draw(calibration([]), tmp_path / "calibration.svg")
    assert "confidence" in texts(tmp_path / "calibration.svg")


def test_the_same_figures_give_the_same_file(tmp_path: Path) -> None:
    found = calibration([judged(0.5, "greet")])
    for name in ("one.svg", "two.svg"):
        draw(found, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
