"""The figures of a stretch of days, out of the daily counts: few are not told apart from none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit, roles
from care.db import Core
from care.models import CountedUntil, DailyCount
from care.roles import Permission

FEW = 5  # below, a number may lead to somebody
FIGURES = (  # the measures, in the order of the page
    "contacts",
    "hours",
    "with_person",
    "chat_wait",
    "callback_wait",
    "overdue",
    "crisis",
    "crisis_wait",
    "not_understood",
    "topics",
    "opt_outs",
    "helpful",
    "not_helpful",
)


@dataclass(frozen=True)
class Cell:
    """One number; None if it is more than none and too few to be shown."""

    of: str
    count: int | None


@dataclass(frozen=True)
class Numbers:
    """The cells of each measure; parts of a whole in percent, None where few would show."""

    first: date
    last: date
    cells: Mapping[str, tuple[Cell, ...]]
    contained: int | None
    not_understood: int | None
    helpful: int | None
    hours: Mapping[str, int | None]


def read(core: Core, by: str, first: date, last: date, *, exports: bool = False) -> Numbers:
    """The figures of these days, both included. That they leave as a file is on record."""
    with core.transaction() as session:
        roles.check(session, by, Permission.NUMBERS)
        found = _counted(session, first, last)
        if exports:
            audit.append(session, by, "numbers.exported", detail=f"{first} to {last}")
    return _numbers(first, last, found)


def counted_until(core: Core) -> CountedUntil | None:
    with core.snapshot() as session:
        return session.get(CountedUntil, 1)


def ratings(core: Core, first: date, last: date) -> list[tuple[str, int, int]]:
    """Each rated answer's label, how often it helped, and how often not; the worst first."""
    with core.snapshot() as session:
        found = _counted(session, first, last)
    labels = {*found.get("helpful", {}), *found.get("not_helpful", {})}
    rows = [(of, found["helpful"][of], found["not_helpful"][of]) for of in labels]
    return sorted(rows, key=lambda row: (-row[2], row[1], row[0]))


def share(part: int, whole: int) -> int | None:
    """Percent; None where there is nothing, or where few of either side would show."""
    rest = whole - part
    if not whole or rest < 0 or 0 < part < FEW or 0 < rest < FEW:
        return None
    return round(100 * part / whole)


def shown(counts: Mapping[str, int]) -> tuple[Cell, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Cell(of, number if number >= FEW or not number else None) for of, number in ordered
    )


def _counted(session: Session, first: date, last: date) -> dict[str, Counter[str]]:
    rows = session.execute(
        select(DailyCount.measure, DailyCount.of, func.sum(DailyCount.count))
        .where(DailyCount.day >= first, DailyCount.day <= last)
        .group_by(DailyCount.measure, DailyCount.of)
    )
    found: dict[str, Counter[str]] = {measure: Counter() for measure in FIGURES}
    for measure, of, number in rows:
        found.setdefault(measure, Counter())[of] = int(number)
    return found


def _numbers(first: date, last: date, found: Mapping[str, Counter[str]]) -> Numbers:
    contacts, persons = found["contacts"].total(), found["with_person"].total()
    asked = found.get("messages", Counter()).total()
    good, bad = found["helpful"].total(), found["not_helpful"].total()
    return Numbers(
        first,
        last,
        cells={measure: shown(found[measure]) for measure in FIGURES if measure != "hours"},
        contained=share(contacts - persons, contacts),
        not_understood=share(found["not_understood"].total(), asked),
        helpful=share(good, good + bad),
        hours=_by_hour(found["hours"], contacts),
    )


def _by_hour(hours: Mapping[str, int], contacts: int) -> dict[str, int | None]:
    """In percent, so that no total shows from which a number that is held back could be told."""
    return {name: share(hours.get(name, 0), contacts) if contacts else 0 for name in _hours()}


def _hours() -> Iterable[str]:
    return (f"{hour:02}" for hour in range(24))
