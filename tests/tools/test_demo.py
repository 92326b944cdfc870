"""The made-up tickets of the first `make run`: as real ones are, marked, silent, gone at will."""

from collections import Counter
from datetime import timedelta

import pytest
import yaml
from sqlalchemy import func, select

from care import (
    conversations,
    counting,
    demo,
    queue,
    staff,
    staff_admin,
    ticket_access,
    ticket_notes,
    ticket_steps,
    tickets,
)
from care.cipher import new_key
from care.db import Core, now
from care.errors import InvalidStepError
from care.models import (
    Alert,
    AuditEntry,
    Base,
    Conversation,
    DailyCount,
    Delivery,
    Message,
    Ticket,
)
from care.queue import Filters
from care.roles import ADMIN
from care.settings import Settings
from care.staff import COMMAND
from tests.colleagues import hire
from tests.databases import fresh_sqlite
from tools import demo as command
from tools.staff import DEMO_NAME

OUTSIDE = "mailto://user:word@mail.example.org"
DEMO = {"demo_tickets": "on"}


@pytest.fixture
def core(sqlite_core: Core) -> Core:
    """One who would tell everybody, if it were told."""
    hire(sqlite_core, DEMO_NAME, role=ADMIN)
    told = {"alert_step_1": OUTSIDE, "alert_people": f"dana={OUTSIDE}", "alert_callback": OUTSIDE}
    helpdesk = {
        "helpdesk": "zammad+https://desk.example.org/?group=a&customer=a@example.org",
        "helpdesk_token": "t",
    }
    given = sqlite_core.settings.model_dump() | told | helpdesk | DEMO
    return Core(Settings(**given), sqlite_core.engine, sqlite_core.cipher)


def listed(core: Core, **chosen: str) -> list[queue.Listed]:
    return list(queue.page(core, DEMO_NAME, Filters.read(chosen)).rows)


def stored(core: Core) -> dict[str, int]:
    with core.snapshot() as session:
        tables = Base.metadata.sorted_tables
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_the_first_run_shows_two_accounts_and_the_desk_at_work(settings: Settings) -> None:
    fresh_sqlite(settings.database_url)
    settings = settings.model_copy(update=DEMO)
    accounts = command.first_run(settings)
    core = Core.open(settings)
    assert all(staff.sign_in(core, name, password) for name, password in accounts.items())
    roles = {c.username: c.role for c in staff_admin.listed(core, COMMAND)}
    assert roles == {"demo": "admin", "demo-supervisor": "supervisor"}
    assert set(accounts) == {*roles}
    assert len(tickets.listed(core)) == 12
    before = stored(core)
    assert command.first_run(settings) == {}
    assert command.seed(core) == {}
    assert stored(core) == before
    core.engine.dispose()


def test_there_is_one_of_everything_and_each_is_marked(core: Core) -> None:
    command.seed(core)
    rows = [*listed(core), *listed(core, status="resolved")]
    assert len(rows) == 12
    assert all(demo.LABEL in row.labels for row in rows)
    found = [row.ticket for row in rows]
    assert {t.channel for t in found} == {"web", "sms", "messenger", "whatsapp"}
    assert {t.priority for t in found} == {"urgent", "high", "normal"}
    assert {t.status for t in found} == {"open", "claimed", "contacted", "resolved"}
    assert Counter(t.kind.partition("/")[0] for t in found) == {
        "callback": 7, "crisis": 4, "live_chat": 1,
    }  # fmt: skip
    assert [t.status for t in found if t.language == "es"] == ["contacted"]
    late = [t for t in found if t.overdue and t.kind == "callback"]
    assert any(t.status == "open" and t.created_at < now() - timedelta(days=6) for t in late)
    whole = [ticket for t in found if (ticket := tickets.find(core, t.number))]
    tries = {(e.kind, e.detail) for t in whole for e in t.events}
    assert {("contacted", "no_answer"), ("contacted", "reached")} <= tries
    assert all(e.at <= now() for t in whole for e in t.events)
    assert all(t.consents for t in whole if t.kind == "callback")


def test_all_of_it_says_that_it_is_a_demo(core: Core) -> None:
    """And every number is of those kept free for fiction."""
    command.seed(core)
    for view in tickets.listed(core):
        talk = conversations.history(core, view.conversation_id or "")
        words = [said.text for said in talk if said.author == "visitor"]
        assert words
        assert all(w.startswith(("Demo visitor ", "Visitante de prueba ")) for w in words)
        if view.kind == "callback":
            assert view.details.name.startswith("Demo visitor ")
            assert "555-01" in view.details.phone or view.details.email.endswith("@example.org")
        opened = ticket_access.printed(core, view.number, DEMO_NAME)
        assert all(note.text.startswith("Demo note: ") for note in opened.about.notes)


