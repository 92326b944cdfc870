"""What one label's examples are like: lengths, the topic's own words, capitals, odd spellings."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tools.content import Example

# Words in a message: the first of each band, and the band's name.
BANDS: Final = ((1, "1-5"), (6, "6-11"), (12, "12-22"), (23, "23+"))
FEW_EXAMPLES: Final = 150
FEW_IN_A_BAND: Final = 10
EMPTY_WORDS: Final = frozenset({"of", "for", "to", "my", "vs", "is", "what"})
LETTERS: Final = re.compile(r"[a-z]+(?:'[a-z]+)*")


@dataclass(frozen=True)
class Measured:
    """The examples of a label; shares are of all of them."""

    label: str
    examples: int
    follow_ups: int
    bands: tuple[int, ...]
    without_keyword: float
    lower_case: float
    odd_words: float


def measured(examples: Sequence[Example], vocabulary: Collection[str]) -> list[Measured]:
    """By label. A word is odd if neither `vocabulary` nor any other example has it."""
    used_by = Counter(word for example in examples for word in set(words(example.text)))
    odd = {word for word, count in used_by.items() if count == 1 and not spelled(word, vocabulary)}
    by_label: dict[str, list[Example]] = {}
    for example in examples:
        by_label.setdefault(example.label, []).append(example)
    return [_measured(label, own, odd) for label, own in sorted(by_label.items())]


def _measured(label: str, own: Sequence[Example], odd: set[str]) -> Measured:
    named = keyword(label)
    bands = Counter(band(example.text) for example in own)
    return Measured(
        label=label,
        examples=len(own),
        follow_ups=sum(example.previous is not None for example in own),
        bands=tuple(bands[name] for _, name in BANDS),
        without_keyword=_share(not named.search(example.text) for example in own),
        lower_case=_share(example.text == example.text.lower() for example in own),
        odd_words=_share(not odd.isdisjoint(words(example.text)) for example in own),
    )


def words(text: str) -> list[str]:
    return LETTERS.findall(text.lower().replace("\u2019", "'"))


def spelled(word: str, vocabulary: Collection[str]) -> bool:
    """Is each part known? The vocabulary has no word with an apostrophe."""
    return all(part in vocabulary for part in word.split("'"))


def band(text: str) -> str:
    length = len(text.split())
    return [name for least, name in BANDS if length >= least or least == 1][-1]


def keyword(label: str) -> re.Pattern[str]:
    """The words of the label's name, in any of their forms: cost, costs, costing."""
    named = [w for w in label.rpartition("/")[2].split("_") if w not in EMPTY_WORDS]
    return re.compile(r"\b(?:" + "|".join(w.removesuffix("s") for w in named) + ")", re.IGNORECASE)


def thin(found: Iterable[Measured]) -> list[str]:
    """Labels with few examples, and length bands of a label with few."""
    lines = []
    for one in found:
        if one.examples < FEW_EXAMPLES:
            lines.append(f"{one.label}: {one.examples} examples")
        counted = zip(BANDS, one.bands, strict=True)
        few = [f"{count} of {name} words" for (_, name), count in counted if count < FEW_IN_A_BAND]
        if few:
            lines.append(f"{one.label}: only {', '.join(few)}")
    return lines


def _share(tests: Iterable[bool]) -> float:
    counted = list(tests)
    return sum(counted) / len(counted)
