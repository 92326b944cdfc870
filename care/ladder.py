"""The alert ladder: who is told of a ticket and when, until somebody claims it.

The steps are data (`data/alerts.yml`), the recipients settings.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from care import helpdesk, wording
from care.settings import Settings

LIVE_CHAT = "live_chat"
CONSOLE = "console"
CONSOLE_ADDRESS = "console:"
BEFORE = {"step_2": "step_1", "step_3": "step_2", "callback": "step_1"}


@dataclass(frozen=True)
class Recipient:
    """Where alerts go. Only the name is ever stored or logged: an address may hold a secret."""

    name: str
    setting: str
    address: str


@dataclass(frozen=True)
class Step:
    """One step of a ladder; `number` counts from 1. Without `after`: when the ticket is due."""

    number: int
    after: timedelta | None
    to: str


@dataclass(frozen=True)
class Planned:
    """Word to one recipient at one time."""

    step: int
    recipient: str
    due_at: datetime


def kind_of(kind: str, priority: str) -> str:
    """The ladder for a ticket of this kind and priority."""
    if priority == "urgent":
        return "urgent"
    return LIVE_CHAT if kind == LIVE_CHAT else "callback"


def steps(kind: str) -> tuple[Step, ...]:
    rows = _data()["ladders"][kind]
    return tuple(Step(number, _after(row), row["to"]) for number, row in enumerate(rows, start=1))


def _after(row: dict[str, Any]) -> timedelta | None:
    return None if row.get("when") == "due" else timedelta(seconds=row["after_seconds"])


def nobody(_at: datetime) -> Collection[str]:
    return ()


def plan(
    settings: Settings,
    ladder: Iterable[Step],
    start: datetime,
    due_at: datetime,
    on_duty: Callable[[datetime], Collection[str]] = nobody,
) -> list[Planned]:
    """Every alert of a ticket that is unclaimed from `start` on; `on_duty` names who is so when."""
    due, planned = max(start, due_at), []
    for step in ladder:
        at = due if step.after is None else start + step.after
        named = [*recipients(settings, step.to), *people(settings, on_duty(at))]
        planned += [Planned(step.number, recipient.name, at) for recipient in named]
    return planned


def people(settings: Settings, names: Iterable[str]) -> list[Recipient]:
    """Those of them who have an address of their own."""
    known = {} if settings.alerts == "off" else settings.people
    return [Recipient(f"duty.{n}", "alert_people", known[n]) for n in names if n in known]


def recipients(settings: Settings, to: str) -> list[Recipient]:
    """Those of the setting, or of the step before. Development without any has the console."""
    if settings.alerts == "off":
        return []
    addresses = settings.alert_addresses(to)
    if not addresses:
        if to in BEFORE:
            return recipients(settings, BEFORE[to])
        return [Recipient(CONSOLE, "alerts", CONSOLE_ADDRESS)]
    return [
        Recipient(f"{to}.{place}", f"alert_{to}", address)
        for place, address in enumerate(addresses, start=1)
    ]


def every_recipient(settings: Settings) -> list[Recipient]:
    """All that any step may name, each once."""
    named = {r.name: r for to in ("step_1", *BEFORE) for r in recipients(settings, to)}
    return [*named.values(), *people(settings, settings.people)]


def texts(step: int) -> dict[str, str]:
    """The approved title and text of an alert, with `$` placeholders."""
    name = {helpdesk.STEP: "helpdesk", 1: "new"}.get(step, "unclaimed")
    found: dict[str, str] = _data()["texts"][name]
    return found


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "alerts.yml")
    return data
