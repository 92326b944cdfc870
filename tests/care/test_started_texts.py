"""Text messages that staff start: with consent, by day, in neutral words."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from care import (
    addresses,
    conversations,
    deliveries,
    opt_outs,
    privacy,
    requests,
    started_texts,
    ticket_steps,
    tickets,
    wording,
)
from care.addresses import Address
from care.db import Core
from care.errors import InvalidStepError
from care.settings import STAND_IN_NUMBER
from care.transcript import Line

PHONE = Address("sms", "+12125550123", STAND_IN_NUMBER)
ABOUT = re.compile(
    r"drug|alcohol|drink|sober|addict|recover|rehab|treat|detox|iop|program|overdose|quit|relapse"
    r"|crisis|substance|therap|clinic|meeting|counsel",
    re.IGNORECASE,
)
ANSWERS: dict[str, Any] = {"contact_for": "self", "contact_reach": "[phone-1]"}


def ticket(core: Core, *, texting: bool = True) -> tuple[str, str]:
    """A claimed ticket of somebody on the web, and its conversation."""
    talk, _ = conversations.start(core, "web")
    privacy.conceal(core, talk, "212 555 0123")
    answers = {**ANSWERS, "contact_texting": texting}
    number = tickets.request_callback(core, talk, f"{talk}:1", answers).number
    ticket_steps.claim(core, number, "dana")
    return number, talk


def by_day(core: Core) -> datetime:
    """A moment to come at which this phone may get a text."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return tomorrow.replace(hour=18, minute=0)


def take(core: Core, at: datetime) -> list[deliveries.Due]:
    return deliveries.take(core, ["sms"], at, 10)


def state(core: Core, number: str) -> str:
    found = tickets.find(core, number)
    assert found is not None
    return found.texts[-1].state


def test_a_text_goes_out_by_day_to_the_number_that_was_given(core: Core) -> None:
    number, _ = ticket(core)
    ticket_steps.text(core, number, "dana", "hello")
    night = by_day(core).replace(hour=7)
    assert take(core, night) == []
    (due,) = take(core, by_day(core))
    assert due.address == PHONE
    assert "You asked us to get in touch" in due.said.text
    found = tickets.find(core, number)
    assert found is not None
    assert [(e.kind, e.by, e.detail) for e in found.events][-1] == ("texted", "dana", "hello")


def test_a_reply_does_not_wait_for_a_text_that_waits_for_the_day(core: Core) -> None:
    number, _ = ticket(core)
    ticket_steps.text(core, number, "dana", "hello")
    conversations.say(core, addresses.conversation(core, PHONE), Line("an answer"))
    assert [due.said.text for due in take(core, by_day(core).replace(hour=7))] == ["an answer"]


@pytest.mark.parametrize("name", ["hello", "missed"])
def test_what_we_start_says_nothing_of_what_it_is_about(name: str) -> None:
    assert set(started_texts.names()) == {"hello", "missed"}
    text = wording.text(f"utter_started/{name}", "sms").text
    assert not ABOUT.search(text)
    for words in ("Msg & data rates may apply", "HELP", "STOP"):
        assert words in text


def test_without_consent_to_texts_nothing_is_started(core: Core) -> None:
    number, _ = ticket(core, texting=False)
    with pytest.raises(InvalidStepError, match="not agreed"):
        ticket_steps.text(core, number, "dana", "hello")
    other, _ = ticket(core)
    with pytest.raises(InvalidStepError, match="choose a text"):
        ticket_steps.text(core, other, "dana", "a word of my own")


def test_whoever_opted_out_is_not_texted(core: Core) -> None:
    number, _ = ticket(core)
    with core.transaction() as session:
        opt_outs.record(core, session, PHONE, opt_outs.OUT, "visitor")
    with pytest.raises(InvalidStepError, match="wants no texts"):
        ticket_steps.text(core, number, "dana", "hello")


def test_consent_withdrawn_before_it_is_sent_holds_it_back(core: Core) -> None:
    number, talk = ticket(core)
    ticket_steps.text(core, number, "dana", "hello")
    requests.cancel(core, talk)
    assert take(core, by_day(core)) == []
    assert state(core, number) == deliveries.SUPPRESSED


def test_an_opt_out_before_it_is_sent_holds_it_back(core: Core) -> None:
    number, _ = ticket(core)
    ticket_steps.text(core, number, "dana", "hello")
    with core.transaction() as session:
        opt_outs.record(core, session, PHONE, opt_outs.OUT, "carrier")
    assert take(core, by_day(core)) == []
    assert state(core, number) == deliveries.SUPPRESSED


def test_where_text_messages_are_off_none_is_started(core: Core) -> None:
    off = Core(core.settings.model_copy(update={"mode": "production"}), core.engine, core.cipher)
    number, _ = ticket(core)
    with pytest.raises(InvalidStepError, match="off"):
        ticket_steps.text(off, number, "dana", "hello")
