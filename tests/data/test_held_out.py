"""No row held out for evaluation equals or nearly equals an example in data/.

An example is one that the assistant trains on, or one that a crisis pattern was written for.
care/near_copies.py says what is near; held-out rows of one or two words (hi, thanks, stop) are
exempt. A failure names places only. Whoever mends it changes the side in data/ and leaves the
held-out words unread.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.eval_rows import SAFETY_LABELS, read_files
from care.near_copies import FEW, Index, Text, near, normal

ROOT = Path(__file__).parents[2]
UNDERSTANDING, SAFETY = ROOT / "tests/understanding", ROOT / "tests/safety"
PHRASES = ROOT / "data/crisis/phrases.yml"


def held_out(folder: Path) -> list[Text]:
    rows = read_files(sorted(folder.glob("*.csv")), SAFETY_LABELS)
    return [
        Text(f"{Path(row.file).relative_to(ROOT)} row {row.line}", normal(row.text)) for row in rows
    ]


def training() -> list[Text]:
    paths = sorted((ROOT / "data").rglob("*.yml"))
    return [text for path in paths for text in examples_in(path)]


def phrases() -> list[Text]:
    """What the patterns of the deterministic screen must catch, or must leave alone."""
    content: Any = YAML(typ="safe").load(PHRASES.read_text(encoding="utf-8"))
    rows = [row for rows in (*content["phrases"].values(), content["not"]) for row in rows]
    place = str(PHRASES.relative_to(ROOT))
    return [Text(f"{place} example {n}", normal(row["example"])) for n, row in enumerate(rows, 1)]


@cache
def index_of(written: Callable[[], list[Text]]) -> Index:
    return Index(written())


def examples_in(path: Path) -> Iterator[Text]:
    # The parser that training uses: PyYAML refuses some of what it accepts.
    content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    blocks = content.get("nlu") or [] if isinstance(content, dict) else []
    for block in blocks:
        for line in str(block.get("examples") or "").splitlines():
            if line.startswith("- "):
                yield Text(str(path.relative_to(ROOT)), normal(line[2:]))


# The screen has no part in the figures of tests/understanding.
@pytest.mark.parametrize(
    ("written", "folder"), [(training, UNDERSTANDING), (training, SAFETY), (phrases, SAFETY)]
)
def test_no_example_is_near_a_held_out_row(written: Callable[[], list[Text]], folder: Path) -> None:
    index, held = index_of(written), held_out(folder)
    assert index.by_token, "no examples found under data/"
    compared = [text for text in held if len(text.words.split()) > FEW]
    found = [
        f"{text.place} is near an example in {other.place}"
        for text in compared
        for other in index.near(text)
    ]
    exempt = f"({len(held) - len(compared)} of {len(held)} rows are of one or two words: exempt)"
    lines = [*found, exempt, "Change the examples; do not read or change these rows."]
    assert not found, "\n".join([f"{len(found)} near-copies:", *lines])


@pytest.mark.parametrize("folder", [UNDERSTANDING, SAFETY])
def test_no_two_held_out_rows_are_near_copies(folder: Path) -> None:
    rows = held_out(folder)
    index = Index(rows)
    found = [
        f"{text.place} and {other.place}"
        for text in rows
        for other in index.near(text)
        if text.place < other.place and len(text.words.split()) > FEW
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("held", "trained", "expected"),
    [
        ("How MUCH, is it?", "how much is it", True),
        ("don't know what to do", "dont know what to do", True),
        ("can my wife come to the group", "the group can my wife come to", True),
        ("can my wife come to the group tonight", "can my wife come to the group", True),
        ("where is the clinic in town", "where is the clinicc in town", True),
        ("is it far", "is it near", False),
        ("how many days a week is it", "what do the sessions cost a week", False),
    ],
)
def test_what_counts_as_near(held: str, trained: str, expected: bool) -> None:
    one, other = Text("a", normal(held)), Text("b", normal(trained))
    assert near(one, other) is expected
    assert bool(Index([other]).near(one)) is expected
