"""Which choice a text picks, by what was shown before it."""

import pytest

from care import conversations, menus
from care.db import Core
from care.ownership import GUIDE, STAFF
from care.transcript import Inbound, Line

DELETE = ({"title": "Yes, delete it", "payload": "/delete_yes"}, {"title": "Yes", "payload": "Yes"})
TOPICS = (
    {"title": "Detox", "payload": "/faq/detox"},
    {"title": "Skip", "payload": "/contact_skip"},
)


def picked(core: Core, text: str, *lines: Line) -> str | None:
    """The button that a text counts as after these lines."""
    talk, _ = conversations.start(core, "sms", lines)
    received = conversations.receive(core, talk, Inbound("m1", text))
    assert received.waiting
    return menus.chosen(core, talk, received.waiting).said.button


def test_a_number_picks_from_the_list_shown_last(sqlite_core: Core) -> None:
    lines = (Line("Delete?", buttons=DELETE), Line("Topics", buttons=TOPICS), Line("No choice"))
    assert picked(sqlite_core, "1", *lines) == "/faq/detox"
    assert picked(sqlite_core, "the second", *lines) == "/contact_skip"
    assert picked(sqlite_core, "3", *lines) is None


@pytest.mark.parametrize(
    ("text", "button"),
    [("yes, delete it!", "/delete_yes"), ("Yes", None), ("delete it", None)],
)
def test_whole_words_that_stand_alone_pick_from_an_earlier_list(
    sqlite_core: Core, text: str, button: str | None
) -> None:
    lines = (Line("Delete?", buttons=DELETE), Line("Topics", buttons=TOPICS))
    assert picked(sqlite_core, text, *lines) == button


def test_skip_is_no_answer_to_another_question(sqlite_core: Core) -> None:
    lines = (Line("Topics", buttons=TOPICS), Line("Delete?", buttons=DELETE))
    assert picked(sqlite_core, "skip", *lines) is None


@pytest.mark.parametrize("text", ["1", "yes, delete it"])
def test_after_a_persons_words_nothing_shown_before_is_picked(sqlite_core: Core, text: str) -> None:
    person = Line("How many days a week, 1 or 2?", author="staff", owner=STAFF)
    lines = (Line("Delete?", buttons=DELETE), person)
    assert picked(sqlite_core, text, *lines) is None
    again = (*lines, Line("Topics", buttons=TOPICS, owner=GUIDE))
    assert picked(sqlite_core, "1", *again) == "/faq/detox"
