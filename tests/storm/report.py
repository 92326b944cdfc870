"""What came of a storm: what visitors were told, held against what is stored and was delivered."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from care import audit, tickets
from care.db import Core
from care.models import Alert, Consent, Message, Ticket, TicketEvent
from tests.storm.sink import Sink
from tests.storm.visitors import NAME, Promised

GUIDE_LINES = 3  # the greeting, the question, the number


PURPOSES = 2  # what each visitor said yes to: storing, and being called


@dataclass
class Report:
    """`faults` is empty if nothing was lost and nothing doubled."""

    visitors: int
    seconds: float = 0.0
    figures: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def expect(self, what: str, found: object, expected: object) -> None:
        self.figures[what] = found
        if found != expected:
            self.faults.append(f"{what}: {found}, not {expected}")

    def __str__(self) -> str:
        lines = [f"{self.visitors} call-back requests, {self.seconds:.0f} s"]
        lines += [f"  {what}: {value}" for what, value in self.figures.items()]
        lines += [f"  FAULT {fault}" for fault in self.faults]
        return "\n".join(lines)


def examine(report: Report, core: Core, sink: Sink, promised: Collection[Promised]) -> None:
    told = {p.number: p.phone for p in promised}
    report.expect("visitors told a number of their own", len(told), report.visitors)
    twice = sum(_guides_lines(p) != GUIDE_LINES for p in promised)
    report.expect("visitors answered twice or not at all", twice, 0)
    _stored(report, core, told)
    _alerted(report, sink, told)
    found = audit.verify(core)
    report.expect("audit log broken at", found.broken, None)
    report.expect("entries of the audit log", found.entries, report.visitors)


def _stored(report: Report, core: Core, told: dict[str, str]) -> None:
    wanted = report.visitors
    with core.snapshot() as session:

        def count(column: Any, *where: Any) -> int | None:
            return session.scalar(select(func.count(column)).where(*where))

        rows = session.scalars(select(Ticket)).all()
        report.expect("tickets stored", len(rows), wanted)
        report.expect("tickets with the number as told", _as_told(core, rows, told), wanted)
        report.expect("events of tickets", count(TicketEvent.id), wanted)
        report.expect("consents", count(Consent.id), PURPOSES * wanted)
        report.expect("alerts stored for now", count(Alert.id, Alert.step == 1), wanted)
        report.expect("alerts stored for when it is due", count(Alert.id, Alert.step == 2), wanted)
        report.expect("alerts marked as sent", count(Alert.id, Alert.sent_at.is_not(None)), wanted)
        waits = (Message.author == "visitor", Message.state != "answered")
        report.expect("messages without an answer", count(Message.id, *waits), 0)


def _alerted(report: Report, sink: Sink, told: dict[str, str]) -> None:
    alerted = Counter(sink.tickets.values())
    report.expect("tickets alerted", len(alerted), report.visitors)
    report.expect("tickets alerted under two keys", sum(n > 1 for n in alerted.values()), 0)
    report.expect("alerts of no ticket", len(set(alerted) - set(told)), 0)
    report.expect("forged signatures", sink.ways["forged"], 0)
    report.figures["what the receiver did"] = dict(sink.ways)
    report.figures["resent with a key taken before, which the receiver drops"] = (
        f"{sink.resent} ({sink.ways['takes_and_cuts']} after an answer that it cut)"
    )


def _as_told(core: Core, rows: Sequence[Ticket], told: dict[str, str]) -> int:
    phones = {row.number: tickets.details_of(core, row).phone for row in rows}
    return sum(_digits(phones.get(number, "")) == phone[2:] for number, phone in told.items())


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())


def _guides_lines(promised: Promised) -> int:
    return sum(line.startswith("guide:") for line in promised.said)


def search_logs(report: Report, log: Path, promised: Collection[Promised]) -> None:
    content = log.read_text(errors="replace")
    found = sum(p.phone[2:] in content for p in promised) + content.count(NAME)
    report.expect("personal data in the logs at DEBUG", found, 0)
