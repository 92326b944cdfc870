"""What the safety figures may not fall behind: a small data file, read and held."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from care.wording import load_yaml


@dataclass(frozen=True)
class Floor:
    """A figure's bound today and its aim at a release; `most` for what must stay low."""

    bound: float
    aim: float
    most: bool

    @property
    def aimed(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.aim:.2f}"

    def broken(self, value: float | None) -> bool:
        if value is None:
            return True
        return value > self.bound if self.most else value < self.bound


def read(path: Path) -> dict[str, Floor]:
    """`name: {least, aim}` or `name: {most, aim}`; the name leads to a rate, dots between."""
    return {
        name: Floor(
            float(row["most" if "most" in row else "least"]), float(row["aim"]), "most" in row
        )
        for name, row in load_yaml(path).items()
    }


def broken(figures: Mapping[str, Any], floors: Mapping[str, Floor]) -> list[str]:
    """One sentence for each figure that is behind its floor."""
    found = []
    for name, floor in floors.items():
        value = _value(figures, name)
        if floor.broken(value):
            bound = f"{'at most' if floor.most else 'at least'} {floor.bound:.3f}"
            is_now = "not measured" if value is None else f"{value:.3f}"
            found.append(f"{name} is {is_now}; it must be {bound}")
    return found


def _value(figures: Mapping[str, Any], name: str) -> float | None:
    found: Any = figures
    for part in name.split("."):
        found = found[part]
    value: float | None = found["value"]
    return value
