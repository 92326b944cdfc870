"""Where the bars of a chart stand, for the template that draws it as an SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from care.numbers import Cell

WIDTH = 340
ROW, BAR, BAR_TOP = 40, 12, 22
HEIGHT, BASE, TOP = 190, 160, 24


@dataclass(frozen=True)
class Bar:
    """One bar with the place of its label."""

    label: str
    value: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A drawing `width` by `height`; `down` is a column chart."""

    bars: Sequence[Bar]
    width: int
    height: int
    columns: bool = False


def bars(cells: Sequence[Cell], names: Mapping[str, str], held_back: str) -> Chart:
    """One below the other, each under its label. What is held back has no bar."""
    most = max((cell.count or 0 for cell in cells), default=0) or 1
    drawn = [
        Bar(
            label=names.get(cell.of, cell.of),
            value=held_back if cell.count is None else str(cell.count),
            x=0,
            y=number * ROW + BAR_TOP,
            width=round(WIDTH * (cell.count or 0) / most, 1),
            height=BAR,
        )
        for number, cell in enumerate(cells)
    ]
    return Chart(drawn, WIDTH, max(len(drawn), 1) * ROW)


def columns(values: Mapping[str, int | None], held_back: str) -> Chart:
    """Side by side, in percent."""
    most = max((value or 0 for value in values.values()), default=0) or 1
    step = WIDTH / max(len(values), 1)
    drawn = []
    for number, (label, value) in enumerate(values.items()):
        height = round((BASE - TOP) * (value or 0) / most, 1)
        words = held_back if value is None else f"{value}%"
        place = round(number * step + 1, 1)
        drawn.append(Bar(label, words, place, BASE - height, round(step - 2, 1), height))
    return Chart(drawn, WIDTH, HEIGHT, columns=True)
