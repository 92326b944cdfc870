"""`make eval-curve`: how much better more examples make the answers.

Trains the classifier on a few examples a label, drawn three times, and on all, and measures each
with the rows and figures of `make eval`. Prints a table; writes build/eval-curve.json and .svg.
"""

import argparse
import json
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.encoder import FOLDER, EncoderError, SentenceEncoder
from assistant.eval_report import number, table
from assistant.eval_rows import Row, RowError, read_files
from assistant.evaluate import HELD_OUT, held_out, judge_all
from assistant.metrics import brief
from assistant.weights import ENCODER
from evaluation import curve_plot
from evaluation.in_process import Remembering, Trained
from tools.content import Example, read_content
from tools.weights import UNTUNED

SIZES = (10, 20, 40, 80, 120, None)
DRAWS = 3
FIGURES = ("top1_accepted", "top3", "confident_wrong")
ENCODERS = {"tuned": ENCODER, "untuned": UNTUNED}
CAVEAT = (
    "The tuned encoder has learned from all examples but 8 in 100, however few the classifier is\n"
    "trained on: with few, its figures are too good. The untuned one has seen none, so its curve\n"
    "is what more examples bring by themselves. From about 4,000 examples on, thresholds are set\n"
    "on those that the encoder has not seen; below on all, which also favours the tuned one."
)


@dataclass(frozen=True)
class Point:
    """One training: `size` examples a label on average (None: all), `examples` altogether."""

    encoder: str
    size: int | None
    draw: int
    examples: int
    figures: dict[str, float]


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_of(arguments)
    try:
        rows = read_files(held_out(HELD_OUT))
        encoders = {name: loaded(name) for name in options.encoders}
    except (RowError, EncoderError) as error:
        print(f"learning_curve: {error}", file=sys.stderr)
        return 2
    examples = read_content(options.data).examples
    points = [
        point
        for name, encoder in encoders.items()
        for point in curve(name, encoder, examples, rows, options.sizes)
    ]
    write(options.out, points)
    print(report(points, len(rows)))
    return 0


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.learning_curve")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--encoders", nargs="+", choices=ENCODERS, default=list(ENCODERS))
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="examples a label")
    return parser.parse_args(arguments)


def loaded(name: str) -> Remembering:
    return Remembering(SentenceEncoder.load(FOLDER / ENCODERS[name]))


def curve(
    name: str,
    encoder: Remembering,
    examples: Sequence[Example],
    rows: Sequence[Row],
    sizes: Sequence[int | None],
) -> Iterator[Point]:
    for size in sizes:
        for draw in range(DRAWS if size else 1):
            chosen = drawn(examples, size, draw)
            parser = Trained(encoder, chosen, Path("config.yml"))
            found = brief(judge_all(parser, rows))
            figures = {figure: found[figure]["value"] or 0.0 for figure in FIGURES}
            told_so_far = ", ".join(f"{key} {number(value)}" for key, value in figures.items())
            print(f"{name}, {size or 'all'} a label: {told_so_far}", file=sys.stderr, flush=True)
            yield Point(name, size, draw, len(chosen), figures)


def drawn(examples: Sequence[Example], size: int | None, draw: int) -> list[Example]:
    """`size` examples a label on average, each label in its share; the same for a `draw`.

    The same number of each would starve out_of_scope, which is no topic and needs many more.
    """
    if size is None:
        return list(examples)
    chance = random.Random(draw)  # noqa: S311  (no secret)
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(example)
    share = min(1.0, size * len(by_label) / len(examples))
    return [
        example
        for own in by_label.values()
        for example in chance.sample(own, max(1, round(share * len(own))))
    ]


def report(points: Sequence[Point], rows: int) -> str:
    lines = [
        [name, str(size or "all"), str(draws[0].examples), *(told(draws, f) for f in FIGURES)]
        for (name, size), draws in grouped(points).items()
    ]
    head = f"# Learning curve over {rows} rows\n\nMean of the draws (least to most).\n\n"
    return head + table(["encoder", "a label", "examples", *FIGURES], lines) + f"\n\n{CAVEAT}"


def grouped(points: Sequence[Point]) -> dict[tuple[str, int | None], list[Point]]:
    groups: dict[tuple[str, int | None], list[Point]] = defaultdict(list)
    for point in points:
        groups[point.encoder, point.size].append(point)
    return groups


def told(draws: Sequence[Point], figure: str) -> str:
    values = [point.figures[figure] for point in draws]
    mean = number(statistics.fmean(values))
    return f"{mean} ({number(min(values))} to {number(max(values))})" if len(values) > 1 else mean


def write(folder: Path, points: Sequence[Point]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(point) for point in points], indent=1)
    (folder / "eval-curve.json").write_text(text + "\n", encoding="utf-8")
    lines = {
        (name, figure): [
            (draws[0].examples, statistics.fmean(point.figures[figure] for point in draws))
            for (encoder, _), draws in grouped(points).items()
            if encoder == name
        ]
        for name in dict.fromkeys(point.encoder for point in points)
        for figure in FIGURES
    }
    curve_plot.draw(lines, folder / "eval-curve.svg")


if __name__ == "__main__":
    sys.exit(main())
