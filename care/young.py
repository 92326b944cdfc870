"""A child or a teen who tells of a parent's drinking, using or anger. No I/O after start."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from care import contact_form, wording
from care.safety import variants

HOME, MORE = "utter_young/home", "utter_young/more"


def tells_of_home(text: str) -> bool:
    """Does the message speak of a parent who drinks, uses or frightens?"""
    return any(_near().search(words) for words in variants(text))


def is_child(texts: Iterable[str]) -> bool:
    """Are these the words of somebody under 18: an age that was told, or words of a child?"""
    said = list(texts)
    return contact_form.is_minor(said) or any(
        _childlike().search(words) for text in said[-1:] for words in variants(text)
    )


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "young.yml")
    return data


@cache
def _near() -> re.Pattern[str]:
    parent, trouble = _data()["parent"], _data()["trouble"]
    return re.compile(
        rf"\b(?:{parent}) (\w+ ){{0,8}}?{trouble}\b|\b{trouble} (\w+ ){{0,5}}?{parent}\b"
    )


@cache
def _childlike() -> re.Pattern[str]:
    return re.compile(rf"\b{_data()['childlike']}\b")
