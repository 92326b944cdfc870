"""From the timed samples to figures, ratios, the table and build/bench.json."""

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

Unit = Literal["MB", "s", "ms"]
SCALE: Final[dict[Unit, float]] = {"MB": 1e-6, "s": 1.0, "ms": 1e3}
STOCK: Final = "stock"
PRODUCT: Final = "product"


class Samples:
    """What was measured: bytes or seconds, by system and kind."""

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, system: str, kind: str, value: float) -> None:
        self._values[system, kind].append(value)

    def of(self, system: str, kind: str) -> list[float]:
        return list(self._values.get((system, kind), ()))

    def counts(self) -> dict[str, int]:
        return {f"{system} {kind}": len(v) for (system, kind), v in sorted(self._values.items())}


@dataclass(frozen=True)
class Measure:
    """One line of the table: a share of the samples of a kind, and its limit beside stock."""

    title: str
    kind: str
    share: float
    unit: Unit
    limit: float | None


MEASURES: Final = (
    Measure("Idle memory, all processes", "memory", 0.5, "MB", 0.45),
    Measure("Start to first answer", "start", 0.5, "s", 0.25),
    Measure("Answer, p50", "answer", 0.5, "ms", 0.5),
    Measure("Answer, p95", "answer", 0.95, "ms", 0.5),
    Measure("Form turn, p50", "form", 0.5, "ms", 0.5),
    Measure("Form turn, p95", "form", 0.95, "ms", 0.5),
    Measure("Turn 10", "turn_10", 0.5, "ms", None),
    Measure("Turn 200", "turn_200", 0.5, "ms", None),
)
GROWTH_TITLE: Final = "Turn 200 over turn 10"
GROWTH_LIMIT: Final = 1.3


@dataclass(frozen=True)
class Row:
    """Figures of both systems; what the limit holds (`judged`) is their ratio, or the growth."""

    title: str
    unit: str
    stock: float | None
    product: float | None
    judged: float | None
    limit: float | None

    @property
    def met(self) -> bool | None:
        if self.judged is None or self.limit is None:
            return None
        return self.judged <= self.limit


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of them does not exceed; 0.5 is the median."""
    if not values:
        return None
    if share == 0.5:
        return statistics.median(values)
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def rows(samples: Samples) -> list[Row]:
    return [*(_row(samples, measure) for measure in MEASURES), _growth(samples)]


def markdown(table: Sequence[Row]) -> str:
    lines = ["| | stock Rasa | this guide | ratio | limit | |", "|---|---:|---:|---:|---:|---|"]
    for row in table:
        met = {True: "met", False: "not met", None: ""}[row.met]
        cells = (row.title, _figure(row.stock, row.unit), _figure(row.product, row.unit))
        lines.append(f"| {' | '.join(cells)} | {_bare(row.judged)} | {_bare(row.limit)} | {met} |")
    return "\n".join(lines)


def as_json(table: Sequence[Row]) -> list[dict[str, object]]:
    return [{**asdict(row), "met": row.met} for row in table]


def _row(samples: Samples, measure: Measure) -> Row:
    stock = _value(samples.of(STOCK, measure.kind), measure)
    product = _value(samples.of(PRODUCT, measure.kind), measure)
    return Row(measure.title, measure.unit, stock, product, _ratio(product, stock), measure.limit)


def _value(values: Sequence[float], measure: Measure) -> float | None:
    found = percentile(values, measure.share)
    return None if found is None else found * SCALE[measure.unit]


def _growth(samples: Samples) -> Row:
    """Only the guide's own growth is held to a limit; stock's stands beside it."""
    stock, product = (
        _ratio(
            percentile(samples.of(system, "turn_200"), 0.5),
            percentile(samples.of(system, "turn_10"), 0.5),
        )
        for system in (STOCK, PRODUCT)
    )
    return Row(GROWTH_TITLE, "times", stock, product, product, GROWTH_LIMIT)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:.2f} {unit}" if unit == "times" else f"{value:,.1f} {unit}"


def _bare(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
