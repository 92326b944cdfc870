"""The queue: its order, its filters, page by page, and what is opened for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from care import conversations, queue, ticket_notes, ticket_steps, tickets
from care.cipher import Cipher
from care.db import Core, now
from care.errors import InvalidStepError
from care.models import AuditEntry, Ticket
from care.queue import Filters
from care.transcript import Inbound, Line, Outcome


def asked(core: Core, channel: str = "web") -> str:
    visit = conversations.start(core, channel)[0]
    return tickets.request_callback(core, visit, f"key-{visit}", {"contact_name": "Zeb"}).number


def danger(core: Core, response: str | None = None) -> str:
    visit = conversations.start(core, "web")[0]
    outcome = Outcome([Line("988", response=response)], crisis="suicide")
    conversations.receive(core, visit, Inbound("danger-1", "words"), lambda _: outcome)
    with core.snapshot() as session:
        found = select(Ticket.number).where(Ticket.conversation_id == visit)
        return str(session.scalar(found))


def change(core: Core, number: str, **values: Any) -> None:
    with core.transaction() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(**values))


def numbers(core: Core, by: str = "dana", **chosen: str) -> list[str]:
    page = queue.page(core, by, Filters.read(chosen))
    return [row.ticket.number for row in page.rows]


def test_the_urgent_are_on_top_then_what_is_due_then_what_is_not(core: Core) -> None:
    late, soon, reached, done = (asked(core) for _ in range(4))
    urgent, taken = danger(core), danger(core)
    change(core, late, due_at=now() - timedelta(hours=2))
    ticket_steps.claim(core, taken, "kim")
    ticket_steps.contact(core, taken, "kim", "reached")
    for number in (reached, done):
        ticket_steps.claim(core, number, "kim")
    ticket_steps.contact(core, reached, "kim", "reached")
    ticket_steps.resolve(core, done, "kim")
    assert numbers(core) == [urgent, taken, late, soon, reached]
    assert numbers(core, status="resolved") == [done]


def test_what_is_urgent_is_not_put_off(core: Core) -> None:
    number = danger(core)
    ticket_steps.claim(core, number, "dana")
    day = (now() + timedelta(days=9)).date()
    with pytest.raises(InvalidStepError, match="not put off"):
        ticket_steps.follow_up(core, number, "dana", day)
    assert "follow_up" not in ticket_steps.possible(
        "claimed", holds=True, may=set(ticket_steps.NEEDS.values()), urgent=True
    )
    ticket_steps.set_priority(core, number, "dana", "normal")
    ticket_steps.follow_up(core, number, "dana", day)
    assert numbers(core) == [number]


def test_each_filter_leaves_what_it_names(core: Core) -> None:
    web, sms = asked(core), asked(core, "sms")
    crisis, spanish = danger(core), danger(core, "utter_crisis/suicide_es")
    ticket_steps.claim(core, web, "dana")
    ticket_steps.claim(core, crisis, "kim")
    ticket_notes.set_label(core, sms, "dana", "transport", on=True)
    for chosen, wanted in (
        ({"whose": "mine"}, {web}),
        ({"whose": "nobody"}, {sms, spanish}),
        ({"kind": "crisis"}, {crisis, spanish}),
        ({"kind": "callback"}, {web, sms}),
        ({"channel": "sms"}, {sms}),
        ({"language": "es"}, {spanish}),
        ({"overdue": "yes"}, {crisis, spanish}),
        ({"status": "claimed"}, {web, crisis}),
        ({"label": "transport"}, {sms}),
        ({"label": "transport", "channel": "web"}, set()),
        ({"whose": "mine", "status": "open"}, set()),
    ):
        assert set(numbers(core, **chosen)) == wanted, chosen


@pytest.mark.parametrize(
    "given",
    [
        {"status": "lost"},
        {"kind": "%"},
        {"label": "x' or 1=1"},
        {"after": "soon"},
        {"after": "1-99999999999999999999-1"},
        {"language": "\x00"},
    ],
)
def test_a_filter_that_cannot_be_is_named(given: dict[str, str]) -> None:
    with pytest.raises(InvalidStepError):
        Filters.read(given)


@pytest.mark.parametrize("status", ["waiting", "resolved"])
def test_page_by_page_everything_comes_once(
    core: Core, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    found = [asked(core) for _ in range(5)]
    for number in found[:3] if status == "waiting" else found:
        ticket_steps.claim(core, number, "kim")
        ticket_steps.contact(core, number, "kim", "reached")
        if status == "resolved":
            ticket_steps.resolve(core, number, "kim")
    change(core, found[4], due_at=now())
    change(core, found[0], created_at=now() - timedelta(days=2))
    filters, seen = Filters(status=status), list[str]()
    while True:
        page = queue.page(core, "dana", filters)
        seen += [row.ticket.number for row in page.rows]
        if not page.after:
            break
        assert len(page.rows) == 2
        filters = replace(filters, after=page.after)
    assert len(seen) == len(set(seen)) == 5


def test_only_what_is_shown_is_opened(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    for _ in range(5):
        asked(core)
    opened, decrypt = list[bytes](), Cipher.decrypt

    def counted(cipher: Cipher, token: bytes, context: bytes) -> bytes:
        opened.append(context)
        return decrypt(cipher, token, context)

    monkeypatch.setattr(Cipher, "decrypt", counted)
    page = queue.page(core, "dana", Filters())
    assert len(page.rows) == len(opened) == 2
    assert "Zeb" not in repr(page)
    opened.clear()
    assert len(queue.exported(core, "dana", Filters())) == 5
    assert opened == []


def test_the_list_is_read_through_its_index(core: Core) -> None:
    asked(core)
    plans, explain = list[str](), {"sqlite": "explain query plan", "postgresql": "explain"}

    def explained(connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT tickets.id") and "ORDER BY" in statement:
            cursor = connection.connection.cursor()
            if core.engine.dialect.name == "postgresql":
                cursor.execute("set local enable_seqscan = off")
                cursor.execute("set local enable_sort = off")
            cursor.execute(f"{explain[core.engine.dialect.name]} {statement}", given)
            plans.append(repr(cursor.fetchall()))

    event.listen(core.engine, "before_cursor_execute", explained)
    queue.page(core, "dana", Filters(after="2-1-1"))
    assert len(plans) == 1
    assert "ix_tickets_queue" in plans[0]
    assert "TEMP B-TREE" not in plans[0]


def test_the_export_is_on_record_and_narrowed_as_the_list_is(core: Core) -> None:
    web = asked(core)
    asked(core, "sms")
    found = queue.exported(core, "dana", Filters(channel="web"))
    assert [ticket.number for ticket in found] == [web]
    assert found[0].details.name == ""
    with core.snapshot() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail) == ("ticket.exported", "1 tickets")


def test_every_change_gives_another_version(core: Core) -> None:
    seen = [queue.version(core)]
    number = asked(core)
    seen.append(queue.version(core))
    ticket_steps.claim(core, number, "dana")
    seen.append(queue.version(core))
    assert len(set(seen)) == 3


def test_the_database_itself_keeps_the_order(core: Core) -> None:
    number = asked(core)
    with core.transaction() as session:
        session.execute(text("update tickets set priority = 'urgent'"))
    with core.snapshot() as session:
        rank = session.scalar(select(Ticket.queue_rank).where(Ticket.number == number))
    assert rank == 0
