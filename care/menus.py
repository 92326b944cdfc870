"""Choices as a numbered list: "2", "the second" or the words of a choice pick it.

The transcript is the only state: the list that counts is the last one shown, and none after a
person has written. Whole words such as "Yes, delete it" pick from an earlier list too, as a button
that is pressed late does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from care import conversations, wording
from care.db import Core
from care.transcript import Said, Waiting

NUMBER = re.compile(r"[#(]?\s*(\d{1,2})\s*[.):]?")
LOOKED_BACK = 30  # lines
NOT_WORDS = re.compile(r"[^\w\s]")

Buttons = Sequence[Mapping[str, str]]


def choices(buttons: Buttons) -> list[Mapping[str, str]]:
    """What can be chosen, in the order of its numbers: a link to call or open is no choice."""
    return [button for button in buttons if button.get("payload")]


@cache
def standing(channel: str) -> frozenset[str]:
    """The payloads that a channel's own menu offers all the time."""
    path = wording.DATA / "channels" / f"{channel}_profile.yml"
    profile = wording.load_yaml(path) if path.exists() else {}
    rows = [*profile.get("ice_breakers", ()), *profile.get("persistent_menu", ())]
    return frozenset(
        item["payload"] for row in rows for item in row["call_to_actions"] if "payload" in item
    )


def chosen(core: Core, conversation_id: str, waiting: Waiting) -> Waiting:
    """The message as if the button had been pressed that it picks; else as it is."""
    if waiting.said.button:
        return waiting
    history = conversations.history(core, conversation_id, waiting.said.seq - LOOKED_BACK)
    button = _picked(list(_lists(history, waiting.said.seq)), waiting.said.text)
    return replace(waiting, said=_pressed(waiting.said, button)) if button else waiting


def _lists(history: Sequence[Said], seq: int) -> Iterator[Buttons]:
    """What could be chosen before message `seq`, the newest first, back to a person's words."""
    for said in reversed([said for said in history if said.seq < seq]):
        if said.author == "staff":
            return
        if choices(said.buttons):
            yield said.buttons


def _picked(lists: Sequence[Buttons], text: str) -> Mapping[str, str] | None:
    if button := pick(lists[0] if lists else (), text):
        return button
    said = _plain(text)
    earlier = (button for buttons in lists[1:] for button in choices(buttons))
    return next((b for b in earlier if _stands_alone(b) and _plain(b["title"]) == said), None)


def _stands_alone(button: Mapping[str, str]) -> bool:
    """Do its words mean the same beside any other question? "Yes" and "Skip" do not."""
    return button["payload"].startswith("/") and " " in button["title"]


def pick(buttons: Buttons, text: str) -> Mapping[str, str] | None:
    """The choice that a text picks by its number, its place or its words."""
    offered = choices(buttons)
    said = _plain(text)
    for button in offered:
        if said == _plain(button["title"]):
            return button
    place = _place(text, said, len(offered))
    return offered[place - 1] if 0 < place <= len(offered) else None


def _pressed(said: Said, button: Mapping[str, str]) -> Said:
    payload = button["payload"]
    if payload.startswith("/"):
        return replace(said, text=button["title"], button=payload)
    return replace(said, text=payload)


def _place(text: str, said: str, count: int) -> int:
    """The number that a text says and nothing else; 0 if it says none."""
    if number := NUMBER.fullmatch(text.strip()):
        return int(number[1])
    for place, names in enumerate(_words()["places"], start=1):
        if re.fullmatch(names, said):
            return place
    return count if re.fullmatch(_words()["last"], said) else 0


def _plain(text: str) -> str:
    return " ".join(NOT_WORDS.sub("", text.replace("\u2019", "'")).casefold().split())


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "channels" / "words.yml")
    return words
