"""A search over the approved answers, for staff who write one themselves.

Words of the answer, its title and its topic's examples are counted (BM25, with titles worth more);
nothing leaves the process and no model is needed.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from care import wording
from care.settings import Settings

MOST = 5
K1, B = 1.2, 0.5
TITLE_WORTH = 6
WORD = re.compile(r"[a-z0-9]+")
ENDINGS = re.compile(r"(?:ing|ed|es|s)$")
LABEL = "utter_faq/"


@dataclass(frozen=True)
class Suggestion:
    """One approved answer, in the words of the visitor's channel."""

    label: str
    title: str
    text: str


@dataclass(frozen=True)
class Index:
    """How often a word stands in each topic, and in how many topics it stands at all."""

    counts: dict[str, Counter[str]]
    spread: Counter[str]
    mean: float


def search(settings: Settings, query: str, channel: str) -> list[Suggestion]:
    """The likeliest answers first; none where no word fits."""
    asked, index = set(_words(query)), _index()
    scores = {label: _score(index, label, asked) for label in index.counts}
    best = sorted((label for label in scores if scores[label] > 0), key=lambda each: -scores[each])
    return [_suggestion(settings, label, channel) for label in best[:MOST]]


def _suggestion(settings: Settings, label: str, channel: str) -> Suggestion:
    text = wording.text(LABEL + label, channel).text
    title = wording.title(f"faq/{label}") or label
    return Suggestion(f"faq/{label}", title, wording.fill(text, settings.spoken))


def _score(index: Index, label: str, asked: set[str]) -> float:
    counts = index.counts[label]
    long = K1 * (1 - B + B * counts.total() / index.mean)
    total = len(index.counts)
    return sum(
        math.log(1 + (total - index.spread[word] + 0.5) / (index.spread[word] + 0.5))
        * counts[word]
        * (K1 + 1)
        / (counts[word] + long)
        for word in asked
        if counts[word]
    )


@cache
def _index() -> Index:
    counts = {name.removeprefix(LABEL): _counted(name) for name in wording.family(LABEL)}
    spread = Counter(word for each in counts.values() for word in each)
    mean = sum(each.total() for each in counts.values()) / len(counts)
    return Index(counts, spread, mean)


def _counted(name: str) -> Counter[str]:
    label = name.removeprefix(LABEL)
    counts = Counter(_words(wording.text(name).text))
    counts.update(word for example in _examples(label) for word in set(_words(example)))
    for word in _words(wording.title(f"faq/{label}") or ""):
        counts[word] += TITLE_WORTH
    return counts


def _examples(label: str) -> list[str]:
    path = wording.DATA / "topics" / f"{label}.yml"
    if not path.exists():
        return []
    blocks = wording.load_yaml(path).get("nlu") or []
    return [row for block in blocks for row in str(block.get("examples") or "").splitlines()]


def _words(text: str) -> list[str]:
    return [ENDINGS.sub("", word) or word for word in WORD.findall(text.casefold())]
