from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from care import audit
from care.audit import GENESIS, PURGED
from care.db import Core, now, open_engine
from care.models import AuditEntry
from tools import verify_audit


def write(core: Core, *actions: str) -> None:
    for action in actions:
        with core.transaction() as session:
            audit.append(session, "dana", action, "R-7K2M9P")


def entries(core: Core) -> list[AuditEntry]:
    with core.snapshot() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))


def change(core: Core, statement: Any) -> None:
    with core.transaction() as session:
        session.execute(statement)


def test_an_empty_log_verifies(core: Core) -> None:
    assert audit.verify(core) == audit.Verdict(0, GENESIS)


def test_each_entry_carries_the_hash_of_the_one_before(core: Core) -> None:
    write(core, "ticket.opened", "ticket.claimed", "ticket.resolved")
    one, two, three = entries(core)
    assert [e.seq for e in (one, two, three)] == [1, 2, 3]
    assert (one.previous, two.previous, three.previous) == (GENESIS, one.hash, two.hash)
    assert audit.verify(core) == audit.Verdict(3, three.hash)


def test_what_was_undone_left_no_entry(core: Core) -> None:
    write(core, "ticket.opened")
    with core.transaction() as session:
        audit.append(session, "dana", "ticket.claimed")
        session.rollback()
    write(core, "ticket.resolved")
    assert [e.action for e in entries(core)] == ["ticket.opened", "ticket.resolved"]
    assert audit.verify(core).broken is None


@pytest.mark.parametrize(
    "values",
    [
        {"by": "kim"},
        {"action": "ticket.viewed"},
        {"subject": "R-000000"},
        {"detail": "x"},
        {"at": now() - timedelta(days=1)},
        {"hash": "f" * 64},
    ],
)
def test_a_changed_entry_is_named(core: Core, values: dict[str, Any]) -> None:
    write(core, *["ticket.claimed"] * 5)
    change(core, update(AuditEntry).where(AuditEntry.seq == 3).values(**values))
    found = audit.verify(core)
    assert (found.entries, found.broken) == (2, 3)


def test_a_changed_entry_with_a_hash_that_fits_breaks_the_next(core: Core) -> None:
    write(core, *["ticket.claimed"] * 3)
    with core.transaction() as session:
        forged = session.get_one(AuditEntry, 2)
        forged.by = "kim"
        forged.hash = audit.hash_of(forged)
    found = audit.verify(core)
    assert (found.broken, found.why) == (3, "it does not follow the entry before")


@pytest.mark.parametrize(("gone", "broken"), [(1, 2), (3, 4)])
def test_an_entry_taken_out_is_seen(core: Core, gone: int, broken: int) -> None:
    write(core, *["ticket.claimed"] * 5)
    change(core, delete(AuditEntry).where(AuditEntry.seq == gone))
    found = audit.verify(core)
    assert found.broken == broken
    assert f"entries {gone} to {gone} are missing" in found.why


def test_a_hash_noted_elsewhere_shows_that_the_newest_were_cut_off(core: Core) -> None:
    write(core, "ticket.claimed", "ticket.viewed")
    noted = audit.verify(core).last_hash
    write(core, "ticket.resolved")
    assert audit.verify(core, noted).broken is None
    change(core, delete(AuditEntry).where(AuditEntry.seq >= 2))
    assert audit.verify(core).broken is None
    assert audit.verify(core, noted).broken == 2


def test_many_writers_make_one_chain(core: Core) -> None:
    others = [Core(core.settings, open_engine(core.settings.database_url), core.cipher)]
    others.append(core)

    def some(writer: int) -> None:
        write(others[writer % 2], *["ticket.viewed"] * 10)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(4)))
    others[0].engine.dispose()
    assert [e.seq for e in entries(core)] == list(range(1, 41))
    assert audit.verify(core).broken is None


def test_old_entries_go_and_the_chain_tells_where_it_begins(core: Core) -> None:
    write(core, *["ticket.viewed"] * 4)
    limit = now()
    write(core, "ticket.resolved")
    with core.transaction() as session:
        assert audit.purge(session, limit) == 4
    assert [(e.seq, e.action) for e in entries(core)] == [(5, "ticket.resolved"), (6, PURGED)]
    assert audit.verify(core).entries == 2
    with core.transaction() as session:
        assert audit.purge(session, limit) == 0
        assert audit.purge(session, now()) == 2
    assert audit.verify(core).broken is None


def test_whoever_deletes_the_oldest_by_hand_is_seen_after_a_purge_too(core: Core) -> None:
    write(core, *["ticket.viewed"] * 4)
    with core.transaction() as session:
        audit.purge(session, entries(core)[2].at)
    change(core, delete(AuditEntry).where(AuditEntry.seq == 3))
    assert audit.verify(core).broken == 4


def test_the_command_says_that_it_verifies_or_where_it_breaks(
    core: Core, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load: Callable[[], Any] = lambda: core.settings  # noqa: E731
    monkeypatch.setattr("tools.verify_audit.Settings.load", load)
    write(core, "ticket.opened", "ticket.claimed")
    assert verify_audit.main([]) == 0
    assert "verifies: 2 entries" in capsys.readouterr().out
    change(core, update(AuditEntry).where(AuditEntry.seq == 2).values(by="kim"))
    assert verify_audit.main([]) == 1
    assert "BROKEN at entry 2" in capsys.readouterr().out