def test_nobody_hears_of_them_whatever_the_settings_say(core: Core) -> None:
    command.seed(core)
    for row in [*listed(core), *listed(core, status="resolved")]:
        number, by = row.ticket.number, row.ticket.claimed_by or DEMO_NAME
        if row.ticket.status == "open":
            ticket_steps.set_priority(core, number, by, "urgent")
        elif row.ticket.status == "resolved":
            ticket_steps.reopen(core, number, by)
        else:
            ticket_steps.release(core, number, by)
    with core.snapshot() as session:
        assert session.scalars(select(Alert)).all() == []
        assert session.scalars(select(Delivery)).all() == []
        where = select(Conversation.address_id).where(Conversation.address_id.is_not(None))
        assert session.scalars(where).all() == []
    real = conversations.start(core, "web")[0]
    tickets.request_callback(core, real, "key", {})
    with core.snapshot() as session:
        assert session.scalars(select(Alert)).all()  # of a real one they do


def test_staff_cannot_make_a_real_ticket_one_of_them_or_the_other_way_round(core: Core) -> None:
    command.seed(core)
    number = tickets.listed(core)[0].number
    for on in (True, False):
        with pytest.raises(InvalidStepError, match="no such label"):
            ticket_notes.set_label(core, number, DEMO_NAME, demo.LABEL, on=on)


def test_they_are_in_no_number(core: Core) -> None:
    command.seed(core)
    counting.count(core, now() + timedelta(days=9))
    with core.snapshot() as session:
        assert session.scalars(select(DailyCount.measure)).all() == []


def test_one_command_removes_them_and_nothing_else(
    core: Core, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = conversations.start(core, "web")[0]
    before = stored(core)
    command.seed(core)
    number = tickets.request_callback(core, real, "key", {}).number
    monkeypatch.setattr("tools.demo.Settings.load", lambda: core.settings)
    for removed in (12, 0):
        assert command.main(["--remove"]) == 0
        assert capsys.readouterr().out == f"Removed {removed} demo tickets.\n"
    assert [t.number for t in tickets.listed(core)] == [number]
    left = stored(core)
    kept = {"audit_log", "staff_users"}
    with core.snapshot() as session:
        mine = select(func.count()).select_from(Message).where(Message.conversation_id == real)
        assert session.scalar(mine) == before["messages"]
        assert session.scalars(select(Conversation.id)).all() == [real]
        assert session.scalars(select(Ticket.number)).all() == [number]
        audited = session.scalars(select(AuditEntry.action)).all()
    assert audited.count("ticket.deleted") == 12
    for table in left.keys() - kept - {"tickets", "consents", "ticket_events", "alerts"}:
        assert left[table] == before[table], table
    assert next(c for c in staff_admin.listed(core, COMMAND) if "-" in c.username).disabled


def test_a_command_without_a_word_does_nothing() -> None:
    with pytest.raises(SystemExit):
        command.main([])


@pytest.mark.parametrize("given", [{"demo_tickets": "off"}, {"mode": "production", **DEMO}])
def test_in_production_or_if_told_not_to_there_are_none(core: Core, given: dict[str, str]) -> None:
    quiet = Core(core.settings.model_copy(update=given), core.engine, core.cipher)
    before = stored(quiet)
    assert command.seed(quiet) == {}
    assert stored(quiet) == before


def test_a_database_with_a_ticket_gets_none(core: Core) -> None:
    tickets.request_callback(core, conversations.start(core, "web")[0], "key", {})
    assert command.seed(core) == {}
    assert len(tickets.listed(core)) == 1


def test_by_themselves_they_are_on_for_a_demonstration_alone(settings: Settings) -> None:
    plain = Settings(data_keys=new_key("k1"))
    assert plain.wants_demo_tickets
    known = {"operator": "A", "call_answered_by": "B", "paid_providers": ()}
    assert not plain.model_copy(update=known).wants_demo_tickets
    assert not plain.model_copy(update={"mode": "production"}).wants_demo_tickets
    assert not settings.wants_demo_tickets  # a database of its own


def test_half_of_them_is_none(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = yaml.safe_load(command.MADE_UP.read_text(encoding="utf-8"))["tickets"]
    broken = {"tickets": [*rows[:3], {**rows[3], "talk": []}]}
    monkeypatch.setattr("tools.demo.wording.load_yaml", lambda _: broken)
    before = stored(core)
    with pytest.raises(ValueError, match="unpack"):
        command.seed(core)
    assert stored(core) == before
