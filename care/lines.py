"""Approved texts as lines for a visitor: the operator's settings and arguments filled in."""

import re
from collections.abc import Mapping

from care import wording
from care.db import Core
from care.transcript import Line

ARGUMENT = re.compile(r"\{(\w+)\}")
TEL = re.compile(r"[^\d+]")

Buttons = tuple[dict[str, str], ...]


def fixed(
    core: Core,
    name: str,
    channel: str,
    author: str = "guide",
    arguments: Mapping[str, str] | None = None,
) -> Line:
    """An approved text that needs no assistant, such as the greeting or word of a breakdown."""
    text, given = wording.text(name, channel), arguments or {}
    filled = wording.fill(text.text, core.settings.spoken)
    return Line(
        text=ARGUMENT.sub(lambda found: given.get(found[1], found[0]), filled),
        author=author,
        buttons=filled_buttons(core, text.buttons),
        sources=tuple(text.metadata.get("sources") or ()),
        response=name,
    )


def filled_buttons(core: Core, buttons: Buttons) -> Buttons:
    return tuple(_button(core, button) for button in buttons)


def _button(core: Core, button: dict[str, str]) -> dict[str, str]:
    kept = {k: wording.fill(v, core.settings.spoken) for k, v in button.items() if v}
    if kept.get("url", "").startswith("tel:"):
        kept["url"] = "tel:" + TEL.sub("", kept["url"].removeprefix("tel:"))
    return {k: v for k, v in kept.items() if k in {"title", "payload", "url"}}
