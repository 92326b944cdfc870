"""A conversation with everything in it, exported, deleted and purged: every store is searched."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, inspect, select, text

from care import (
    alerts,
    conversations,
    my_data,
    privacy,
    retention,
    rotation,
    ticket_steps,
    tickets,
    trackers,
)
from care.db import Core, now
from care.models import Alert, AuditEntry, Base, Conversation, StaffSession, StaffUser, TicketEvent
from care.transcript import Inbound, Line, Outcome, Pick
from tests.care.stores import Stores, keep_tracker

CANARIES = ("Zebulon", "(212) 555-0142", "zc@example.com", "quagmire", "after the last bell")
SAID = "I am Zebulon, my life is a quagmire, call (212) 555-0142 or zc@example.com"
ANSWERS: dict[str, Any] = {
    "contact_for": "self",
    "contact_name": "Zebulon",
    "contact_reach": "[phone-1]",
    "contact_time": "after the last bell",
    "contact_texting": True,
}


@pytest.fixture
def visit(core: Core, stores: Stores) -> str:
    """Messages, values, a call request with all its steps, danger, alerts, consents, a pick."""
    visit, _ = conversations.start(core, "web", [Line("Hello.")])
    conversations.receive(core, visit, Inbound("message-1", SAID))
    privacy.conceal(core, visit, SAID)
    pick = Pick(2, ("faq/detox", "faq/php"), "faq/php")
    conversations.answer(core, visit, 2, Outcome([Line(f"You said: {SAID}")], pick=pick))
    number = tickets.request_callback(core, visit, f"{visit}-2", ANSWERS).number
    ticket_steps.claim(core, number, "dana")
    ticket_steps.contact(core, number, "dana", "no_answer")
    ticket_steps.follow_up(core, number, "dana", now().date() + timedelta(days=5))
    ticket_steps.set_priority(core, number, "dana", "high")
    ticket_steps.release(core, number, "dana")
    danger = Inbound("message-2", "quagmire, i want to die")
    conversations.receive(core, visit, danger, lambda _: Outcome([Line("988")], crisis="suicide"))
    for due in alerts.take(core, now() + timedelta(minutes=1), 9):
        alerts.failed(core, due, "Status503", now(), jitter=0)
    keep_tracker(core, visit, SAID)
    return visit


def test_the_seeded_words_are_where_they_should_be_and_nowhere_in_the_clear(
    core: Core, stores: Stores, visit: str
) -> None:
    opened, files, export = stores.opened(), stores.files(), my_data.export(core, visit)
    for words in CANARIES:
        assert words in opened
        assert words in export
        assert words.encode() not in files
        assert words.replace("(", "").replace(") ", "-").encode() not in files
    assert b"2125550142" not in files


def test_after_the_wish_to_delete_no_store_holds_a_word(
    core: Core, stores: Stores, visit: str
) -> None:
    before = stores.sealed()
    retention.forget(core, visit)
    assert trackers.delete_strays(core) == 1
    opened, files, export = stores.opened(), stores.files(), my_data.export(core, visit)
    for words in CANARIES:
        assert words not in opened
        assert words not in export
        assert words.encode() not in files
    assert [sealed for sealed in before if sealed in files] == []
    assert tickets.listed(core) == []
    assert alerts.take(core, now() + timedelta(days=9), 9) == []


def test_a_tracker_that_belongs_to_a_visitors_message_stays(
    core: Core, stores: Stores, visit: str
) -> None:
    stranger, _ = conversations.start(core, "web", [Line("Hello.")])
    keep_tracker(core, stranger, SAID)
    keep_tracker(core, "0" * 32, SAID)
    assert trackers.delete_strays(core) == 2
    assert [who for who, _ in stores.trackers()] == [visit]
    assert trackers.delete_strays(core) == 0


def test_each_kind_of_data_goes_when_its_time_is_over_and_not_before(
    core: Core, stores: Stores, visit: str
) -> None:
    alone, _ = conversations.start(core, "web")
    conversations.receive(core, alone, Inbound("message-9", "quagmire"))
    with core.transaction() as session:
        user = session.scalars(select(StaffUser).where(StaffUser.username == "dana")).one()
        session.add(StaffSession(token_hash="x", user_id=user.id, csrf_token="x"))
    keep, hour = core.settings, timedelta(hours=1)
    months, years = timedelta(days=30.44), timedelta(days=365.25)
    start = now()
    ends: list[tuple[timedelta, list[Callable[[], bool]]]] = [
        (timedelta(hours=keep.desk_session_hours), [lambda: _count(core, StaffSession) > 0]),
        (timedelta(hours=keep.session_hours), [lambda: _has(core, Conversation.id == alone)]),
        (timedelta(days=keep.transcript_days), [lambda: "quagmire" in stores.opened()]),
        (keep.ticket_months * months, [lambda: "Zebulon" in stores.opened()]),
    ]
    for after, kept in ends:
        _purge(core, start + after - hour)
        assert [is_there() for is_there in kept] == [True] * len(kept), after
        _purge(core, start + after + hour)
        assert [is_there() for is_there in kept] == [False] * len(kept), after
    assert _count(core, Alert) == 0
    erased = now()  # the proof's time begins when the ticket is erased
    assert _proofs(core) == 3
    _purge(core, erased + keep.consent_years * years - hour)
    assert _proofs(core) == 3
    _purge(core, erased + keep.consent_years * years + hour)
    assert (_proofs(core), _count(core, TicketEvent)) == (0, 0)
    _purge(core, start + keep.audit_years * years - hour)
    assert _has(core, AuditEntry.action == "ticket.opened")
    _purge(core, start + keep.audit_years * years + hour)
    assert not _has(core, AuditEntry.action == "ticket.opened")


def _purge(core: Core, at: datetime) -> None:
    """As the gateway does every hour."""
    retention.purge(core, at)
    trackers.delete_strays(core)


def _count(core: Core, model: Any) -> int:
    with core.snapshot() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _has(core: Core, condition: Any) -> bool:
    with core.snapshot() as session:
        return session.scalar(select(func.count()).where(condition)) != 0


def _proofs(core: Core) -> int:
    with core.snapshot() as session:
        return session.scalar(text("select count(*) from consents")) or 0


def test_every_sealed_column_is_known_to_the_rotation_and_to_this_search(core: Core) -> None:
    columns = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert columns == {(m.__tablename__, name) for m, name, _ in rotation.SEALED}
    assert set(inspect(core.engine).get_table_names()) >= {name for name, _ in columns}
