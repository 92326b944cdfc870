"""A person joins a chat: who owns it, what is said of it, what is on record."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from care import (
    alerts,
    audit,
    conversations,
    live_chat,
    live_chat_steps,
    retention,
    staff,
    ticket_steps,
    tickets,
)
from care.db import Core, now, open_engine
from care.errors import (
    InvalidStepError,
    NotAllowedError,
    StaffError,
    StaffOwnsError,
    UnknownTicketError,
)
from care.models import AuditEntry, Conversation, LiveChat, StaffSession, StaffUser
from care.ownership import CLOSED, GUIDE, STAFF, WAITING
from care.roles import AUDITOR
from care.tickets import TicketView
from care.transcript import Inbound, Line, Outcome, Said, add_line
from tests.colleagues import hire

ROUNDS = int(os.environ.get("CLAIM_ROUNDS", "12"))
ASKED = Outcome([Line("A person is asked.")], wants_person=True)
WAIT, SILENCE = timedelta(minutes=3, seconds=1), timedelta(minutes=10, seconds=1)


@dataclass
class Chat:
    """A conversation as its two sides drive it."""

    core: Core
    id: str
    lines: int = 0

    def says(self, text: str, button: str | None = None) -> int:
        self.lines += 1
        inbound = Inbound(f"visitor-{self.lines}", text, button)
        return conversations.receive(self.core, self.id, inbound).seq

    def answered(self, seq: int, outcome: Outcome | None = None) -> list[Said]:
        return conversations.answer(
            self.core, self.id, seq, outcome or Outcome([Line("An answer.")])
        )

    def asks_for_person(self) -> str:
        self.answered(self.says("a person please"), ASKED)
        return self.ticket().number

    def ticket(self) -> TicketView:
        (number,) = [t.number for t in tickets.listed(self.core) if t.conversation_id == self.id]
        ticket = tickets.find(self.core, number)
        assert ticket is not None
        return ticket

    def owner(self) -> str:
        return conversations.get(self.core, self.id).owner

    def said(self) -> list[str | None]:
        """The changes that the visitor was told, and who wrote the other lines."""
        return [s.response or s.author for s in conversations.history(self.core, self.id)]

    def states(self) -> list[str]:
        history = conversations.history(self.core, self.id)
        return [s.state for s in history if s.author == "visitor"]


@pytest.fixture
def chat(core: Core) -> Chat:
    return Chat(core, conversations.start(core, "web")[0])


def test_who_asks_for_a_person_waits_with_a_ticket_and_its_alerts(chat: Chat) -> None:
    number = chat.asks_for_person()
    ticket = chat.ticket()
    assert (ticket.kind, ticket.priority, ticket.status) == ("live_chat", "high", "open")
    assert [(a.step, a.kind) for a in ticket.alerts] == [(1, "live_chat"), (2, "live_chat")]
    assert alerts.take(chat.core, now(), 9)[0].number == number
    assert [e.kind for e in ticket.events] == ["opened", "chat_asked"]
    assert chat.owner() == WAITING
    assert chat.answered(chat.says("how much is it"))  # the guide still answers


def test_asking_twice_opens_one_ticket(chat: Chat) -> None:
    chat.asks_for_person()
    chat.answered(chat.says("hello?"), ASKED)
    assert [e.kind for e in chat.ticket().events].count("chat_asked") == 1


def test_if_the_promise_is_not_stored_neither_is_the_ticket(chat: Chat) -> None:
    seq = chat.says("a person please")
    chat.answered(seq)
    assert chat.answered(seq, ASKED) == []
    assert tickets.listed(chat.core) == []
    assert chat.owner() == GUIDE


def test_a_person_joins_writes_and_hands_back(chat: Chat) -> None:
    number = chat.asks_for_person()
    staff.introduce(chat.core, "dana", "Dana", "counselor")
    joined = live_chat_steps.take_over(chat.core, number, "dana")
    (line,) = joined.said
    assert line.text.startswith("Dana (counselor) has joined")
    assert (line.owner, line.name, line.role) == (STAFF, "Dana", "counselor")
    (said,) = live_chat_steps.write(
        chat.core, number, "dana", "line-0001", " Hi.\r\nI'm here. "
    ).said
    assert (said.author, said.text, said.name) == ("staff", "Hi.\nI'm here.", "Dana")
    chat.says("thank you")
    (back,) = live_chat_steps.hand_back(chat.core, number, "dana").said
    assert (back.author, back.owner) == ("guide", GUIDE)
    assert chat.owner() == GUIDE
    assert chat.said()[-4:] == [
        "utter_live/joined",
        "staff",
        "visitor",
        "utter_reminder/after_person",
    ]
    assert conversations.unanswered(chat.core) == []  # what staff have read is not the guide's
    kinds = ["opened", "chat_asked", "claimed", "chat_taken", "chat_returned"]
    assert [e.kind for e in chat.ticket().events] == kinds
    with chat.core.snapshot() as session:
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
    assert [a for a in actions if a.startswith("ticket.")] == [f"ticket.{kind}" for kind in kinds]
    assert audit.verify(chat.core).broken is None


def test_whoever_has_no_name_for_visitors_is_a_person_on_our_staff(chat: Chat) -> None:
    number = chat.asks_for_person()
    (line,) = live_chat_steps.take_over(chat.core, number, "dana").said
    assert "dana" not in line.text.lower()
    assert line.response == "utter_live/joined_unnamed"


@pytest.mark.parametrize(
    ("name", "role"), [("D", ""), ("", "nurse"), ("x" * 41, "y"), ("D\u202e", "nurse")]
)
def test_a_name_for_visitors_is_short_and_plain(chat: Chat, name: str, role: str) -> None:
    with pytest.raises(StaffError, match=r"plain|neither"):
        staff.introduce(chat.core, "dana", name, role)
    with pytest.raises(StaffError, match="nobody"):
        staff.introduce(chat.core, "ghost", "G", "nurse")


def test_a_line_of_the_guide_cannot_be_stored_while_a_person_has_the_chat(chat: Chat) -> None:
    number = chat.asks_for_person()
    seq = chat.says("how much is it")
    live_chat_steps.take_over(chat.core, number, "dana")
    before = chat.said()
    assert chat.answered(seq) == []
    assert conversations.say(chat.core, chat.id, Line("Part of me is down.", "system")) == []
    lost = chat.says("hello?")
    assert conversations.give_up(chat.core, chat.id, lost, Line("Sorry.", "system")) == []
    with chat.core.transaction() as session:
        conversation = session.get_one(Conversation, chat.id, with_for_update=True)
        with pytest.raises(StaffOwnsError):
            add_line(chat.core, session, conversation, Line("An answer."))
    assert chat.said() == [*before, "visitor"]
    assert chat.states()[-2:] == ["with_staff", "failed"]
    assert conversations.unanswered(chat.core) == []


def test_danger_is_answered_and_alerted_while_a_person_has_the_chat(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    danger = Outcome([Line("Call or text 988.")], crisis="suicide")
    heard = conversations.receive(chat.core, chat.id, Inbound("danger-1", "x"), lambda _: danger)
    assert [s.author for s in heard.said] == ["visitor", "guide"]
    (learned,) = chat.answered(chat.says("words"), danger)
    assert learned.text == "Call or text 988."
    assert tickets.unclaimed_urgent(chat.core) == 1
    state = live_chat_steps.state(chat.core, number)
    assert state is not None
    assert (state.owner, state.holder, state.danger) == (STAFF, "dana", "suicide")


def test_a_late_answer_never_follows_the_person_who_joined(chat: Chat) -> None:
    """The guide answers and staff take over at the same moment, again and again."""
    number = chat.asks_for_person()
    start = Barrier(2)

    def core_of_its_own() -> Core:
        settings = chat.core.settings
        return Core(settings, open_engine(settings.database_url), chat.core.cipher)

    def answer(seqs: list[int]) -> None:
        mine = core_of_its_own()
        for _ in range(ROUNDS):
            start.wait(60)
            conversations.answer(mine, chat.id, seqs[-1], Outcome([Line("Late.")]))
            start.wait(60)
            start.wait(60)
        mine.engine.dispose()

    def take_over(seqs: list[int]) -> None:
        mine = core_of_its_own()
        for _ in range(ROUNDS):
            start.wait(60)
            live_chat_steps.take_over(mine, number, "dana")
            start.wait(60)
            assert conversations.unanswered(mine) == []
            live_chat_steps.hand_back(mine, number, "dana")
            seqs.append(chat.says("and now?"))
            start.wait(60)
        mine.engine.dispose()

    seqs = [chat.says("how much is it")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda play: play(seqs), (answer, take_over)))
    owner = GUIDE
    for said in conversations.history(chat.core, chat.id):
        owner = said.owner or owner
        assert not (owner == STAFF and said.text == "Late.")


def test_of_two_who_take_over_one_is_told_who_was_first(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    with pytest.raises(InvalidStepError, match="dana was first"):
        live_chat_steps.take_over(chat.core, number, "kim")
    assert live_chat_steps.take_over(chat.core, number, "dana").said == ()  # clicked twice
    for step in (live_chat_steps.hand_back, live_chat_steps.close):
        with pytest.raises(InvalidStepError, match="dana has this chat"):
            step(chat.core, number, "kim")
    assert chat.ticket().claimed_by == "dana"


def test_a_ticket_that_a_colleague_has_is_not_taken_from_them(chat: Chat) -> None:
    number = chat.asks_for_person()
    ticket_steps.claim(chat.core, number, "kim")
    with pytest.raises(InvalidStepError, match="kim has this ticket"):
        live_chat_steps.take_over(chat.core, number, "dana")
    live_chat_steps.take_over(chat.core, number, "kim")


def test_a_line_sent_twice_is_stored_once(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    for _ in range(3):
        live_chat_steps.write(chat.core, number, "dana", "line-0001", "Hello.")
    assert chat.said().count("staff") == 1


@pytest.mark.parametrize(
    ("line_id", "text", "why"),
    [
        ("line-0001", "", "write something"),
        ("line-0001", " \r\n ", "write something"),
        ("line-0001", "a\x00b", "write something"),
        ("line-0001", "a" * 2001, "2000 characters; this has 2001"),
        ("x", "Hello.", "reload the page"),
        ("visitor:1234567", "Hello.", "reload the page"),
    ],
)
def test_a_bad_line_is_refused_and_says_why(chat: Chat, line_id: str, text: str, why: str) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    before = chat.said()
    with pytest.raises(InvalidStepError, match=why):
        live_chat_steps.write(chat.core, number, "dana", line_id, text)
    assert chat.said() == before


def test_only_who_has_the_chat_writes_in_it(chat: Chat) -> None:
    number = chat.asks_for_person()
    with pytest.raises(InvalidStepError, match="Take it over first"):
        live_chat_steps.write(chat.core, number, "dana", "line-0001", "Hello.")
    live_chat_steps.take_over(chat.core, number, "dana")
    with pytest.raises(InvalidStepError, match="dana has this chat"):
        live_chat_steps.write(chat.core, number, "kim", "line-0001", "Hello.")
    with pytest.raises(UnknownTicketError):
        live_chat_steps.write(chat.core, "R-000000", "dana", "line-0001", "Hello.")


def test_a_chat_goes_to_a_colleague_with_its_ticket(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    staff.introduce(chat.core, "kim", "Kim", "nurse")
    hire(chat.core, "otto", role=AUDITOR)
    for nobody in ("", "ghost", "dana ", "otto"):
        with pytest.raises(InvalidStepError, match="choose a colleague"):
            live_chat_steps.transfer(chat.core, number, "dana", nobody)
    (line,) = live_chat_steps.transfer(chat.core, number, "dana", "kim").said
    assert "Kim (nurse)" in line.text
    assert live_chat_steps.transfer(chat.core, number, "dana", "kim").said == ()
    assert chat.ticket().claimed_by == "kim"
    assert chat.ticket().events[-1].detail == "kim"
    live_chat_steps.write(chat.core, number, "kim", "line-0001", "Hello, Kim here.")


def test_only_who_may_chat_takes_a_step(chat: Chat) -> None:
    number = chat.asks_for_person()
    hire(chat.core, "otto", role=AUDITOR)
    steps: list[Callable[[str], object]] = [
        lambda by: live_chat_steps.take_over(chat.core, number, by),
        lambda by: live_chat_steps.write(chat.core, number, by, "line-0001", "Hello."),
        lambda by: live_chat_steps.transfer(chat.core, number, by, "kim"),
        lambda by: live_chat_steps.hand_back(chat.core, number, by),
        lambda by: live_chat_steps.close(chat.core, number, by),
    ]
    for by in ("otto", "ghost", ""):
        for step in steps:
            with pytest.raises(NotAllowedError):
                step(by)
    assert chat.owner() == WAITING


def test_a_closed_chat_is_the_guides_with_the_next_message(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    (line,) = live_chat_steps.close(chat.core, number, "dana").said
    assert (line.owner, chat.owner()) == (CLOSED, CLOSED)
    assert chat.ticket().status == "resolved"
    assert live_chat_steps.close(chat.core, number, "dana").said == ()
    before = len(chat.said())
    assert chat.answered(chat.says("one more question"))
    assert chat.owner() == GUIDE
    assert len(chat.said()) == before + 2  # the closing line has said who answers


@pytest.mark.parametrize("words", ["back to the guide", "Can I talk to the bot again please?"])
def test_the_visitor_goes_back_to_the_guide_by_words(chat: Chat, words: str) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    chat.says(words)
    assert chat.owner() == GUIDE
    assert chat.said()[-1] == "utter_reminder/after_person"
    assert chat.ticket().events[-1].kind == "chat_left"
    with pytest.raises(InvalidStepError, match="Take it over first"):
        live_chat_steps.write(chat.core, number, "dana", "line-0001", "Wait!")


def test_who_stops_waiting_takes_the_request_back(chat: Chat) -> None:
    chat.asks_for_person()
    chat.says("Stop waiting", button="/back_to_guide")
    ticket = chat.ticket()
    assert (chat.owner(), ticket.status) == (GUIDE, "cancelled")
    assert chat.said()[-1] == "utter_live/stopped_waiting"
    assert all(alert.next_try_at is None for alert in ticket.alerts)


def test_who_waits_for_long_is_told_once_and_the_ticket_stays_open(chat: Chat) -> None:
    chat.asks_for_person()
    assert live_chat.tell_late(chat.core, now()) == []
    assert len(live_chat.tell_late(chat.core, now() + WAIT)) == 1
    assert live_chat.tell_late(chat.core, now() + 2 * WAIT) == []
    assert chat.said().count("utter_live/late") == 1
    assert (chat.ticket().status, chat.owner()) == ("open", WAITING)


def test_nobody_who_was_joined_is_told_to_be_patient(chat: Chat) -> None:
    live_chat_steps.take_over(chat.core, chat.asks_for_person(), "dana")
    assert live_chat.tell_late(chat.core, now() + WAIT) == []


def test_a_silent_person_loses_the_chat_and_its_ticket_is_nobodys_again(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    live_chat_steps.write(chat.core, number, "dana", "line-0001", "One moment.")
    chat.says("are you there?")
    assert live_chat.return_silent(chat.core, now()) == []
    (told,) = live_chat.return_silent(chat.core, now() + SILENCE)
    assert told.said[0].response == "utter_live/silence"
    assert live_chat.return_silent(chat.core, now() + SILENCE) == []
    ticket = chat.ticket()
    assert (chat.owner(), ticket.status, ticket.claimed_by) == (GUIDE, "open", None)
    assert (ticket.events[-1].kind, ticket.events[-1].by) == ("chat_silent", "system")
    assert any(alert.round == 2 for alert in ticket.alerts)


def test_a_person_who_never_writes_loses_the_chat_though_at_the_desk(chat: Chat) -> None:
    live_chat_steps.take_over(chat.core, chat.asks_for_person(), "dana")
    at_the_desk(chat.core, SILENCE)
    assert len(live_chat.return_silent(chat.core, now() + SILENCE)) == 1


def test_a_person_at_the_desk_keeps_a_chat_in_which_the_visitor_is_silent(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    live_chat_steps.write(chat.core, number, "dana", "line-0001", "Take your time.")
    at_the_desk(chat.core, SILENCE)
    assert live_chat.return_silent(chat.core, now() + SILENCE) == []
    with chat.core.transaction() as session:  # signed out
        session.delete(session.scalars(select(StaffSession)).one())
    assert len(live_chat.return_silent(chat.core, now() + SILENCE)) == 1
    assert chat.ticket().status == "claimed"  # nobody was left alone


def at_the_desk(core: Core, after: timedelta) -> None:
    """Dana's page is open, at a time to come."""
    with core.transaction() as session:
        dana = session.scalars(select(StaffUser).where(StaffUser.username == "dana")).one()
        at = now() + after
        session.add(StaffSession(token_hash="x", user_id=dana.id, csrf_token="x", here_at=at))


