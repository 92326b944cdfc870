from datetime import timedelta

import pytest
from sqlalchemy import update

from care import audit, audit_reading
from care.audit_reading import Sought
from care.db import Core, now
from care.errors import NotAllowedError
from care.models import AuditEntry
from care.roles import AUDITOR, ROLES
from tests.colleagues import hire


@pytest.fixture(autouse=True)
def log(core: Core) -> None:
    hire(core, "otto", role=AUDITOR)
    for by, action, subject in (
        ("dana", "ticket.viewed", "R-1"),
        ("kim", "ticket.revealed", "R-1"),
        ("dana", "staff.signed_in", ""),
        ("dana", "ticket_viewed", "R-2"),
    ):
        with core.transaction() as session:
            audit.append(session, by, action, subject)


def seqs(core: Core, **sought: object) -> list[int]:
    found = audit_reading.search(core, "otto", Sought(**sought))  # type: ignore[arg-type]
    return [entry.seq for entry in found.entries if entry.seq <= 4]


def test_it_is_searched_by_who_what_number_and_day(core: Core) -> None:
    today = now().date()
    assert seqs(core) == [4, 3, 2, 1]
    assert seqs(core, by="DANA") == [4, 3, 1]
    assert seqs(core, action="ticket.") == [2, 1]
    assert seqs(core, action="ticket_") == [4]
    assert seqs(core, action="%") == []
    assert seqs(core, subject="r-1") == [2, 1]
    assert seqs(core, by="dana", subject="R-1", first=today, last=today) == [1]
    assert seqs(core, first=today + timedelta(days=1)) == []
    assert seqs(core, last=today - timedelta(days=1)) == []


def test_every_look_is_on_record_without_what_was_looked_for(core: Core) -> None:
    audit_reading.search(core, "otto", Sought(by="dana", subject="R-1"))
    audit_reading.verify(core, "otto")
    newest = audit_reading.search(core, "otto", Sought()).entries[:3]
    assert [(e.by, e.action, e.detail) for e in newest] == [
        ("otto", "audit.viewed", ""),
        ("otto", "audit.verified", ""),
        ("otto", "audit.viewed", "by subject"),
    ]


def test_pages_go_back_to_the_first_entry(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("care.audit_reading.PAGE", 2)
    seen: list[int] = []
    before = None
    for _ in range(3):
        page = audit_reading.search(core, "otto", Sought(by="dana"), before)
        seen += [entry.seq for entry in page.entries]
        before = page.before
        if before is None:
            break
    assert seen == [4, 3, 1]


def test_the_chain_is_checked(core: Core) -> None:
    assert audit_reading.verify(core, "otto").broken is None
    with core.transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(by="dana"))
    assert audit_reading.verify(core, "otto").broken == 2


def test_only_auditors_read_it(core: Core) -> None:
    for role in ROLES.keys() - {AUDITOR}:
        hire(core, f"the-{role}", role=role)
        with pytest.raises(NotAllowedError):
            audit_reading.search(core, f"the-{role}", Sought())
        with pytest.raises(NotAllowedError):
            audit_reading.verify(core, f"the-{role}")
