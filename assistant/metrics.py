"""How well the guide understands: figures from judged rows. Pure functions, no model.

The answer is the label after abstention, with context: what the visitor gets, not what one
component thinks. *Right* means the row's label or one of its accepted labels. An answer
*abstains* when it is `unsure` or `out_of_scope`. The gateway's own word screen for danger is not
part of these figures; it is measured with the safety rows.

top1_strict          rows answered with exactly their label, of all rows
top1_accepted        rows answered right, of all rows
top3                 rows with a right label as the answer or among the first three of the ranking
oos_recall           out_of_scope rows answered with out_of_scope or unsure
in_scope_rejection   rows with another label than out_of_scope (crisis rows too) answered with
                     unsure or out_of_scope, unless that answer is accepted
crisis_recall        crisis/* rows answered with any crisis/* label
crisis_false_alarms  rows of risk none, without a crisis label or an accepted one, answered with
                     crisis/*; crisis_false_alarms_hard: the same, of hard negatives only
followup_accepted    rows of kind followup answered right
multi_both           rows of kind multi with all their right labels among what is offered
confident_wrong      rows, of all, whose answer does not abstain and is not right, with nothing
                     right beside it among what is offered
top1_with_request    rows about no request, as if an open request were in their conversation,
                     answered right
p50_ms, p95_ms       time to understand one message (nearest rank)

Each rate is {value, low, high, n}: low and high bound Wilson's 95% interval; value is null for
n = 0. F1 per label counts an accepted answer as the row's own label, and `unsure` as no answer.
Calibration compares the confidence of the ranking's first label with how often it is right.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from assistant.eval_rows import Row

Z95 = 1.959963984540054
ABSTAINS = frozenset({"unsure", "out_of_scope"})


@dataclass(frozen=True)
class Judged:
    """A row and what the visitor got for it."""

    file: str
    line: int
    label: str
    accept: tuple[str, ...]
    risk: str
    kind: str
    answer: str
    ranking: tuple[tuple[str, float], ...]
    offered: tuple[str, ...]
    ms: float

    @classmethod
    def of(
        cls,
        row: Row,
        answer: str,
        ranking: tuple[tuple[str, float], ...],
        offered: tuple[str, ...],
        ms: float,
    ) -> "Judged":
        asked = (row.file, row.line, row.label, row.accept, row.risk, row.kind)
        return cls(*asked, answer, ranking, offered, ms)

    @property
    def rights(self) -> frozenset[str]:
        return frozenset((self.label, *self.accept))

    @property
    def right(self) -> bool:
        return self.answer in self.rights

    @property
    def alarmed(self) -> bool:
        return is_crisis(self.answer)


class Rate(TypedDict):
    value: float | None
    low: float | None
    high: float | None
    n: int


class Score(TypedDict):
    precision: float
    recall: float
    f1: float
    n: int


class Confusion(TypedDict):
    label: str
    answer: str
    count: int
    rows: list[str]


class Bin(TypedDict):
    low: float
    high: float
    confidence: float | None
    accuracy: float | None
    n: int


class Calibration(TypedDict):
    ece: float | None
    bins: list[Bin]


class Summary(TypedDict):
    rows: int
    metrics: dict[str, Rate | float | None]
    by_file: dict[str, dict[str, Rate]]
    labels: dict[str, Score]
    confusions: list[Confusion]
    calibration: Calibration


Test = Callable[[Judged], bool]


def summary(rows: Sequence[Judged]) -> Summary:
    files = sorted({row.file for row in rows})
    return {
        "rows": len(rows),
        "metrics": {**rates(rows), **times(rows)},
        "by_file": {name: brief([row for row in rows if row.file == name]) for name in files},
        "labels": per_label(rows),
        "confusions": confusions(rows),
        "calibration": calibration(rows),
    }


def rates(rows: Sequence[Judged]) -> dict[str, Rate]:
    return {
        **brief(rows),
        "oos_recall": share(rows, abstained, among=out_of_scope),
        "in_scope_rejection": share(rows, rejected, among=lambda row: not out_of_scope(row)),
        "crisis_recall": share(rows, alarm, among=lambda row: is_crisis(row.label)),
        "crisis_false_alarms": share(rows, alarm, among=harmless),
        "crisis_false_alarms_hard": share(rows, alarm, among=harmless_hard),
        "followup_accepted": share(rows, right, among=lambda row: row.kind == "followup"),
        "multi_both": share(rows, both, among=lambda row: row.kind == "multi"),
    }


def brief(rows: Sequence[Judged]) -> dict[str, Rate]:
    """The figures that any set of rows has."""
    return {
        "top1_strict": share(rows, lambda row: row.answer == row.label),
        "top1_accepted": share(rows, right),
        "top3": share(rows, among_three),
        "confident_wrong": share(rows, confident_wrong),
    }


def share(rows: Iterable[Judged], test: Test, among: Test = lambda row: True) -> Rate:
    counted = [test(row) for row in rows if among(row)]
    return rate(sum(counted), len(counted))


def rate(hits: int, n: int) -> Rate:
    if n == 0:
        return {"value": None, "low": None, "high": None, "n": 0}
    low, high = wilson(hits, n)
    return {"value": hits / n, "low": low, "high": high, "n": n}


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for `hits` of `n` (n > 0)."""
    p, z2 = hits / n, z * z
    centre = p + z2 / (2 * n)
    spread = z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (centre - spread) / (1 + z2 / n), (centre + spread) / (1 + z2 / n)
    return (0.0 if hits == 0 else low, 1.0 if hits == n else high)