def test_a_ticket_is_not_put_away_while_its_chat_goes_on(chat: Chat) -> None:
    number = chat.asks_for_person()
    ticket_steps.claim(chat.core, number, "dana")
    with pytest.raises(InvalidStepError, match="Somebody waits"):
        ticket_steps.resolve(chat.core, number, "dana")
    live_chat_steps.take_over(chat.core, number, "dana")
    for step in (ticket_steps.resolve, ticket_steps.release):
        with pytest.raises(InvalidStepError, match="A chat goes on here"):
            step(chat.core, number, "dana")
    live_chat_steps.hand_back(chat.core, number, "dana")
    ticket_steps.resolve(chat.core, number, "dana")


def test_a_chat_can_be_taken_over_from_a_crisis_ticket_and_ends_the_wait(chat: Chat) -> None:
    waiting = chat.asks_for_person()
    danger = Outcome([Line("Call or text 988.")], crisis="suicide")
    conversations.receive(chat.core, chat.id, Inbound("danger-1", "x"), lambda _: danger)
    found = {t.kind: t.number for t in tickets.listed(chat.core)}
    live_chat_steps.take_over(chat.core, found["crisis/suicide"], "dana")
    for number in (waiting, found["crisis/suicide"]):
        ticket = tickets.find(chat.core, number)
        assert ticket is not None
        assert (ticket.status, ticket.claimed_by) == ("claimed", "dana")
    live_chat_steps.write(chat.core, waiting, "dana", "line-0001", "I'm here.")


