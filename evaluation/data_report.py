"""`make data-report`: what the training examples under data/ are like, and where they are thin.

Prints build/data-report.md. Exit 1 if an example nearly equals a held-out row of
tests/understanding/ (tests/data/test_held_out.py says the same without the encoder).
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.context import reading
from assistant.encoder import FOLDER, EncoderError, SentenceEncoder
from assistant.eval_report import number, table
from assistant.eval_rows import RowError, read_files
from assistant.evaluate import HELD_OUT, held_out
from assistant.weights import ENCODER
from care.near_copies import Text, normal
from evaluation.data_measures import BANDS, Measured, measured, thin
from evaluation.data_pairs import Neighbour, confusable, copies_within, near_copies, neighbours
from tools.content import Example, read_content

MOST_PAIRS, MOST_COPIES, FEW = 25, 30, 3
ABOUT = (
    "`without keyword`: without any word of the label's own name. `lower case`: no capital.\n"
    "`odd words`: with a word that no other example and not the encoder's vocabulary holds,\n"
    "most of them misspelled; a slip that two examples share or that is a word is not seen."
)
NEIGHBOURS = (
    "Examples whose nearest neighbour by the encoder has the other label. The classifier weighs\n"
    "many examples, and letters too: such a pair is a place to look at, and seldom a mistake."
)


@dataclass(frozen=True)
class Found:
    """Everything that the report says. Pairs are places in `examples`."""

    examples: list[Example]
    measured: list[Measured]
    across: list[str]
    copies: list[tuple[int, int]]
    vectors: Any
    neighbours: list[Neighbour]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        found = look(options.data, options.rows, FOLDER / ENCODER)
    except (RowError, EncoderError) as error:
        print(f"data_report: {error}", file=sys.stderr)
        return 2
    text = report(found)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "data-report.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 1 if found.across else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.data_report")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--rows", type=Path, default=HELD_OUT, help="folder of held-out CSV files")
    parser.add_argument("--out", type=Path, default=Path("build"))
    return parser.parse_args(arguments)


def look(data: Path, rows: Path, encoder: Path) -> Found:
    examples = read_content(data).examples
    if not examples:
        raise RowError(f"{data}: no examples here")
    texts = [
        Text(f"{example.file} ({example.label})", normal(example.text)) for example in examples
    ]
    held = read_files(held_out(rows))
    kept = [Text(f"{Path(row.file).name} row {row.line}", normal(row.text)) for row in held]
    vectors = SentenceEncoder.load(encoder).encode([reading(e.text, e.previous) for e in examples])
    return Found(
        examples=examples,
        measured=measured(examples, vocabulary(encoder)),
        across=[f"{kept[i].place} and {texts[j].place}" for i, j in near_copies(kept, texts)],
        # After another topic the same words may well mean something else.
        copies=[
            (i, j) for i, j in copies_within(texts) if examples[i].previous == examples[j].previous
        ],
        vectors=vectors,
        neighbours=neighbours(vectors),
    )


def vocabulary(encoder: Path) -> frozenset[str]:
    """The whole words that the encoder knows: 20,000 of English."""
    known = json.loads((encoder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    return frozenset(word for word in known if word.isalpha())


def report(found: Found) -> str:
    labels = {example.label for example in found.examples}
    parts = [
        f"# {len(found.examples)} examples of {len(labels)} labels",
        measures(found.measured),
        ABOUT,
        f"## Near-copies of held-out rows: {len(found.across)}",
        bullets(found.across) if found.across else "None.",
        copies(found),
        "## Labels that are close",
        NEIGHBOURS,
        close_labels(found),
        "## Thin spots",
        bullets(thin(found.measured)),
    ]
    return "\n\n".join(part for part in parts if part)


def measures(found: Sequence[Measured]) -> str:
    shares = ("without keyword", "lower case", "odd words")
    names = ["label", "examples", "follow-ups", *(f"{name} words" for _, name in BANDS), *shares]
    return table(names, [_line(one) for one in found])


def _line(one: Measured) -> list[str]:
    counts = (one.examples, one.follow_ups, *one.bands)
    shares = (one.without_keyword, one.lower_case, one.odd_words)
    return [one.label, *map(str, counts), *(f"{share:.2f}" for share in shares)]


def copies(found: Found) -> str:
    """Near-copies among the examples; of two labels they contradict, of one they add little."""
    label = [example.label for example in found.examples]
    two = [pair for pair in found.copies if label[pair[0]] != label[pair[1]]]
    one = [pair for pair in found.copies if label[pair[0]] == label[pair[1]]]
    parts = []
    for title, pairs in (("of two labels", two), ("of one label", one)):
        parts.append(f"## Near-copies among the examples, {title}: {len(pairs)}")
        parts.append(bullets(_pair(found, i, j) for i, j in pairs[:MOST_COPIES]))
    return "\n\n".join(part for part in parts if part)


def close_labels(found: Found) -> str:
    pairs = confusable([example.label for example in found.examples], found.neighbours)
    lines = []
    for (one, other), places in pairs[:MOST_PAIRS]:
        lines.append(f"- {one} and {other}: {len(places)}")
        closest = sorted(places, key=lambda place: -found.neighbours[place].cosine)
        # Two that are each other's neighbour are one pair.
        pairs_of = dict.fromkeys(tuple(sorted((i, found.neighbours[i].place))) for i in closest)
        lines += [f"  - {_pair(found, *pair)}" for pair in list(pairs_of)[:FEW]]
    total = sum(len(places) for _, places in pairs)
    share = number(total / len(found.examples))
    return f"{total} examples ({share}).\n\n" + "\n".join(lines)


def _pair(found: Found, i: int, j: int) -> str:
    cosine = float(found.vectors[i] @ found.vectors[j])
    return f"{_quoted(found.examples[i])}, {_quoted(found.examples[j])}: cosine {cosine:.2f}"


def _quoted(example: Example) -> str:
    after = f" after {example.previous}" if example.previous else ""
    return f"{example.text!r} ({example.label}{after})"


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
