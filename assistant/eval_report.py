"""The evaluation's figures as a Markdown page that is readable in a terminal too."""

from collections.abc import Sequence

from assistant.metrics import Calibration, Confusion, Rate, Score, Summary

AIMS = {
    "top1_accepted": "≥ 0.92",
    "top3": "≥ 0.98",
    "oos_recall": "≥ 0.92",
    "in_scope_rejection": "≤ 0.05",
    "confident_wrong": "≤ 0.03",
    "followup_accepted": "≥ 0.85",
    "multi_both": "≥ 0.80",
    "p50_ms": "≤ 15",
}
WEAKEST = 15
PLACES = 6


def report(figures: Summary) -> str:
    parts = [
        f"# Evaluation over {figures['rows']} rows",
        headline(figures),
        "## By file",
        by_file(figures),
        f"## Weakest {WEAKEST} labels",
        weakest(figures["labels"]),
        "## Worst confusions",
        confused(figures["confusions"]),
        "## Calibration",
        calibrated(figures["calibration"]),
    ]
    return "\n\n".join(parts)


def headline(figures: Summary) -> str:
    rows = []
    for name, value in figures["metrics"].items():
        aim = AIMS.get(name, "")
        if isinstance(value, dict):
            rows.append([name, number(value["value"]), interval(value), str(value["n"]), aim])
        else:
            rows.append([name, "-" if value is None else f"{value:.1f}", "", "", aim])
    return table(["figure", "value", "95% interval", "n", "aim"], rows)


def by_file(figures: Summary) -> str:
    rows = [
        [name, str(found["top1_accepted"]["n"]), *(number(r["value"]) for r in found.values())]
        for name, found in figures["by_file"].items()
    ]
    names = list(next(iter(figures["by_file"].values()), {}))
    return table(["file", "n", *names], rows)


def weakest(labels: dict[str, Score]) -> str:
    # A label that is only ever a wrong answer has no rows of its own to score.
    own = [(label, score) for label, score in labels.items() if score["n"]]
    own.sort(key=lambda pair: pair[1]["f1"])
    rows = [
        [label, number(s["f1"]), number(s["precision"]), number(s["recall"]), str(s["n"])]
        for label, s in own[:WEAKEST]
    ]
    return table(["label", "F1", "precision", "recall", "n"], rows)


def confused(pairs: Sequence[Confusion]) -> str:
    rows = [[p["label"], p["answer"], str(p["count"]), places(p["rows"])] for p in pairs]
    return table(["label", "answered with", "times", "rows"], rows)


def places(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - PLACES} more" if len(rows) > PLACES else ""
    return ", ".join(place.rpartition("/")[2] for place in rows[:PLACES]) + more


def calibrated(found: Calibration) -> str:
    rows = [
        [
            f"{b['low']:.1f} to {b['high']:.1f}",
            number(b["confidence"]),
            number(b["accuracy"]),
            str(b["n"]),
        ]
        for b in found["bins"]
    ]
    error = f"Expected calibration error: {number(found['ece'])}"
    return error + "\n\n" + table(["confidence", "mean", "right", "n"], rows)


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def interval(found: Rate) -> str:
    return "-" if found["n"] == 0 else f"{number(found['low'])} to {number(found['high'])}"


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up as plain text."""
    widths = [max(len(line[i]) for line in [names, *rows]) for i in range(len(names))]
    ruler = ["-" * width for width in widths]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in [names, ruler, *rows]
    )
