"""A best time in plain words, said back so that both sides mean the same time.

"tomorrow after 5" becomes "tomorrow (Thursday) after 5 PM Eastern". What is not understood stays
as it was said. The words are data (`data/contact/times.yml`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from care import places, wording

FIRST_OF_THE_DAY = 8  # a bare 8 to 11 is before noon, a bare 1 to 7 after it
HALF_DAY = 12
HOURS = 24


@dataclass(frozen=True)
class Clock:
    """A clock time in a text: where, the hour of the day, the minutes."""

    start: int
    end: int
    hour: int
    minute: int

    def __str__(self) -> str:
        half = "PM" if self.hour >= HALF_DAY else "AM"
        minutes = f":{self.minute:02d}" if self.minute else ""
        return f"{(self.hour - 1) % HALF_DAY + 1}{minutes} {half}"


def read(said: str, at: datetime, zone: str) -> str:
    """What was said at the moment `at`, with days and hours made plain for somebody in `zone`."""
    named, there = _zone_in(said) or (_name_of(zone, at), zone)
    local = at.astimezone(ZoneInfo(there))
    clear = _with_hours(said, "" if _names_zone(said) else named)
    return _with_moment(_with_days(clear, local), local, named)


def where(zone: str) -> str:
    """The time zone that is called so: America/Chicago for "Central"."""
    return str(_words()["zones"][zone])


def span(text: str) -> tuple[int, int] | None:
    """Where a longer sentence names a time; None if it names none, or one that is past."""
    words = _words()
    if re.search(words["past"], text, re.IGNORECASE):
        return None
    word = rf"(?<![\w\[-]){words['words']}(?![\w\]-])"
    tie = rf"(?<!\w){words['ties']}(?!\w)"
    run = re.compile(
        rf"(?:(?:{tie})[\s,]+){{0,4}}+{word}(?:[\s,&-]+(?:{word}|{tie}))*", re.IGNORECASE
    )
    for found in run.finditer(text):
        start, end = found.start(), found.end()
        while tail := re.search(rf"[\s,&-]+{tie}$", text[start:end], re.IGNORECASE):
            end = start + tail.start()
        if not re.fullmatch(r"[\d\s]*", text[start:end]):
            return start, end
    return None


def _with_hours(said: str, zone: str) -> str:
    clocks = list(_clocks(said))
    for number, clock in reversed(list(enumerate(clocks))):
        last = f" {zone}" if zone and number == len(clocks) - 1 else ""
        said = f"{said[: clock.start]}{clock}{last}{said[clock.end :]}"
    return said


def _clocks(said: str) -> list[Clock]:
    """The clock times; in "2 to 4 pm" both are in the afternoon."""
    found: list[re.Match[str]] = []
    hour = r"(?P<hour>\d{1,2})(?:(?P<colon>:|\.)?(?P<minute>[0-5]\d))?(?:ish)?"
    half = r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    behind = rf"(?![\w:/)\]]|\.\d|-\w*[a-z])(?!\s?{_words()['no_time']})"
    for match in re.finditer(rf"(?<![\w:./(\[]){hour}{half}{behind}", said, re.IGNORECASE):
        if _is_a_time(said, match, found):
            found.append(match)
    halves = [(match["half"] or "").lower() for match in found]
    for number in reversed(range(len(found) - 1)):
        one, two = found[number], found[number + 1]
        earlier = int(one["hour"]) < int(two["hour"]) < HALF_DAY
        if not halves[number] and earlier and _tied(said, one, two):
            halves[number] = halves[number + 1]
    return _placed(said, found, halves)


def _is_a_time(said: str, match: "re.Match[str]", before: list["re.Match[str]"]) -> bool:
    if not int(match["hour"]) < HOURS or (match["half"] and not 0 < int(match["hour"]) <= HALF_DAY):
        return False
    if match["half"] or match["colon"] == ":" or match[0].endswith("ish"):
        return True
    lead = rf"(?:^|\W){_words()['before_a_time']}\s*$"
    led = re.search(lead, said[: match.start()], re.IGNORECASE)
    goes_on = re.match(_words()["behind_a_time"], said[match.end() :], re.IGNORECASE)
    tied = before and _tied(said, before[-1], match)
    return bool(led or goes_on or tied) or not re.search(r"[^\W\d]", said)


def _tied(said: str, one: "re.Match[str]", two: "re.Match[str]") -> bool:
    between = said[one.end() : two.start()].strip().lower()
    return between in {"-", "to", "and", "or", "till", "til", "until", "thru", "y", "a"}


def _placed(said: str, found: list["re.Match[str]"], halves: list[str]) -> list[Clock]:
    placed: list[Clock] = []
    for match, half in zip(found, halves, strict=True):
        hour = int(match["hour"])
        if 0 < hour <= HALF_DAY:
            tied = bool(placed) and said[placed[-1].end : match.start()].strip() in {
                "-",
                "to",
                "and",
            }
            afternoon = _is_after_noon(said, hour, half, placed[-1] if tied else None)
            hour = hour % HALF_DAY + (HALF_DAY if afternoon else 0)
        placed.append(Clock(match.start(), match.end(), hour, int(match["minute"] or 0)))
    return placed


def _is_after_noon(said: str, hour: int, half: str, before: Clock | None) -> bool:
    if half:
        return half == "p"
    if re.search(_words()["evening"], said, re.IGNORECASE):
        return hour != HALF_DAY
    if re.search(_words()["morning"], said, re.IGNORECASE):
        return False
    if before and before.hour >= HALF_DAY and hour > before.hour - HALF_DAY and hour != HALF_DAY:
        return True
    return hour == HALF_DAY or hour < FIRST_OF_THE_DAY


def _with_days(said: str, local: datetime) -> str:
    days: dict[str, int] = _words()["days"]
    names = "|".join(re.escape(name) for name in sorted(days, key=len, reverse=True))
    pattern = rf"(?<!\w)({names})(?!\w|\s*\()"

    def with_weekday(match: "re.Match[str]") -> str:
        day = local + timedelta(days=days[match[0].lower()])
        return f"{match[0]} ({day:%A})"

    return re.sub(pattern, with_weekday, said, count=1, flags=re.IGNORECASE)


def _with_moment(said: str, local: datetime, zone: str) -> str:
    """ "In an hour" means little to whoever reads it later."""
    found = re.search(_words()["in_a_while"], said, re.IGNORECASE)
    if not found:
        return said
    amount = found[1].lower()
    many = float(amount) if amount.isdigit() else float(_words()["amounts"][amount])
    hours = found[2].lower().startswith("h")
    then = local + timedelta(**{"hours" if hours else "minutes": many})
    clock = Clock(0, 0, then.hour, then.minute)
    return f"{said[: found.end()]} (about {clock} {zone}){said[found.end() :]}"


def _names_zone(said: str) -> bool:
    return any(re.search(p, said, re.IGNORECASE) for p in _words()["named"].values())


def _zone_in(said: str) -> tuple[str, str] | None:
    """The zone that is named, or that of a state that is named: its name, and where."""
    words, lowered = _words(), said.lower()
    for name, pattern in words["named"].items():
        if re.search(pattern, lowered):
            return name, words["zones"][name]
    place = places.named_in(said)
    return (place.zone, words["zones"][place.zone]) if place else None


def _name_of(zone: str, at: datetime) -> str:
    zones: dict[str, str] = _words()["zones"]
    named = next((name for name, where in zones.items() if where == zone), None)
    return named or str(at.astimezone(ZoneInfo(zone)).tzname())


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "times.yml")
    return words
