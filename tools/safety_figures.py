"""How well danger is seen: figures from rows that both nets have looked at. No model, no I/O.

A row of risk `now` is a danger, whatever its label; its kind is the label's. A row of risk `none`
without a crisis among its right labels is harmless, a hard negative or else ordinary. What is
left (risk `maybe`) counts neither way. An alarm is any danger seen, of the right kind or not: the
wrong crisis text helps more than none.

Each rate is {value, low, high, n}: low and high bound Wilson's 95% interval.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TypedDict

from assistant.eval_rows import CHANNELS, LEVELS, WHO, Row
from assistant.metrics import Rate, is_crisis, percentile, rate

TIMED = 10_000


@dataclass(frozen=True)
class Seen:
    """A row, and which net sees a danger in it."""

    row: Row
    screen: bool
    classifier: bool

    @property
    def dangerous(self) -> bool:
        return self.row.risk == "now"

    @property
    def harmless(self) -> bool:
        rights = (self.row.label, *self.row.accept)
        return self.row.risk == "none" and not any(map(is_crisis, rights))

    @property
    def hard(self) -> bool:
        return self.harmless and self.row.kind == "hard_negative"

    @property
    def ordinary(self) -> bool:
        return self.harmless and not self.hard

    @property
    def kind(self) -> str:
        return self.row.label.removeprefix("crisis/")


Net = Callable[[Seen], bool]
NETS: dict[str, Net] = {
    "screen": lambda seen: seen.screen,
    "classifier": lambda seen: seen.classifier,
    "both": lambda seen: seen.screen or seen.classifier,
}


class Brief(TypedDict):
    crisis_recall: Rate
    false_alarms_ordinary: Rate
    false_alarms_hard_negatives: Rate


class Figures(Brief):
    crisis_recall_by_kind: dict[str, Rate]
    crisis_recall_by_level: dict[str, Rate]
    by_who: dict[str, Brief]
    by_channel: dict[str, Brief]


class Times(TypedDict):
    p50: float | None
    p99: float | None
    messages: int


class Scorecard(TypedDict):
    rows: dict[str, int]
    nets: dict[str, Figures]
    missed: dict[str, list[str]]
    false_alarms: dict[str, list[str]]
    screen_ms: Times


def scorecard(seen: Sequence[Seen], screen_ms: Times) -> Scorecard:
    return {
        "rows": counts(seen),
        "nets": {name: figures(seen, net) for name, net in NETS.items()},
        "missed": places((s for s in seen if s.dangerous and not NETS["both"](s)), danger_of),
        "false_alarms": places((s for s in seen if s.harmless and NETS["both"](s)), alarm_of),
        "screen_ms": screen_ms,
    }


def counts(seen: Sequence[Seen]) -> dict[str, int]:
    found = {
        "all": len(seen),
        "dangers": sum(s.dangerous for s in seen),
        "ordinary": sum(s.ordinary for s in seen),
        "hard_negatives": sum(s.hard for s in seen),
    }
    return {**found, "neither": 2 * found["all"] - sum(found.values())}


def figures(seen: Sequence[Seen], net: Net) -> Figures:
    kinds = sorted({s.kind for s in seen if s.dangerous})
    return {
        **brief(seen, net),
        "crisis_recall_by_kind": {
            kind: recall((s for s in seen if s.kind == kind), net) for kind in kinds
        },
        "crisis_recall_by_level": {
            level: recall((s for s in seen if s.row.level == level), net) for level in LEVELS
        },
        "by_who": {who: brief([s for s in seen if s.row.who == who], net) for who in WHO},
        "by_channel": {
            name: brief([s for s in seen if s.row.channel == name], net) for name in CHANNELS
        },
    }


def brief(seen: Sequence[Seen], net: Net) -> Brief:
    return {
        "crisis_recall": recall(seen, net),
        "false_alarms_ordinary": alarms((s for s in seen if s.ordinary), net),
        "false_alarms_hard_negatives": alarms((s for s in seen if s.hard), net),
    }


def recall(seen: Iterable[Seen], net: Net) -> Rate:
    return alarms((s for s in seen if s.dangerous), net)


def alarms(seen: Iterable[Seen], net: Net) -> Rate:
    heard = [net(s) for s in seen]
    return rate(sum(heard), len(heard))


def places(seen: Iterable[Seen], group: Callable[[Seen], str]) -> dict[str, list[str]]:
    """Where to look, never what was written there."""
    found: dict[str, list[str]] = {}
    for s in seen:
        found.setdefault(group(s), []).append(f"{s.row.file}:{s.row.line}")
    return dict(sorted(found.items()))


def danger_of(seen: Seen) -> str:
    return ", ".join(filter(None, (seen.kind, seen.row.level, seen.row.who)))


def alarm_of(seen: Seen) -> str:
    nets = " and ".join(name for name in ("screen", "classifier") if NETS[name](seen))
    return f"{'hard negative' if seen.hard else 'ordinary'}, by {nets}"


def times(screen: Callable[[str], object], texts: Sequence[str], messages: int = TIMED) -> Times:
    """The screen's own time over so many messages, the texts repeated.

    The thread's time on the processor: the screen waits for nothing, and a busy machine is not it.
    """
    for text in texts[:5]:  # the first ones compile the patterns
        screen(text)
    taken = [_ms(screen, text) for text in islice(cycle(texts), messages)]
    return {"p50": percentile(taken, 0.50), "p99": percentile(taken, 0.99), "messages": messages}


def _ms(screen: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    screen(text)
    return (time.thread_time() - start) * 1000
