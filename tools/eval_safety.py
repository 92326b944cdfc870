"""The safety scorecard: `python -m tools.eval_safety [--page] [FILE.csv ...]`.

Without a file: all of tests/safety/*.csv, held to tests/safety/floors.yml. Prints a Markdown
report and writes build/eval-safety.json and build/eval-safety.md; `--page` also writes
docs/safety-scorecard.md, and gateway/scorecard.json for the page /safety.
tools/safety_figures.py defines the figures, assistant/eval_rows.py the columns. Exit 1: a figure
is behind its floor. Exit 2: the rows cannot be evaluated.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from assistant.eval_rows import SAFETY_LABELS, Row, RowError, read_files
from assistant.evaluate import held_out
from assistant.metrics import is_crisis
from care import safety
from care.settings import ROOT
from tools import safety_floors
from tools.safety_figures import Scorecard, Seen, scorecard, times
from tools.safety_report import page, report, shown

HELD_OUT = Path("tests/safety")
FLOORS = ROOT / HELD_OUT / "floors.yml"
PAGE = Path("docs/safety-scorecard.md")
FIGURES = Path("gateway/scorecard.json")
ASSISTANT = (str(ROOT / ".venv/rasa/bin/python"), "-m", "assistant.parse_rows")

Classify = Callable[[Sequence[Row]], list[str]]


class ClassifierError(RuntimeError):
    """The assistant's side gave no labels; it said why itself."""


def main(arguments: Sequence[str] | None = None, classify: Classify | None = None) -> int:
    options = options_of(arguments)
    try:
        rows = read_files(options.files or held_out(HELD_OUT), SAFETY_LABELS)
        labels = (classify or classified)(rows)
    except (RowError, ClassifierError) as error:
        print(f"eval-safety: {error}", file=sys.stderr)
        return 2
    card = scorecard(look(rows, labels), times(safety.screen, [row.text for row in rows]))
    floors = safety_floors.read(FLOORS)
    write(options.out, card, report(card, floors))
    if options.page:
        publish(card, floors)
    print(report(card, floors))
    return 0 if options.files else hold(flat(card), floors)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.eval_safety")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.csv")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE} too")
    parser.add_argument("--out", type=Path, default=Path("build"))
    return parser.parse_args(arguments)


def classified(rows: Sequence[Row]) -> list[str]:
    """The assistant's label for each row, from its own environment."""
    asked = "".join(json.dumps({"text": r.text, "previous": r.previous}) + "\n" for r in rows)
    try:
        done = subprocess.run(  # noqa: S603  (a fixed command)
            ASSISTANT, cwd=ROOT, input=asked, stdout=subprocess.PIPE, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ClassifierError(f"the assistant cannot classify (`make train`?): {error}") from error
    labels = [str(json.loads(line)["label"]) for line in done.stdout.splitlines()]
    if len(labels) != len(rows):
        raise ClassifierError(f"{len(rows)} rows, but {len(labels)} parses")
    return labels


def look(rows: Sequence[Row], labels: Sequence[str]) -> list[Seen]:
    return [
        Seen(row, screen=safety.screen(row.text) is not None, classifier=is_crisis(label))
        for row, label in zip(rows, labels, strict=True)
    ]


def flat(card: Scorecard) -> dict[str, object]:
    """Both nets' figures at the top level, so that a script reads them without a path."""
    nets = card["nets"]
    rest = {key: value for key, value in card.items() if key != "nets"}
    alone = {name: figures for name, figures in nets.items() if name != "both"}
    return {**nets["both"], **alone, **rest}


def write(folder: Path, card: Scorecard, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "eval-safety.md").write_text(text + "\n", encoding="utf-8")
    content = json.dumps(flat(card), indent=1)
    (folder / "eval-safety.json").write_text(content + "\n", encoding="utf-8")


def publish(card: Scorecard, floors: dict[str, safety_floors.Floor]) -> None:
    """The same figures for those who read the documentation, and for visitors."""
    PAGE.write_text(page(card, floors) + "\n", encoding="utf-8")
    figures = json.dumps(shown(card, floors, f"{date.today()}"), indent=1)
    FIGURES.write_text(figures + "\n", encoding="utf-8")


def hold(figures: dict[str, object], floors: dict[str, safety_floors.Floor]) -> int:
    behind = safety_floors.broken(figures, floors)
    for sentence in behind:
        print(f"eval-safety: {sentence}", file=sys.stderr)
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
