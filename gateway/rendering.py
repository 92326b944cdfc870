"""Turns approved texts into lines for one visitor: settings filled in, references put back."""

import re
from collections.abc import Iterable

from care import privacy, wording
from care.db import Core
from care.transcript import Line
from gateway.assistant import Reply

TEL = re.compile(r"[^\d+]")


def fixed(core: Core, name: str, channel: str, author: str = "guide") -> Line:
    """An approved text that needs no assistant, such as the greeting or word of a breakdown."""
    text = wording.text(name, channel)
    return Line(
        text=wording.fill(text.text, core.settings.spoken),
        author=author,
        buttons=_buttons(core, text.buttons),
        sources=tuple(text.metadata.get("sources") or ()),
        response=name,
    )


def lines(core: Core, conversation_id: str, replies: Iterable[Reply]) -> list[Line]:
    """The assistant's replies as this visitor sees them."""
    return [
        Line(
            text=privacy.reveal(
                core, conversation_id, wording.fill(reply.text, core.settings.spoken)
            ),
            buttons=_buttons(core, reply.buttons),
            sources=tuple(reply.metadata.get("sources") or ()),
            response=reply.response,
        )
        for reply in replies
    ]


def _buttons(core: Core, buttons: Iterable[dict[str, str]]) -> tuple[dict[str, str], ...]:
    return tuple(_button(core, button) for button in buttons)


def _button(core: Core, button: dict[str, str]) -> dict[str, str]:
    kept = {k: wording.fill(v, core.settings.spoken) for k, v in button.items() if v}
    if kept.get("url", "").startswith("tel:"):
        kept["url"] = "tel:" + TEL.sub("", kept["url"].removeprefix("tel:"))
    return {k: v for k, v in kept.items() if k in {"title", "payload", "url"}}
