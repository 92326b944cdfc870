"""Reads the files under data/ into examples and responses."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Example:
    """A message and what it means; `previous` is the answer that it follows, if that matters."""

    file: str
    label: str
    text: str
    previous: str | None = None


@dataclass(frozen=True)
class Response:
    file: str
    name: str
    channel: str
    text: str
    buttons: list[dict[str, Any]]
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Content:
    """Everything under data/, with what could not be read as problems."""

    files: dict[str, Any]
    examples: list[Example]
    responses: list[Response]
    problems: list[str]


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that appears twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubles = {str(key) for key in keys if keys.count(key) > 1}
        if doubles:
            raise yaml.constructor.ConstructorError(
                None, None, f"key twice: {', '.join(sorted(doubles))}", node.start_mark
            )
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_content(data: Path) -> Content:
    """All files of a data folder; paths in the result are relative to its parent."""
    content = Content({}, [], [], [])
    for path in sorted(data.rglob("*.yml")):
        name = path.relative_to(data.parent).as_posix()
        try:
            parsed = yaml.load(path.read_text("utf-8"), StrictLoader)  # noqa: S506 (a SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            content.problems.append(f"{name}: not readable: {' '.join(str(error).split())}")
            continue
        content.files[name] = parsed
        if isinstance(parsed, dict):
            _collect(name, parsed, content)
    return content


def _collect(file: str, parsed: dict[str, Any], content: Content) -> None:
    for item in parsed.get("nlu") or []:
        label, about = str(item.get("intent")), item.get("metadata") or {}
        for line in _lines(file, label, item.get("examples"), content.problems):
            content.examples.append(Example(file, label, line, about.get("previous")))
    for name, variants in (parsed.get("responses") or {}).items():
        for variant in variants or []:
            content.responses.append(_response(file, name, variant))


def _lines(file: str, label: str, block: object, problems: list[str]) -> Iterator[str]:
    if not isinstance(block, str):
        problems.append(f"{file}: {label}: examples are not a text block")
        return
    if "- " not in block:
        problems.append(f"{file}: {label}: no examples")
    for line in block.splitlines():
        if line.startswith("- ") and line[2:].strip():
            yield line[2:].strip()
        elif line.strip():
            problems.append(f"{file}: {label}: a line without '- ': {line[:40]}")


def _response(file: str, name: str, variant: dict[str, Any]) -> Response:
    return Response(
        file=file,
        name=name,
        channel=str(variant.get("channel", "web")),
        text=str(variant.get("text", "")),
        buttons=list(variant.get("buttons") or []),
        metadata=dict(variant.get("metadata") or {}),
    )
