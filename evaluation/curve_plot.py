"""The learning curve as a picture: one panel a figure, one line an encoder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from assistant.eval_plot import STYLE

Lines = Mapping[tuple[str, str], Sequence[tuple[int, float]]]


def draw(lines: Lines, path: Path) -> None:
    """`lines` holds (examples, value) by encoder and figure."""
    figures = list(dict.fromkeys(figure for _, figure in lines))
    with matplotlib.rc_context(STYLE):
        picture = Figure(figsize=(4 * len(figures), 4), layout="constrained")
        panels = picture.subplots(1, len(figures), squeeze=False)[0]
        for axes, figure in zip(panels, figures, strict=True):
            for (encoder, _), points in ((k, v) for k, v in lines.items() if k[1] == figure):
                axes.plot(*zip(*points, strict=True), marker="o", label=encoder)
            axes.set(title=figure, xlabel="examples", xscale="log")
            axes.grid(alpha=0.3)
        panels[0].legend()
        picture.savefig(path, format="svg", metadata={"Date": None})
