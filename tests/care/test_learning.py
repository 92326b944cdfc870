"""What the guide did not understand: on a list without a copy, taught in other words, exported."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import (
    conversations,
    learning,
    misunderstood,
    own_words,
    privacy,
    ratings,
    retention,
    rotation,
    tickets,
)
from care.db import Core, now
from care.errors import InvalidStepError, NotAllowedError, UnknownTicketError
from care.learning import Entry
from care.models import AuditEntry, Misunderstanding, StaffExample
from care.transcript import Inbound, Line, Outcome
from tests.colleagues import hire

SAID = "do they let my pet iguana sit in, asks Zebulon at 212-555-0142 or zc@example.com"
UNSURE = Line("Did you mean one of these?", response="utter_unsure")
ANSWER = Line("It depends on the plan.", response="utter_faq/iop_cost")
OWN = "could a reptile of mine join the evening circle"


@pytest.fixture
def visit(core: Core) -> str:
    visit, _ = conversations.start(core, "web", [Line("Hello.")])
    say(core, visit, SAID, UNSURE)
    return visit


def say(core: Core, visit: str, text: str, *lines: Line, button: str | None = None) -> int:
    seq = conversations.receive(
        core, visit, Inbound(f"id-{len(text)}-{text[:30]}", text, button)
    ).seq
    conversations.answer(core, visit, seq, Outcome(lines))
    return seq


def waiting(core: Core, reason: str = "") -> list[Entry]:
    return list(learning.listed(core, "dana", reason)[0])


def log(core: Core) -> list[tuple[str, str, str, str]]:
    with core.snapshot() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
        return [(row.by, row.action, row.subject, row.detail) for row in rows]


def test_what_was_not_understood_is_listed_without_what_points_to_a_person(
    core: Core, visit: str
) -> None:
    (entry,) = waiting(core)
    assert entry.text == "do they let my pet iguana sit in, asks [name-1] at [phone-1] or [email-1]"
    assert (entry.reason, entry.channel, entry.in_danger) == ("unsure", "web", False)
    assert ("dana", "learning.viewed", "", "") in log(core)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("utter_unsure_twice", "unanswered"),
        ("utter_out_of_scope", "out_of_scope"),
        ("utter_faq/iop_cost", None),
        ("utter_crisis/suicide", None),
    ],
)
def test_only_an_answer_that_is_none_puts_a_message_on_the_list(
    sqlite_core: Core, response: str, reason: str | None
) -> None:
    visit, _ = conversations.start(sqlite_core, "web")
    say(sqlite_core, visit, "hm", Line("words", response=response))
    assert [entry.reason for entry in waiting(sqlite_core)] == ([reason] if reason else [])


def test_what_a_visitor_told_in_a_request_is_hidden_wherever_it_stands(
    core: Core, visit: str
) -> None:
    privacy.conceal(core, visit, "212-555-0142")
    answers = {"contact_name": "Will", "contact_reach": "[phone-1]"}
    tickets.request_callback(core, visit, "key-1", answers)
    say(core, visit, "it was will who said it", UNSURE)
    assert waiting(core)[0].text == "it was [name-1] who said it"


def test_an_answer_that_did_not_help_is_listed_until_it_is_said_to_help(
    core: Core, visit: str
) -> None:
    seq = say(core, visit, "what is the fee", ANSWER)
    ratings.keep(core, visit, seq + 1, False)
    (entry,) = waiting(core, "not_helpful")
    assert (entry.text, entry.answered) == ("what is the fee", "utter_faq/iop_cost")
    ratings.keep(core, visit, seq + 1, True)
    assert waiting(core, "not_helpful") == []
    assert len(waiting(core)) == 1


def test_a_button_that_did_not_help_teaches_nothing(core: Core, visit: str) -> None:
    seq = say(core, visit, "What it costs", ANSWER, button="/faq/iop_cost")
    ratings.keep(core, visit, seq + 1, False)
    assert waiting(core, "not_helpful") == []


def test_staff_mark_a_message_that_was_taken_for_another(core: Core, visit: str) -> None:
    seq = say(core, visit, "i need some one", ANSWER)
    number = tickets.request_callback(core, visit, "key-1", {"contact_reach": ""}).number
    misunderstood.mark(core, number, "dana", seq)
    (entry,) = waiting(core, "marked")
    assert (entry.text, entry.answered) == ("i need some one", "utter_faq/iop_cost")
    learning.dismiss(core, "dana", entry.id)
    misunderstood.mark(core, number, "dana", seq)
    assert len(waiting(core, "marked")) == 1
    assert ("dana", "message.marked", number, "") in log(core)
    for wrong in (seq + 1, 99):
        with pytest.raises(InvalidStepError):
            misunderstood.mark(core, number, "dana", wrong)
    with pytest.raises(UnknownTicketError):
        misunderstood.mark(core, "R-0", "dana", seq)


def test_it_goes_with_the_words_it_points_to(core: Core, visit: str) -> None:
    retention.forget(core, visit)
    assert waiting(core) == []
    say(core, visit, "and this?", UNSURE)
    assert len(waiting(core)) == 1
    retention.purge(core, now() + timedelta(hours=25))
    with core.snapshot() as session:
        assert session.scalars(select(Misunderstanding)).all() == []


def test_what_is_deleted_while_it_is_answered_is_not_listed(core: Core, visit: str) -> None:
    seq = conversations.receive(core, visit, Inbound("late", "late")).seq
    retention.forget(core, visit)
    conversations.answer(core, visit, seq, Outcome([UNSURE]))
    assert waiting(core) == []


def test_an_example_in_own_words_is_kept_sealed_and_settles_the_entry(
    core: Core, visit: str
) -> None:
    (entry,) = waiting(core)
    learning.teach(core, "dana", entry.id, "faq/iop_family", f"  {OWN}\n")
    assert waiting(core) == []
    (example,) = learning.taught(core, "kim")
    assert (example.label, example.text, example.by) == ("faq/iop_family", OWN, "dana")
    assert not example.in_data
    assert learning.examples_by_label(core) == {"faq/iop_family": [OWN]}
    assert ("dana", "learning.taught", "faq/iop_family", "") in log(core)
    with core.snapshot() as session:
        assert OWN.encode() not in session.scalars(select(StaffExample)).one().text
    assert rotation.rotate(core) == 0
    patch = learning.exported(core, "dana")
    assert f"+    - {OWN}\n" in patch
    learning.withdraw(core, "dana", example.id)
    assert learning.exported(core, "dana") == ""
    with pytest.raises(InvalidStepError):
        learning.withdraw(core, "dana", example.id)
    retention.purge(core, now() + timedelta(hours=25))  # what is left needs no conversation


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Do they let my pet iguana sit in?", "words of your own"),
        ("so do they let my pet iguana sit in, asks Zebulon at all", "words of your own"),
        ("would they let my pet iguana in one day", "words of your own"),
        ("", "write an example"),
        ("?!", "write an example"),
        ("a " * 200, "shorter"),
        ("/faq/iop_cost", "plain text"),
        ("is [this](thing) ok", "plain text"),
        ("call 212-555-0199", "phone number"),
        ("ask [name-1] about it", "reference"),
        ("how much is it", "already"),
        ("plain\x00text here", "plain text"),
    ],
)
def test_an_example_that_is_a_copy_or_unfit_is_refused(
    sqlite_core: Core, text: str, why: str
) -> None:
    visit, _ = conversations.start(sqlite_core, "web")
    say(sqlite_core, visit, SAID, UNSURE)
    (entry,) = waiting(sqlite_core)
    with pytest.raises(InvalidStepError, match=why):
        learning.teach(sqlite_core, "dana", entry.id, "faq/iop_cost", text)
    assert learning.taught(sqlite_core, "dana") == []
    assert len(waiting(sqlite_core)) == 1


def test_what_another_visitor_wrote_is_no_example_either(sqlite_core: Core) -> None:
    for said in (SAID, "who waters the plants when they are away"):
        visit, _ = conversations.start(sqlite_core, "web")
        say(sqlite_core, visit, said, UNSURE)
    other = waiting(sqlite_core)[1]
    with pytest.raises(InvalidStepError, match="words of your own"):
        learning.teach(
            sqlite_core, "dana", other.id, "faq/iop_family", "who waters the plants when away"
        )


def test_an_example_whose_topic_is_gone_is_named_at_the_export(sqlite_core: Core) -> None:
    sealed = sqlite_core.cipher.encrypt(OWN.encode(), b"example:faq/gone")
    with sqlite_core.transaction() as session:
        session.add(StaffExample(label="faq/gone", text=sealed, by="dana"))
    with pytest.raises(InvalidStepError, match=r"data/topics/gone\.yml"):
        learning.exported(sqlite_core, "dana")


def test_a_topic_that_is_none_and_an_entry_that_is_done_are_refused(
    sqlite_core: Core,
) -> None:
    visit, _ = conversations.start(sqlite_core, "web")
    say(sqlite_core, visit, SAID, UNSURE)
    (entry,) = waiting(sqlite_core)
    for label in ("", "crisis/suicide", "greet", "faq/none_such"):
        with pytest.raises(InvalidStepError, match="topic"):
            learning.teach(sqlite_core, "dana", entry.id, label, OWN)
    learning.teach(sqlite_core, "dana", entry.id, "faq/iop_family", OWN)
    with pytest.raises(InvalidStepError, match="not kept any more"):
        learning.teach(sqlite_core, "dana", entry.id, "faq/iop_family", "other words")
    for gone in (entry.id, 99):
        with pytest.raises(InvalidStepError, match="not kept any more"):
            learning.dismiss(sqlite_core, "dana", gone)
    say(sqlite_core, visit, "and then?", UNSURE)
    (other,) = waiting(sqlite_core)
    with pytest.raises(InvalidStepError, match="colleague"):
        learning.teach(sqlite_core, "dana", other.id, "faq/iop_family", OWN.upper())


def test_it_is_for_supervisors_and_admins_only(sqlite_core: Core) -> None:
    hire(sqlite_core, "ari", role="agent")
    hire(sqlite_core, "otto", role="auditor")
    for name in ("ari", "otto", "nobody"):
        for look in (learning.listed, learning.taught, learning.exported):
            with pytest.raises(NotAllowedError):
                look(sqlite_core, name)
        for step in (learning.dismiss, learning.withdraw):
            with pytest.raises(NotAllowedError):
                step(sqlite_core, name, 1)
        with pytest.raises(NotAllowedError):
            learning.teach(sqlite_core, name, 1, "faq/iop_cost", OWN)


def test_short_messages_are_copies_only_if_they_are_the_same() -> None:
    assert own_words.is_copy("Price?", "price")
    assert not own_words.is_copy("the price please", "price")
    assert not own_words.is_copy("what would I pay a week", "how much is that for a month")
