"""What docs/security/asvs.md promises is there, and every requirement is answered once."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from care.settings import ROOT

DOCUMENT = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
ROWS = [
    (number, level, answer)
    for number, level, answer in re.findall(
        r"^\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| ([^|]+) \|$", DOCUMENT, re.MULTILINE
    )
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PLACE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*\.(?:py|md|html|ts|toml|json|txt|lock|example))`")
KINDS = {"in code": True, "does not apply": False, "not met": False}  # must a place be named?
HOW_MANY = {"1": 70, "2": 183}


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))


def listed(level: str) -> list[str]:
    plain = DOCUMENT.split("## All numbers")[1].split(f"Level {level}:")[1].split("Level")[0]
    return re.findall(r"\d+\.\d+\.\d+", plain)


@pytest.mark.parametrize("level", HOW_MANY)
def test_every_number_is_answered_once(level: str) -> None:
    answered = [number for number, of, _ in ROWS if of == level]
    assert answered == listed(level)
    assert len(set(answered)) == len(answered) == HOW_MANY[level]


def test_every_answer_is_one_of_the_four() -> None:
    for number, _, answer in ROWS:
        if TEST.match(answer):
            continue
        kind, _, reason = answer.partition(": ")
        assert kind in KINDS, number
        assert len(reason) > 5, number
        assert not KINDS[kind] or PLACE.search(reason), number


def test_every_test_and_place_that_is_named_exists() -> None:
    found = TEST.findall(DOCUMENT)
    assert len(found) > 100
    for path, name in found:
        assert name in names_in(ROOT / path), f"{path}::{name}"
    for path in PLACE.findall(DOCUMENT):
        assert (ROOT / path).is_file(), path


def test_the_figures_at_the_top_are_those_of_the_table() -> None:
    kinds = ["test" if TEST.match(row[2]) else row[2].partition(":")[0] for row in ROWS]
    counts = " | ".join(f"{kinds.count(kind)}" for kind in ("test", *KINDS))
    assert f"\n| {counts} |\n" in DOCUMENT