def test_who_leaves_the_page_waits_no_more_and_staff_see_it(chat: Chat) -> None:
    number = chat.asks_for_person()
    conversations.end(chat.core, chat.id)
    assert chat.ticket().status == "cancelled"
    with pytest.raises(InvalidStepError, match="visitor has ended"):
        live_chat_steps.take_over(chat.core, number, "dana")


def test_who_leaves_the_person_behind_is_seen_to_have_left(chat: Chat) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    conversations.end(chat.core, chat.id)
    state = live_chat_steps.state(chat.core, number)
    assert state is not None
    assert (state.is_over, state.holder) == (True, None)
    assert chat.ticket().events[-1].kind == "visitor_gone"
    assert live_chat.return_silent(chat.core, now() + SILENCE) == []


def test_deleted_data_takes_the_wait_with_it(chat: Chat) -> None:
    number = chat.asks_for_person()
    retention.forget(chat.core, chat.id)
    assert chat.owner() == GUIDE
    with pytest.raises(InvalidStepError, match="deleted"):
        live_chat_steps.take_over(chat.core, number, "dana")


def test_a_chat_goes_with_its_conversation_and_its_ticket(chat: Chat) -> None:
    live_chat_steps.take_over(chat.core, chat.asks_for_person(), "dana")
    retention.purge(chat.core, now() + timedelta(days=800))  # and the ticket of an open chat
    retention.purge(chat.core, now() + timedelta(days=800))
    with chat.core.snapshot() as session:
        assert session.scalars(select(LiveChat)).all() == []
    assert tickets.listed(chat.core) == []


def test_the_desk_counts_who_waits(chat: Chat) -> None:
    number = chat.asks_for_person()
    assert vars(live_chat_steps.calls(chat.core, "dana")) == {"waiting": 1, "mine": 0}
    live_chat_steps.take_over(chat.core, number, "dana")
    assert vars(live_chat_steps.calls(chat.core, "dana")) == {"waiting": 0, "mine": 1}
    live_chat_steps.write(chat.core, number, "dana", "line-0001", "Hello.")
    assert vars(live_chat_steps.calls(chat.core, "dana")) == {"waiting": 0, "mine": 0}
    chat.says("hi")
    assert vars(live_chat_steps.calls(chat.core, "kim")) == {"waiting": 0, "mine": 0}


def test_what_staff_write_is_sealed(chat: Chat, database_dump: Callable[[], bytes]) -> None:
    number = chat.asks_for_person()
    live_chat_steps.take_over(chat.core, number, "dana")
    live_chat_steps.write(chat.core, number, "dana", "line-0001", "quagmire")
    assert b"quagmire" not in database_dump()
