"""The examples in data/ that the assistant has learned from, read when the desk asks for them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from care import wording
from care.near_copies import Text, normal

SEEN_OFTEN = 6
LOWER = re.compile(r"(?<![\w'-])[a-z][a-z'-]*")


@cache
def known() -> dict[str, str]:
    """The label of each example, by its words without case and punctuation."""
    return {text.words: text.place for text in _texts()}


@cache
def vocabulary() -> frozenset[str]:
    """Words that many examples have in small letters: hardly anybody's name."""
    counts: Counter[str] = Counter()
    for _, line in _lines():
        counts.update(set(LOWER.findall(line)))
    return frozenset(word for word, count in counts.items() if count >= SEEN_OFTEN)


def topics() -> dict[str, str]:
    """Every topic's label and its title, by title."""
    names = (name.removeprefix("utter_") for name in wording.family("utter_faq/"))
    titles = {name: title for name in names if (title := wording.title(name))}
    return dict(sorted(titles.items(), key=lambda item: item[1].casefold()))


def _texts() -> Iterator[Text]:
    return (Text(label, normal(line)) for label, line in _lines())


def _lines() -> Iterator[tuple[str, str]]:
    for path in sorted(wording.DATA.rglob("*.yml")):
        content = wording.load_yaml(path)
        for block in (content.get("nlu") or []) if isinstance(content, dict) else []:
            for line in str(block.get("examples") or "").splitlines():
                if line.startswith("- "):
                    yield str(block.get("intent")), line[2:].strip()
