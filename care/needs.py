"""What a regular expression needs: beginnings of words, one of which a text must have.

An expression is asked only if a text has them; `tests/care/test_needs.py` holds that this loses
nothing. The standard library's own parser is used, so there is no second reading of the syntax.
"""

from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Needs = tuple[frozenset[str], ...]
Items = list[tuple[Any, Any]]
NO_WIDTH = {op.AT, op.ASSERT, op.ASSERT_NOT}
REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT}
SPACE = (op.LITERAL, ord(" "))


def needs(pattern: str) -> Needs:
    """For each place that begins a word: the beginnings that a word there can have."""
    items = list(parser.parse(pattern))
    found = []
    at_word = False
    for number, (kind, value) in enumerate(items):
        if kind is op.AT and (value is op.AT_BOUNDARY or number == 0):
            at_word = True
        elif kind not in NO_WIDTH:
            if at_word and (begins := _begins(items[number:])):
                found.append(frozenset(begins))
            at_word = (kind, value) == SPACE
    return tuple(found)


def _begins(items: Items) -> set[str] | None:
    """The possible beginnings of a text that the items match; None if it may begin anyhow."""
    while items and (items[0][0] in NO_WIDTH or items[0] == SPACE):
        items = items[1:]
    if not items:
        return None
    kind, value = items[0]
    if kind is op.LITERAL:
        return {_letters(items)}
    if kind is op.IN:
        return _class(value)
    branches = _branches(kind, value)
    return _with_rest(branches, items) if branches else None


def _branches(kind: Any, value: Any) -> list[Items]:
    if kind is op.SUBPATTERN:
        return [list(value[3])]
    if kind is op.BRANCH:
        return [list(branch) for branch in value[1]]
    if kind in REPEATS:
        return [list(value[2]), []] if value[0] == 0 else [list(value[2])]
    return []


def _with_rest(branches: list[Items], items: Items) -> set[str] | None:
    """What each branch begins with; a branch that can be empty begins with what follows it."""
    found: set[str] = set()
    for branch in branches:
        begins = _begins(branch + items[1:]) if _can_be_empty(branch) else _begins(branch)
        if begins is None:
            return None
        found |= begins
        if branch and _can_be_empty(branch):
            rest = _begins(items[1:])
            if rest is None:
                return None
            found |= rest
    return found


def _can_be_empty(items: Items) -> bool:
    return all(kind in NO_WIDTH or _least(kind, value) == 0 for kind, value in items)


def _least(kind: Any, value: Any) -> int:
    if kind is op.SUBPATTERN:
        return int(not _can_be_empty(list(value[3])))
    if kind is op.BRANCH:
        return int(not any(_can_be_empty(list(branch)) for branch in value[1]))
    if kind in REPEATS:
        return int(value[0] > 0 and not _can_be_empty(list(value[2])))
    return 1


def _letters(items: Items) -> str:
    word = ""
    for kind, value in items:
        if kind is not op.LITERAL or value == ord(" "):
            break
        word += chr(value)
    return word


def _class(members: Any) -> set[str] | None:
    if all(kind is op.LITERAL for kind, _ in members):
        return {chr(value) for _, value in members}
    return None
