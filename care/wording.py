"""The approved words that are needed without Rasa: fixed texts, consents, topic titles.

They are read once from `data/`; nothing here writes or changes a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from care.settings import ROOT

DATA = ROOT / "data"
SPANISH = "_es"  # ends the name of the Spanish text that stands for an English one


@dataclass(frozen=True)
class Text:
    """One approved text as a channel shows it. `buttons` hold title and payload or url."""

    name: str
    text: str
    buttons: tuple[dict[str, str], ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)


def text(name: str, channel: str = "web") -> Text:
    """The text `utter_<...>` in the channel's own variant. Raises KeyError if there is none."""
    variants = _responses()[name]
    chosen = next((v for v in variants if v.get("channel") == channel), variants[0])
    return Text(
        name=name,
        text=chosen["text"],
        buttons=tuple(chosen.get("buttons") or ()),
        metadata=chosen.get("metadata") or {},
    )


def known(name: str) -> bool:
    """Is there a text of this name?"""
    return name in _responses()


def translated(names: Iterable[str], spanish: bool) -> str:
    """The most specific text there is, first of all in Spanish if that is wanted."""
    wanted = [name for name in names if known(name) or known(name + SPANISH)]
    in_spanish = (name + SPANISH for name in wanted if spanish and known(name + SPANISH))
    return next(in_spanish, next(name for name in wanted if known(name)))


def is_spanish(name: str | None) -> bool:
    return name is not None and name.endswith(SPANISH)


def title(label: str) -> str | None:
    """A topic in three words, for a button; None for a label that is no topic."""
    variants = _responses().get(f"utter_{label}") if label.startswith("faq/") else None
    return str(variants[0]["metadata"]["title"]) if variants else None


def has(name: str) -> bool:
    return name in _responses()


def family(prefix: str) -> list[str]:
    """The names of all texts that begin so, in their order."""
    return sorted(name for name in _responses() if name.startswith(prefix))


def sources(ids: Iterable[str]) -> str:
    """The names of sources, for a sentence."""
    rows = [_sources()[id_] for id_ in ids if id_ in _sources()]
    return "; ".join(
        row["name"] if row["publisher"] in row["name"] else f"{row['name']} ({row['publisher']})"
        for row in rows
    )


def source_links(ids: Iterable[str]) -> list[dict[str, str | None]]:
    """Where facts come from, for a reader: `id`, `name`, and `url` where there is a page."""
    return [
        {
            "id": id_,
            "name": sources([id_]),
            "url": row["address"] if row["address"].startswith("https:") else None,
        }
        for id_ in ids
        if (row := _sources().get(id_))
    ]


def fill(template: str, values: dict[str, str]) -> str:
    """Puts the operator's settings into a text."""
    return Template(template).safe_substitute(values)


def load_yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


@cache
def _sources() -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = load_yaml(DATA / "sources.yml")
    return rows


@cache
def _responses() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(DATA.rglob("*.yml")):
        content = load_yaml(path)
        if isinstance(content, dict):
            found.update(content.get("responses") or {})
    return found
