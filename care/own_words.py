"""Whether an example that staff write may teach the guide: theirs, new, and fit for a file."""

import re
from collections.abc import Iterable

from care import examples, privacy
from care.near_copies import Text, near, normal

LONGEST = 300
IN_A_ROW = 4  # words of a visitor's, taken over as they stand
ENTITY = re.compile(r"\[[^\]]*\][({]")
REFERENCE = re.compile(r"\[[a-z]+-\d+\]|\[hidden\]")


def clean(text: str) -> str:
    return " ".join(text.split())


def problem(text: str, heard: Iterable[str]) -> str:
    """Why this may not be an example beside what visitors wrote; empty if it may."""
    if why := unfit(text):
        return why
    if any(is_copy(text, theirs) for theirs in heard):
        return (
            "These are a visitor's words, or nearly. They never leave their conversation:"
            " please write what somebody else might say, in words of your own."
        )
    label = examples.known().get(normal(text))
    return f"The guide has this example already, for {label}." if label else ""


def unfit(text: str) -> str:
    """What is wrong with the example by itself."""
    if not re.search(r"\w", text):
        return "Please write an example."
    if len(text) > LONGEST:
        return f"Please write it shorter: at most {LONGEST} characters."
    if not text.isprintable() or text.startswith("/") or ENTITY.search(text):
        return "An example is plain text: no '/' in front, no [word](like this)."
    if privacy.find(text) or REFERENCE.search(text):
        return "An example may not hold a phone number, an address, or a reference to one."
    return ""


def is_copy(text: str, heard: str) -> bool:
    """The same or nearly so, or with words in a row that were the visitor's.

    A message of one or two words can only be said so ("hi"): it counts if it is the same.
    """
    ours, theirs = Text("", normal(text)), Text("", normal(heard))
    if not (ours.words and theirs.words):
        return False
    return near(ours, theirs) or bool(_rows(ours.words) & _rows(theirs.words))


def _rows(words: str) -> set[str]:
    each = words.split()
    return {" ".join(each[i : i + IN_A_ROW]) for i in range(len(each) - IN_A_ROW + 1)}
