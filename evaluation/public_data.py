"""Reads public intent data sets from the user's own files: BANKING77's CSV, CLINC150's JSON.

CSV: a header with `text` and one of `category`, `label`, `intent`; rows labelled `oos` are out of
scope. JSON: `train` and `test`, and maybe `oos_test`, lists of [text, label].
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABEL_COLUMNS = ("category", "label", "intent")
OUTSIDE = frozenset({"oos", "out_of_scope"})
Labelled = tuple[str, str]


class PublicDataError(ValueError):
    """The files cannot be used; the message says which, where and why."""


@dataclass(frozen=True)
class Task:
    """What to learn, what to ask, and what to ask that belongs to no label."""

    train: list[Labelled]
    test: list[Labelled]
    outside: list[str]


def read_task(train: Path, test: Path | None) -> Task:
    if train.suffix.lower() == ".json":
        if test is not None:
            raise PublicDataError(f"{train}: a JSON file holds its own test; leave TEST out")
        parts = _from_json(train)
    elif test is None:
        raise PublicDataError(f"{train}: a CSV needs another one to test with: TEST=test.csv")
    else:
        parts = {"train": _from_csv(train), "test": _from_csv(test)}
    return _checked(parts, test or train)


def shots(examples: Iterable[Labelled], most: int, seed: int) -> list[Labelled]:
    """`most` examples of each label by chance, or all of them for 0."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    by_label: dict[str, list[Labelled]] = defaultdict(list)
    for text, label in examples:
        by_label[label].append((text, label))
    return [
        example
        for _, own in sorted(by_label.items())
        for example in (chance.sample(own, min(most, len(own))) if most else own)
    ]


def _checked(parts: Mapping[str, Sequence[Labelled]], tested: Path) -> Task:
    train = [(text, label) for text, label in parts["train"] if label not in OUTSIDE]
    test = [(text, label) for text, label in parts["test"] if label not in OUTSIDE]
    asked = [*parts["test"], *parts.get("oos_test", ())]
    unknown = {label for _, label in test} - {label for _, label in train}
    if unknown:
        raise PublicDataError(f"{tested}: label {min(unknown)!r} is not in the training part")
    if len({label for _, label in train}) < 2 or not test:
        raise PublicDataError(f"{tested}: two labels to learn and one row to test are the least")
    return Task(train, test, [text for text, label in asked if label in OUTSIDE])


def _from_json(path: Path) -> dict[str, list[Labelled]]:
    try:
        content = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise PublicDataError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from error
    missing = {"train", "test"} - set(content if isinstance(content, dict) else ())
    if missing:
        raise PublicDataError(f"{path}: key missing: {', '.join(sorted(missing))}")
    parts = ("train", "test", "oos_test")
    return {part: _pairs(f"{path}: {part}", content.get(part, [])) for part in parts}


def _pairs(where: str, entries: Any) -> list[Labelled]:
    if not isinstance(entries, list):
        raise PublicDataError(f"{where} is not a list")
    for number, entry in enumerate(entries):
        pair = isinstance(entry, list) and len(entry) == 2
        if not pair or not all(isinstance(part, str) for part in entry):
            raise PublicDataError(f"{where}[{number}] is not [text, label]")
    return [(text, label) for text, label in entries]


def _from_csv(path: Path) -> list[Labelled]:
    reader = csv.DictReader(_text(path).splitlines(keepends=True), strict=True)
    names = reader.fieldnames or []
    column = next((name for name in LABEL_COLUMNS if name in names), None)
    if "text" not in names or column is None:
        raise PublicDataError(f"{path}: needs the columns text and {' or '.join(LABEL_COLUMNS)}")
    try:
        rows = [(row["text"], row[column], reader.line_num) for row in reader]
    except csv.Error as error:
        raise PublicDataError(f"{path}:{reader.line_num}: not a valid CSV: {error}") from error
    for text, label, line in rows:
        if not (text or "").strip() or not (label or "").strip():
            raise PublicDataError(f"{path}:{line}: the text or the label is empty")
    return [(text.strip(), label.strip()) for text, label, _ in rows]


def _text(path: Path) -> str:
    try:
        # utf-8-sig: spreadsheets put a byte-order mark in front of the header.
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PublicDataError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise PublicDataError(f"{path}: cannot be read: {error.strerror}") from error
