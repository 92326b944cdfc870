"""Measure what visitors get: `python -m assistant.evaluate [FILE.csv ...]`.

Without a file: all of tests/understanding/*.csv. Prints a Markdown report and writes build/
eval.json, eval.md and calibration.svg. assistant/metrics.py defines each figure, and
assistant/eval_rows.py the columns. A file that cannot be evaluated ends with a message and
exit 2.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant import eval_plot
from assistant.context import Context
from assistant.eval_report import report
from assistant.eval_rows import Row, RowError, read_files
from assistant.labels import OPEN
from assistant.metrics import Judged, Rate, Summary, share, summary

HELD_OUT = Path("tests/understanding")
WARM_UP = 5


class Parser(Protocol):
    def parse(self, text: str, context: Context = ...) -> Mapping[str, Any]: ...


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_of(arguments)
    try:
        rows = read_files(options.files or held_out(HELD_OUT))
        parser = load(options.models)
    except RowError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    figures = summary(judge_all(parser, rows))
    figures["metrics"]["top1_with_request"] = with_request(parser, rows)
    text = report(figures)
    write(options.out, figures, text)
    draw(options.out, figures)
    print(text)
    return 0


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluate")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.csv")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--out", type=Path, default=Path("build"))
    return parser.parse_args(arguments)


def held_out(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        raise RowError(f"{folder}: no CSV files here")
    return paths


def load(models: Path) -> Parser:
    # Imported here: reading rows and the figures must work without the Rasa environment.
    from assistant.understanding import Understanding  # noqa: PLC0415

    try:
        parser: Parser = Understanding.load(models)
    except FileNotFoundError as error:
        raise RowError(f"no trained model in {models}: {error}") from error
    return parser


def judge_all(parser: Parser, rows: Sequence[Row]) -> list[Judged]:
    # The first messages pay for loading weights lazily; a visitor's message does not.
    for row in rows[:WARM_UP]:
        parser.parse(row.text, Context(previous=row.previous))
    return [judge(parser, row) for row in rows]


def with_request(parser: Parser, rows: Sequence[Row]) -> Rate:
    """How all the other messages come out in a conversation that has an open request."""
    others = [row for row in rows if row.request is None]
    return share([judge(parser, row, OPEN) for row in others], lambda row: row.right)


def judge(parser: Parser, row: Row, request: str | None = None) -> Judged:
    start = time.perf_counter()
    context = Context(previous=row.previous, request=row.request or request)
    parse = parser.parse(row.text, context)
    ms = (time.perf_counter() - start) * 1000
    ranking = tuple((str(r["label"]), float(r["confidence"])) for r in parse["ranking"])
    offered = tuple(str(label) for label in parse["offered"])
    return Judged.of(row, str(parse["label"]), ranking, offered, ms)


def write(folder: Path, figures: Summary, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "eval.md").write_text(text + "\n", encoding="utf-8")
    (folder / "eval.json").write_text(json.dumps(flat(figures), indent=1) + "\n", encoding="utf-8")


def flat(figures: Summary) -> dict[str, object]:
    """The figures at the top level, so that a script reads eval["top1_accepted"]["value"]."""
    rest = {key: value for key, value in figures.items() if key not in ("rows", "metrics")}
    return {"rows": figures["rows"], **figures["metrics"], **rest}


def draw(folder: Path, figures: Summary) -> None:
    try:
        eval_plot.draw(figures["calibration"], folder / "calibration.svg")
    except ImportError:
        print("evaluate: no matplotlib here, so no calibration.svg", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
