"""Whether an answer helped: kept without a word, and gone with the conversation."""

from datetime import timedelta

import pytest

from care import conversations, my_data, ratings, retention
from care.db import Core, now
from care.errors import UnknownConversationError
from care.transcript import Inbound, Line, Outcome

ANSWER = Line("It depends on the plan.", response="utter_faq/iop_cost")
ALL = f"${my_data.LIST}"


@pytest.fixture
def visit(core: Core) -> str:
    visit, _ = conversations.start(core, "web", [Line("Hello.", response="utter_start")])
    received = conversations.receive(core, visit, Inbound("message-1", "how much"))
    conversations.answer(core, visit, received.seq, Outcome([ANSWER]))
    return visit


def test_the_last_word_counts(core: Core, visit: str) -> None:
    for helpful in (True, False, False):
        assert ratings.keep(core, visit, 3, helpful)
    assert ratings.of(core, visit) == {3: False}
    assert ratings.counts(core) == {("utter_faq/iop_cost", False): 1}


def test_only_answers_are_rated(core: Core, visit: str) -> None:
    assert not any(ratings.keep(core, visit, seq, True) for seq in (1, 2, 4))
    with pytest.raises(UnknownConversationError):
        ratings.keep(core, "nobody", 3, True)


def test_it_is_named_to_whoever_asks_what_is_kept(core: Core, visit: str) -> None:
    assert "helped" not in my_data.placeholders(core, visit, ALL)[my_data.LIST]
    ratings.keep(core, visit, 3, True)
    assert "helped or did not: 1" in my_data.placeholders(core, visit, ALL)[my_data.LIST]


def test_it_goes_with_the_conversation(core: Core, visit: str) -> None:
    ratings.keep(core, visit, 3, True)
    retention.forget(core, visit)
    assert not ratings.counts(core)
    assert conversations.history(core, visit) == []
    conversations.receive(core, visit, Inbound("message-2", "still open"))


def test_a_purge_takes_it_along(core: Core, visit: str) -> None:
    ratings.keep(core, visit, 3, True)
    retention.purge(core, now() + timedelta(days=2))
    assert not ratings.counts(core)


def test_a_conversation_that_is_forgotten_for_good_is_over(core: Core, visit: str) -> None:
    retention.forget(core, visit, ends=True)
    with pytest.raises(UnknownConversationError):
        conversations.receive(core, visit, Inbound("message-2", "too late"))
    with pytest.raises(UnknownConversationError):
        retention.forget(core, visit, ends=True)
