"""Examples put into the topics' files, whose format stays as it is, or the patch that does so."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = re.compile(r"(\s+)- ")


class NoPlaceError(ValueError):
    """A topic's file is missing or has no list of examples; the message names it."""


@dataclass(frozen=True)
class Change:
    """One topic's file before and after."""

    path: str
    before: str
    after: str


def changes(root: Path, examples: Mapping[str, Sequence[str]]) -> list[Change]:
    """What adding examples by label does to the files; nothing for what stands there already."""
    found = []
    for label, texts in sorted(examples.items()):
        path = f"data/topics/{label.removeprefix('faq/')}.yml"
        file = root / path
        if not (label.startswith("faq/") and file.is_file()):
            raise NoPlaceError(path)
        with file.open(encoding="utf-8", newline="") as opened:
            before = opened.read()
        after = with_examples(before, label, texts, path)
        if after != before:
            found.append(Change(path, before, after))
    return found


def with_examples(content: str, label: str, texts: Iterable[str], path: str = "") -> str:
    """The file's content with these examples after the last one of the label."""
    lines = content.splitlines(keepends=True)
    places = _examples(lines, label)
    if not places:
        raise NoPlaceError(path or label)
    last = lines[places[-1]]
    indent, end = re.match(r"\s*", last), re.search(r"\r?\n$", last)
    there = {lines[place].strip().removeprefix("- ") for place in places}
    new = [text for text in dict.fromkeys(texts) if text not in there]
    added = [f"{indent[0] if indent else ''}- {text}{end[0] if end else chr(10)}" for text in new]
    return "".join([*lines[: places[-1] + 1], *added, *lines[places[-1] + 1 :]])


def _examples(lines: Sequence[str], label: str) -> list[int]:
    """Which lines are the label's examples, up to the first line that is none."""
    start = next((n for n, line in enumerate(lines) if line.strip() == f"- intent: {label}"), None)
    if start is None or "".join(lines[start + 1 : start + 2]).strip() != "examples: |":
        return []
    found = []
    for number in range(start + 2, len(lines)):
        if EXAMPLE.match(lines[number]):
            found.append(number)
        elif lines[number].strip():
            break
    return found


def patch(made: Iterable[Change]) -> str:
    """A patch that `git apply` takes."""
    parts: list[str] = []
    for change in made:
        parts += difflib.unified_diff(
            change.before.splitlines(keepends=True),
            change.after.splitlines(keepends=True),
            f"a/{change.path}",
            f"b/{change.path}",
        )
    return "".join(parts)


def apply(root: Path, made: Iterable[Change]) -> list[str]:
    """Writes the files; returns their paths."""
    written = []
    for change in made:
        with (root / change.path).open("w", encoding="utf-8", newline="") as file:
            file.write(change.after)
        written.append(change.path)
    return written
