"""`make eval-stock`: how well stock Rasa understands the rows of `make eval`.

Trains the language part of its recommended pipeline on data/ and parses all rows in one process.
With the recommended 100 epochs that takes hours; `--epochs` says fewer, `--model` takes a trained
one. Prints the table of `make eval` and both systems side by side; writes build/eval-stock.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from assistant.eval_report import number, report, table
from assistant.eval_rows import Row, RowError, read_files
from assistant.evaluate import HELD_OUT, flat, held_out
from assistant.metrics import Judged, summary
from bench import stock_environment, stock_project, stock_rasa
from bench.processes import BenchError
from bench.stock_answers import judged
from bench.system import ROOT

PROJECT: Final = ROOT / "build" / "stock-nlu"
PARSER: Final = Path(__file__).with_name("stock_parse.py")
FAIR: Final = (
    "Stock Rasa reads each message by itself: it has no context and answers one question. It was\n"
    "not trained on the follow-ups for the same reason. Its ranking puts the likeliest of its two\n"
    "classifiers together."
)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    try:
        rows = read_files(asked.files or held_out(HELD_OUT))
        stock_environment.install()
        found = judge_all(asked.model or trained(asked.data, asked.epochs), rows)
    except (BenchError, RowError) as error:
        print(f"stock_eval: {error}", file=sys.stderr)
        return 2
    figures = summary(found)
    stock = {"epochs": None if asked.model else asked.epochs, **flat(figures)}
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "eval-stock.json").write_text(json.dumps(stock, indent=1) + "\n", "utf-8")
    print(f"{report(figures)}\n\n{beside(stock, ours(asked.out / 'eval.json'))}\n\n{FAIR}")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.stock_eval")
    add = parser.add_argument
    add("files", nargs="*", type=Path, metavar="FILE.csv")
    add("--epochs", type=int, default=stock_project.RECOMMENDED_EPOCHS, help="100 take hours")
    add("--model", type=Path, help="a trained stock model (.tar.gz); trains nothing")
    add("--data", type=Path, default=ROOT / "data")
    add("--out", type=Path, default=ROOT / "build")
    return parser.parse_args(arguments)


def trained(data: Path, epochs: int) -> Path:
    name = stock_project.assemble(data, PROJECT, epochs)
    model = PROJECT / "models" / f"{name}.tar.gz"
    if not model.is_file():
        stock_rasa.train(PROJECT, name, stock_rasa.LANGUAGE_ONLY)
    return model


def judge_all(model: Path, rows: Sequence[Row]) -> list[Judged]:
    found = parses(model, [row.text for row in rows])
    return [judged(row, one["parse"], one["ms"]) for row, one in zip(rows, found, strict=True)]


def parses(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    if not model.is_file():
        raise BenchError(f"{model}: no such model")
    with tempfile.TemporaryDirectory() as scratch:
        asked, answered = Path(scratch) / "texts.json", Path(scratch) / "parses.json"
        asked.write_text(json.dumps(list(texts)), "utf-8")
        command = [stock_environment.PYTHON, PARSER, model.resolve(), asked, answered]
        done = subprocess.run(  # noqa: S603
            list(map(str, command)),
            cwd=scratch,
            env=stock_rasa.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"stock Rasa could not parse the rows:\n{done.stderr[-2000:]}")
        found: list[dict[str, Any]] = json.loads(answered.read_text("utf-8"))
    return found


def ours(path: Path) -> dict[str, Any]:
    """The guide's figures of the last `make eval`, if there are any."""
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def beside(stock: Mapping[str, Any], guide: Mapping[str, Any]) -> str:
    """Both systems, figure by figure; only where they stand for the same rows."""
    comparable = guide if guide.get("rows") == stock["rows"] else {}
    names = [name for name in stock if name.endswith("_ms") or _is_rate(stock[name])]
    lines = [[name, _told(stock[name]), _told(comparable.get(name))] for name in names]
    missing = "" if comparable else "\n\nRun `make eval` first to see the guide's figures here."
    return "## Beside the guide\n\n" + table(["figure", "stock Rasa", "guide"], lines) + missing


def _is_rate(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"value", "low", "high", "n"}


def _told(value: Any) -> str:
    return number(value["value"] if isinstance(value, dict) else value)


if __name__ == "__main__":
    sys.exit(main())
