"""The calibration of the answers as a picture: how sure, against how often right."""

from pathlib import Path
from typing import Any

from assistant.metrics import Calibration

# Text stays text, and the same figures give the same file.
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "guide", "font.size": 9}


def draw(found: Calibration, path: Path) -> None:
    """Writes a reliability diagram as SVG; raises ImportError without matplotlib."""
    # Imported here: it takes half a second, and only the Rasa environment has it.
    import matplotlib  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5, 6), layout="constrained")
        axes: Any = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper, lower = axes
        _shares_right(upper, found)
        _counts(lower, found)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _shares_right(axes: Any, found: Calibration) -> None:
    filled = [b for b in found["bins"] if b["n"]]
    axes.plot([0, 1], [0, 1], linestyle="--", color="0.6", label="as sure as right")
    confidence, accuracy = ([b[key] for b in filled] for key in ("confidence", "accuracy"))
    axes.plot(confidence, accuracy, marker="o", color="tab:blue", label="first of the ranking")
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="share right")
    error = found["ece"]
    axes.set_title("" if error is None else f"Expected calibration error {error:.3f}")
    axes.legend(loc="upper left")


def _counts(axes: Any, found: Calibration) -> None:
    bins = found["bins"]
    middles = [(b["low"] + b["high"]) / 2 for b in bins]
    bars = axes.bar(middles, [b["n"] for b in bins], width=0.8 / len(bins), color="0.6")
    axes.bar_label(bars)
    axes.margins(y=0.2)
    axes.set(xlabel="confidence", ylabel="messages")
