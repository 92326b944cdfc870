from datetime import timedelta

import pytest
from sqlalchemy import select

from care import conversations, feedback, retention
from care.db import Core, now
from care.models import Clarification
from care.transcript import Inbound, Line, Outcome

OFFERED = ("faq/detox", "faq/php", "request_callback")
BUTTONS = tuple({"title": label, "payload": f"/{label}"} for label in OFFERED)
UNSURE = Line("Did you mean one of these?", buttons=BUTTONS, response="utter_unsure")
PICK = "/faq/php"


@pytest.fixture
def visit(core: Core) -> str:
    visit, _ = conversations.start(core, "web", [Line("Hello.")])
    turn(core, visit, "that partial thing", UNSURE)
    return visit


def turn(core: Core, visit: str, text: str, line: Line, button: str | None = None) -> None:
    inbound = Inbound(f"message-{text}", text, button)
    received = conversations.receive(core, visit, inbound)
    said = conversations.history(core, visit)
    pick = feedback.pick_in(said, button) if button else None
    conversations.answer(core, visit, received.seq, Outcome([line], pick=pick))


def kept(core: Core) -> list[Clarification]:
    with core.snapshot() as session:
        return list(session.scalars(select(Clarification)))


def test_what_is_picked_is_kept_without_a_word(core: Core, visit: str) -> None:
    turn(core, visit, "php", Line("A partial program is ..."), PICK)
    (row,) = kept(core)
    assert (row.conversation_id, row.seq, row.picked) == (visit, 2, "faq/php")
    assert row.offered == "faq/detox faq/php request_callback"
    assert now() - row.picked_at < timedelta(minutes=1)
    assert feedback.counts(core) == {("faq/detox", "faq/php"): 1}


def test_a_button_of_another_answer_is_no_feedback(core: Core, visit: str) -> None:
    turn(core, visit, "why", Line("Words", buttons=BUTTONS[1:2], response="utter_faq/iop_cost"))
    turn(core, visit, "php", Line("A partial program is ..."), PICK)
    assert kept(core) == []


def test_it_is_deleted_with_the_visitor_s_data(core: Core, visit: str) -> None:
    turn(core, visit, "php", Line("A partial program is ..."), PICK)
    retention.forget(core, visit)
    assert kept(core) == []


def test_it_is_purged_with_the_conversation(core: Core, visit: str) -> None:
    turn(core, visit, "php", Line("A partial program is ..."), PICK)
    assert retention.purge(core, now() + timedelta(hours=25)) == [visit]
    assert kept(core) == []


def test_what_is_deleted_while_it_is_answered_leaves_no_feedback(core: Core, visit: str) -> None:
    seq = conversations.receive(core, visit, Inbound("message-php", "php", PICK)).seq
    pick = feedback.pick_in(conversations.history(core, visit), PICK)
    retention.forget(core, visit)
    assert pick is not None
    conversations.answer(core, visit, seq, Outcome([Line("words")], pick=pick))
    assert kept(core) == []
