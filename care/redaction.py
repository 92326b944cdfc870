"""A visitor's message for staff who teach the guide: numbers, addresses and names as references.

Names are found by what people told of themselves, by what stands before them, and by a capital
letter on a word that the examples do not use. A name in small letters elsewhere is not seen.
"""

import re
from collections.abc import Iterable, Iterator

from care import contact_told, examples, privacy, ticket_access
from care.tickets import Details

WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
BEFORE_A_NAME = re.compile(
    r"\b(?:i'?m|i am|this is|son|daughter|wife|husband|mom|mum|mother|dad|father|brother|sister|"
    r"friend|partner|boyfriend|girlfriend|cousin|aunt|uncle|boss|doctor|counselor|named|called|"
    r"dr|mr|mrs|ms)"
    r"\.?,?\s+$",
    re.IGNORECASE,
)
ALWAYS = frozenset({"i", "iop", "php", "aa", "na", "mr", "mrs", "ms", "dr"})


def redacted(text: str, told: Iterable[Details] = ()) -> str:
    """`told` are the contact details known from the same conversation."""
    taken: list[tuple[int, int, str, str]] = [
        (found.start, found.end, found.kind, found.value) for found in privacy.find(text)
    ]
    details = list(told)
    for start, end in _names(text, {w for d in details for w in d.name.lower().split()}):
        if all(end <= other[0] or start >= other[1] for other in taken):
            taken.append((start, end, "name", text[start:end].lower()))
    shown = _with_references(text, sorted(taken))
    for each in details:
        shown = ticket_access.hidden_of(each, shown)
    return shown


def _with_references(text: str, taken: list[tuple[int, int, str, str]]) -> str:
    numbers: dict[str, dict[str, int]] = {}
    parts, end = [], 0
    for start, stop, kind, value in taken:
        same = numbers.setdefault(kind, {})
        parts += [text[end:start], f"[{kind}-{same.setdefault(value, len(same) + 1)}]"]
        end = stop
    return "".join([*parts, text[end:]])


def _names(text: str, told: set[str]) -> Iterator[tuple[int, int]]:
    introduced, last = set(contact_told.introductions(text)), -1
    for found in WORD.finditer(text):
        plain = found[0].lower().replace("\u2019", "'").removesuffix("'s")
        surname = last >= 0 and text[last : found.start()] == " " and plain not in common()
        known = plain in told or found.start() in introduced or surname
        if known or _may_be_a_name(text, found.start(), plain):
            last = found.end()
            yield found.span()


def _may_be_a_name(text: str, start: int, plain: str) -> bool:
    """A capital letter may be a sentence's; a common word ("Will", "Hope") needs more than that."""
    after_a_sign = BEFORE_A_NAME.search(text[:start]) is not None
    capital = text[start].isupper() and not text.isupper()
    if plain in common():
        return capital and after_a_sign and not contact_told.is_no_name(plain)
    return capital or (after_a_sign and not contact_told.is_no_name(plain))


def common() -> frozenset[str]:
    return examples.vocabulary() | ALWAYS
