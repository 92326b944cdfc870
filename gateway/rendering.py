"""Turns approved texts into lines for one visitor: settings filled in, references put back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from care import conversations, disclosure, my_data, privacy, wording
from care import lines as approved
from care.db import Core
from care.lines import Buttons, filled_buttons
from care.transcript import Line, Waiting
from gateway import late
from gateway.assistant import Answer, Reply

MOST_BUTTONS = 3
FORM = "/request_callback"
GREETING, GREETED_BY = "utter_start", 30
TEL = re.compile(r"[^\d+]")


def fixed(core: Core, name: str, channel: str, author: str = "guide") -> Line:
    """An approved text that needs no assistant, such as the greeting or word of a breakdown."""
    return approved.fixed(core, name, channel, author)


def lines(core: Core, conversation_id: str, answer: Answer) -> list[Line]:
    """The assistant's replies as this visitor sees them."""
    asked = answer.replies[-1].metadata.expects if answer.replies else None
    said = [_line(core, conversation_id, reply, asked) for reply in answer.replies]
    if answer.beside and len(said) == 1:
        return [replace(said[0], buttons=_with_beside(said[0].buttons, answer.beside))]
    return said


def unstored(said: Sequence[Line]) -> dict[str, Any]:
    """Lines for the visitor that are in no transcript."""
    return {
        "say": [line.text for line in said],
        "buttons": [button for line in said for button in line.buttons],
    }


def in_crisis(core: Core, said: list[Line], calls: Buttons) -> list[Line]:
    """In danger no form is offered: the numbers to call come in its place."""
    added = filled_buttons(core, calls)
    return [
        replace(line, buttons=(*(b for b in line.buttons if b.get("payload") != FORM), *added))
        for line in said
    ]


def led(said: list[Line], words: str) -> list[Line]:
    """The same with a line before the answer, in one reply."""
    first, *others = said
    return [replace(first, text=f"{words}\n\n{first.text}"), *others]


def followed(said: list[Line], words: str) -> list[Line]:
    """The same with a line after the answer, in one reply; a form's question stays last."""
    first, *others = said
    return [replace(first, text=f"{first.text}\n\n{words}"), *others]


def disclosed(core: Core, waiting: Waiting, said: list[Line]) -> list[Line]:
    """Led by the line that the guide is no person, if it is asked or due; else as they are."""
    name = disclosure.line(core.settings, waiting)
    return led(said, fixed(core, name, waiting.channel).text) if name and said else said


def welcomed(
    core: Core, conversation_id: str, waiting: Waiting, said: Sequence[Line]
) -> Sequence[Line]:
    """Where nobody was greeted by a page, the first answer comes after the greeting.

    What it offers to choose would compete with the answer's own choices; links stay.
    """
    if waiting.channel == "web" or waiting.crisis or waiting.said.seq > GREETED_BY:
        return said
    before = conversations.history(core, conversation_id)
    if any(line.response == GREETING for line in before):
        return said
    greeting = fixed(core, GREETING, waiting.channel)
    links = tuple(button for button in greeting.buttons if "url" in button)
    return [replace(greeting, buttons=links), *said]


def _line(core: Core, conversation_id: str, reply: Reply, asked: str | None) -> Line:
    kept = my_data.placeholders(core, conversation_id, reply.text)
    text = wording.fill(reply.text, core.settings.spoken | kept)
    return Line(
        text=privacy.reveal(core, conversation_id, text),
        buttons=late.marked(filled_buttons(core, reply.buttons), asked),
        sources=tuple(reply.metadata.sources or ()),
        response=reply.response,
    )


def _with_beside(buttons: Buttons, labels: Iterable[str]) -> Buttons:
    """What may have been meant instead comes first, and the way to a person stays last."""
    titles = {label: wording.title(label) for label in labels}
    meant = [{"title": t, "payload": f"/{label}"} for label, t in titles.items() if t]
    offered = {button["payload"] for button in meant}
    others = [button for button in buttons if button.get("payload") not in offered]
    return (*meant, *others[-max(1, MOST_BUTTONS - len(meant)) :])