def is_crisis(label: str) -> bool:
    return label.startswith("crisis/")


def right(row: Judged) -> bool:
    return row.right


def alarm(row: Judged) -> bool:
    return row.alarmed


def abstained(row: Judged) -> bool:
    return row.answer in ABSTAINS


def out_of_scope(row: Judged) -> bool:
    return row.label == "out_of_scope"


def rejected(row: Judged) -> bool:
    return abstained(row) and not row.right


def harmless(row: Judged) -> bool:
    return row.risk == "none" and not any(map(is_crisis, row.rights))


def harmless_hard(row: Judged) -> bool:
    return row.kind == "hard_negative" and harmless(row)


def among_three(row: Judged) -> bool:
    return row.right or any(label in row.rights for label, _ in row.ranking[:3])


def both(row: Judged) -> bool:
    return row.rights <= set(row.offered)


def confident_wrong(row: Judged) -> bool:
    return not abstained(row) and not row.rights & {row.answer, *row.offered}


def times(rows: Sequence[Judged]) -> dict[str, float | None]:
    taken = [row.ms for row in rows]
    return {"p50_ms": percentile(taken, 0.50), "p95_ms": percentile(taken, 0.95)}


def percentile(values: Sequence[float], part: float) -> float | None:
    """The nearest-rank percentile, `part` in 0..1; None without values."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(part * len(values)), 1) - 1]


def per_label(rows: Iterable[Judged]) -> dict[str, Score]:
    hits: dict[str, int] = defaultdict(int)
    meant: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for row in rows:
        answer = row.label if row.right else row.answer
        meant[row.label] += 1
        given[answer] += 1
        hits[row.label] += row.right
    labels = sorted((meant.keys() | given.keys()) - {"unsure"})
    return {label: score(hits[label], given[label], meant[label]) for label in labels}


def score(hits: int, given: int, meant: int) -> Score:
    return {
        "precision": hits / given if given else 0.0,
        "recall": hits / meant if meant else 0.0,
        "f1": 2 * hits / (given + meant) if given + meant else 0.0,
        "n": meant,
    }


def confusions(rows: Iterable[Judged], most: int = 25) -> list[Confusion]:
    """Wrong answers by pair of labels, the most frequent first, with the rows' places."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if not row.right:
            pairs[row.label, row.answer].append(f"{row.file}:{row.line}")
    worst = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:most]
    return [
        {"label": label, "answer": answer, "count": len(places), "rows": places}
        for (label, answer), places in worst
    ]


def calibration(rows: Iterable[Judged], count: int = 10) -> Calibration:
    firsts = [(row.ranking[0][1], row.ranking[0][0] in row.rights) for row in rows if row.ranking]
    bins = [
        bin_of([first for first in firsts if place(first[0], count) == index], index, count)
        for index in range(count)
    ]
    gaps = [abs((b["confidence"] or 0.0) - (b["accuracy"] or 0.0)) * b["n"] for b in bins]
    return {"ece": sum(gaps) / len(firsts) if firsts else None, "bins": bins}


def place(confidence: float, count: int) -> int:
    return max(0, min(int(confidence * count), count - 1))


def bin_of(firsts: Sequence[tuple[float, bool]], index: int, count: int) -> Bin:
    n = len(firsts)
    return {
        "low": index / count,
        "high": (index + 1) / count,
        "confidence": sum(confidence for confidence, _ in firsts) / n if n else None,
        "accuracy": sum(hit for _, hit in firsts) / n if n else None,
        "n": n,
    }
