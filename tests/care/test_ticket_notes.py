"""Notes, labels, earlier tickets, the search and who is at a ticket."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care import (
    conversations,
    privacy,
    queue,
    requests,
    retention,
    rotation,
    ticket_about,
    ticket_access,
    ticket_notes,
    ticket_search,
    ticket_viewers,
    tickets,
)
from care.addresses import Address, conversation
from care.cipher import Cipher, new_key
from care.db import Core, now
from care.errors import InvalidStepError, NotAllowedError, UnknownTicketError
from care.models import AuditEntry, TicketContact, TicketViewer
from care.queue import Filters
from care.roles import AUDITOR
from care.ticket_records import BELONGING
from care.tickets import Details
from care.transcript import Inbound, Line, Outcome
from tests.colleagues import hire

PHONE, NOTE = "212-555-0142", "Zebulon's sister drives, call (212) 555-0142 first"


def asked(core: Core, phone: str = PHONE, visit: str = "", key: str = "") -> str:
    visit = visit or conversations.start(core, "web")[0]
    reference = privacy.conceal(core, visit, phone)
    answers = {"contact_name": "Zebulon", "contact_reach": reference, "contact_place": "Texas"}
    return tickets.request_callback(core, visit, key or f"key-{visit}", answers).number


def last_entry(core: Core) -> tuple[str, str, str, str]:
    with core.snapshot() as session:
        e = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert e is not None
    return e.by, e.action, e.subject, e.detail


def belongings(core: Core) -> int:
    with core.snapshot() as session:
        return sum(session.scalar(select(func.count()).select_from(m)) or 0 for m in BELONGING)


def furnished(core: Core) -> str:
    number = asked(core)
    ticket_notes.add(core, number, "dana", NOTE)
    ticket_notes.set_label(core, number, "dana", "transport", on=True)
    ticket_viewers.here(core, number, "kim")
    return number


def test_a_note_is_sealed_on_record_and_hidden_like_the_rest(
    core: Core, database_dump: Callable[[], bytes]
) -> None:
    number = asked(core)
    ticket_notes.add(core, number, "dana", f"  {NOTE}\r\n")
    assert last_entry(core) == ("dana", "ticket.noted", number, "")
    stored = database_dump()
    assert not [w for w in (b"sister", b"Zebulon", b"555-0142", b"+12125550142") if w in stored]
    (shown,) = ticket_access.reveal(core, number, "dana", "to_call").about.notes
    assert (shown.by, shown.text) == ("dana", NOTE)
    (shown,) = ticket_access.view(core, number, "dana").about.notes
    assert shown.text == "[hidden]'s sister drives, call [hidden] first"


@pytest.mark.parametrize("words", ["", "  \n", "a\x00b", "x" * (ticket_notes.LIMIT + 1)])
def test_a_note_that_cannot_be_is_refused(core: Core, words: str) -> None:
    number = asked(core)
    with pytest.raises(InvalidStepError):
        ticket_notes.add(core, number, "dana", words)
    assert last_entry(core)[1] == "ticket.opened"


def test_a_note_is_sealed_anew_when_keys_change(core: Core) -> None:
    number = furnished(core)
    fresh = new_key("fresh")
    keys = f"{fresh},{core.settings.data_keys.get_secret_value()}"
    rotation.rotate(Core(core.settings, core.engine, Cipher.from_keys(keys)))
    alone = Core(core.settings, core.engine, Cipher.from_keys(fresh))
    assert ticket_access.reveal(alone, number, "dana", "to_call").about.notes[0].text == NOTE


@pytest.mark.parametrize("how", ["forget", "purge"])
def test_what_staff_added_goes_with_the_details(core: Core, how: str) -> None:
    number = furnished(core)
    assert belongings(core) == 4
    if how == "forget":
        retention.forget(core, tickets.listed(core)[0].conversation_id or "")
        with pytest.raises(InvalidStepError):
            ticket_notes.add(core, number, "dana", "too late")
    else:
        retention.purge(core, now() + timedelta(days=2 * 366))
    assert belongings(core) == 0


def test_a_label_is_of_the_list_and_put_on_once(core: Core) -> None:
    number = asked(core)
    for _ in range(2):
        ticket_notes.set_label(core, number, "dana", "transport", on=True)
    assert last_entry(core) == ("dana", "ticket.labelled", number, "transport")
    shown = ticket_access.view(core, number, "dana")
    assert [e.kind for e in shown.ticket.events] == ["opened", "labelled"]
    assert shown.about.labels == ["transport"]
    ticket_notes.set_label(core, number, "dana", "transport", on=False)
    assert last_entry(core)[1] == "ticket.unlabelled"
    with pytest.raises(InvalidStepError):
        ticket_notes.set_label(core, number, "dana", "robin lives in austin", on=True)


def test_whoever_may_not_work_adds_and_finds_nothing(core: Core) -> None:
    number = asked(core)
    hire(core, "ada", role=AUDITOR)
    for step in (
        lambda: ticket_notes.add(core, number, "ada", "words"),
        lambda: ticket_notes.set_label(core, number, "ada", "cost", on=True),
        lambda: ticket_search.search(core, "ada", PHONE),
        lambda: ticket_viewers.here(core, number, "ada"),
        lambda: queue.page(core, "ada", Filters()),
        lambda: queue.exported(core, "ada", Filters()),
        lambda: ticket_access.printed(core, number, "ada"),
    ):
        with pytest.raises(NotAllowedError):
            step()


@pytest.mark.parametrize("words", ["2125550142", "(212) 555-0142", " +1 212 555 0142 "])
def test_a_whole_phone_number_finds_its_tickets_however_it_is_written(
    core: Core, words: str
) -> None:
    number = asked(core)
    asked(core, "212-555-0143")
    found = ticket_search.search(core, "dana", words)
    assert (found.by, [row.ticket.number for row in found.rows]) == ("phone", [number])
    assert last_entry(core) == ("dana", "ticket.searched", "", "phone")
    assert "555" not in repr(found)


def test_an_address_a_number_and_a_label_are_found(core: Core) -> None:
    number = asked(core, "Robin@Example.com")
    found = ticket_search.search(core, "dana", "robin@example.COM")
    assert (found.by, len(found.rows)) == ("email", 1)
    for words in (number, number.lower(), number[2:]):
        assert ticket_search.search(core, "dana", words).name == number
    assert ticket_search.search(core, "dana", "transport").name == "transport"
    assert ticket_search.search(core, "dana", "Interpreter needed").name == "language"


@pytest.mark.parametrize("words", ["", "robin", "555-0142", "a@", "\x00", "R-000000", "x" * 400])
def test_what_cannot_be_searched_for_says_how(core: Core, words: str) -> None:
    asked(core)
    with pytest.raises(InvalidStepError):
        ticket_search.search(core, "dana", words)


def test_the_number_of_an_earlier_request_is_forgotten_when_it_is_changed(core: Core) -> None:
    visit = conversations.start(core, "web")[0]
    number = asked(core, PHONE, visit, "key-1")
    assert asked(core, "212-555-0143", visit, "key-2") == number
    assert not ticket_search.search(core, "dana", PHONE).rows
    assert ticket_search.search(core, "dana", "212-555-0143").rows


def test_earlier_tickets_of_a_person_are_known_by_conversation_number_and_channel(
    core: Core,
) -> None:
    ours = "+12125550100"
    texting = conversation(core, Address("sms", "+12125550142", ours))
    outcome = Outcome([Line("988")], crisis="suicide")
    conversations.receive(core, texting, Inbound("danger-1", "words"), lambda _: outcome)
    (urgent,) = [t.number for t in tickets.listed(core)]
    asked(core, "212-555-0143")
    first, second = asked(core), asked(core)
    about = ticket_access.view(core, second, "dana").about
    assert [each.number for each in about.earlier] == [first, urgent]
    assert about.risks == ["crisis/suicide"]
    retention.forget(core, texting)
    assert [e.number for e in ticket_access.view(core, second, "dana").about.earlier] == [first]


def test_at_one_look_are_topics_time_and_what_they_agreed_to(core: Core) -> None:
    visit = conversations.start(core, "web")[0]
    lines = [Line("words", response=f"utter_faq/{t}") for t in ("iop_cost", "detox", "iop_cost")]
    conversations.receive(core, visit, Inbound("m-1", "words"), lambda _: Outcome(lines))
    number = asked(core, visit=visit)
    about = ticket_access.view(core, number, "dana").about
    assert len(about.topics) == len(set(about.topics)) == 2
    assert about.allowed == ["call"]
    assert about.local is not None
    assert (str(about.local.at.tzinfo), about.local.by) == ("America/Chicago", "place")
    requests.cancel(core, visit)
    assert ticket_access.view(core, number, "dana").about.allowed == []


@pytest.mark.parametrize(
    ("details", "hour", "night"),
    [
        (Details(place="New York"), 20, False),
        (Details(place="New York"), 2, True),
        (Details(phone="(212) 555-0142"), 20, False),
        (Details(phone="(808) 555-0142"), 14, True),
    ],
)
def test_it_is_known_when_it_is_night_there(details: Details, hour: int, night: bool) -> None:
    local = ticket_about.local_time(details, datetime(2026, 12, 1, hour, tzinfo=UTC))
    assert local is not None
    assert local.is_night == night


def test_where_nobody_told_a_place_no_time_is_guessed() -> None:
    assert ticket_about.local_time(Details(), now()) is None
    assert ticket_about.local_time(Details(phone="(800) 555-0142"), now()) is None


def test_who_looks_and_who_writes_is_seen_for_a_while(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, start = asked(core), now()
    assert ticket_viewers.here(core, number, "kim", typing=True) == []
    (other,) = ticket_viewers.here(core, number, "dana")
    assert (other.name, other.typing) == ("kim", True)
    (row,) = queue.page(core, "sam", Filters()).rows
    assert [viewer.name for viewer in row.viewers] == ["dana", "kim"]
    monkeypatch.setattr(ticket_viewers, "now", lambda: start + timedelta(seconds=12))
    assert [v.typing for v in ticket_viewers.here(core, number, "dana")] == [False]
    monkeypatch.setattr(ticket_viewers, "now", lambda: start + timedelta(minutes=5))
    assert ticket_viewers.here(core, number, "dana") == []
    with core.snapshot() as session:
        assert session.scalars(select(TicketViewer.username)).all() == ["dana"]
    with pytest.raises(UnknownTicketError):
        ticket_viewers.here(core, "R-000000", "dana")


def test_no_number_can_be_read_from_a_hash(core: Core) -> None:
    asked(core)
    with core.snapshot() as session:
        (digest,) = session.scalars(select(TicketContact.digest))
    assert len(digest) == 64
    assert "2125550142" not in digest
