from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from care import conversations, tickets
from care.db import Core
from care.errors import StorageDownError, UnknownConversationError
from care.transcript import Inbound, Line, Outcome


def test_a_message_is_stored_before_it_is_answered_and_answered_once(core: Core) -> None:
    visit, _ = conversations.start(core, "web", [Line("Hello.")])
    received = conversations.receive(core, visit, Inbound("first-id", "how much is it"))
    waiting = conversations.next_unanswered(core, visit)
    assert received.waiting == waiting is not None
    assert waiting.said.text == "how much is it"
    outcome = Outcome(lines=[Line("Less than residential.")], expects="contact_name")
    answered = conversations.answer(core, visit, received.seq, outcome)
    assert conversations.answer(core, visit, received.seq, outcome) == []
    said = conversations.history(core, visit)
    assert said[2:] == answered
    assert [m.text for m in said] == ["Hello.", "how much is it", "Less than residential."]
    assert conversations.get(core, visit).expects == "contact_name"
    assert conversations.unanswered(core) == []


def test_a_conversation_stays_with_its_topic_until_the_next(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    topics = []
    for number, topic in enumerate(("faq/detox", None, "faq/php")):
        received = conversations.receive(core, visit, Inbound(f"message-{number}", "words"))
        assert received.waiting is not None
        topics.append(received.waiting.topic)
        conversations.answer(core, visit, received.seq, Outcome([Line("words")], topic=topic))
    assert topics == [None, "faq/detox", "faq/detox"]
    assert conversations.get(core, visit).topic == "faq/php"


def test_the_same_id_again_stores_nothing(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    first = conversations.receive(core, visit, Inbound("same-id", "hi"))
    again = conversations.receive(core, visit, Inbound("same-id", "hi"))
    assert (again.seq, again.said, again.waiting) == (first.seq, (), None)
    assert len(conversations.history(core, visit)) == 1


def test_only_the_oldest_unanswered_message_is_the_next(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    first = conversations.receive(core, visit, Inbound("first-id", "one"))
    second = conversations.receive(core, visit, Inbound("second-id", "two"))
    assert first.waiting is not None
    assert second.waiting is None


def test_two_visitors_may_use_the_same_message_id(core: Core) -> None:
    one, two = conversations.start(core, "web")[0], conversations.start(core, "web")[0]
    assert conversations.receive(core, one, Inbound("same-id", "a")).said
    assert conversations.receive(core, two, Inbound("same-id", "b")).said


def test_places_have_no_gap_when_many_write_at_once(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: conversations.receive(core, visit, Inbound(f"message-{n}", "x")),
                range(40),
            )
        )
    assert [m.seq for m in conversations.history(core, visit)] == list(range(1, 41))


def test_danger_is_answered_in_the_same_stroke_with_an_urgent_ticket(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    danger = Outcome(lines=[Line("Call or text 988.")], crisis="suicide")
    conversations.receive(core, visit, Inbound("danger-1", "words"), lambda _: danger)
    conversations.receive(core, visit, Inbound("danger-2", "words"), lambda _: danger)
    assert conversations.next_unanswered(core, visit) is None
    assert conversations.get(core, visit).crisis == "suicide"
    assert [(t.kind, t.priority) for t in tickets.listed(core)] == [("crisis/suicide", "urgent")]


def test_after_the_end_nothing_goes_in_or_out(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    seq = conversations.receive(core, visit, Inbound("only-one", "hi")).seq
    conversations.end(core, visit)
    with pytest.raises(UnknownConversationError):
        conversations.receive(core, visit, Inbound("too-late", "hi"))
    with pytest.raises(UnknownConversationError):
        conversations.answer(core, visit, seq, Outcome(lines=[Line("hi")]))


def test_an_unknown_conversation_shows_nothing(core: Core) -> None:
    with pytest.raises(UnknownConversationError):
        conversations.receive(core, "0" * 32, Inbound("some-id", "hi"))
    assert conversations.history(core, "0" * 32) == []


def test_no_word_is_readable_in_the_database(
    core: Core, database_dump: Callable[[], bytes]
) -> None:
    visit, _ = conversations.start(core, "web", [Line("Zanzibar greeting")])
    conversations.receive(core, visit, Inbound("seeded-id", "my name is Zebulon Canary"))
    dump = database_dump()
    assert visit.encode() in dump
    assert b"Zebulon" not in dump
    assert b"Zanzibar" not in dump


def test_a_database_that_is_away_is_one_clear_error(sqlite_core: Core) -> None:
    gone = Core.open(
        sqlite_core.settings.model_copy(
            update={"database_url": "postgresql+psycopg://guide@127.0.0.1:1/none"}
        )
    )
    with pytest.raises(StorageDownError):
        conversations.start(gone, "web")
    assert not gone.ready()
