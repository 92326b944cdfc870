"""Every text that the guide can say fits into text messages, whatever stands around it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from care import disclosure, gsm, wording
from care.db import Core
from care.settings import Settings
from care.transcript import Line, Outcome, Said
from gateway import rendering, staffed
from gateway.channels.sms import keywords
from gateway.channels.sms.rendering import HARD, SOFT, parts
from tools import wording as rules

NAMES = wording.family("utter_")
ALERTED = (staffed.ALERTED, staffed.NOBODY)


@pytest.fixture
def core(settings: Settings, tmp_path: Path) -> Core:
    operator = settings.model_copy(
        update={"operator": "Recovery Foundation X", "call_answered_by": "trained phone staff X"}
    )
    return Core.open(operator.model_copy(update={"paid_providers": ("One", "Two")}))


def said(line: Line) -> Said:
    text = rules.fill(line.text)
    at = datetime.now(UTC)
    return Said(1, "guide", text, at, "sent", buttons=line.buttons, response=line.response)


def test_every_text_is_one_or_two_messages_within_the_limits(core: Core) -> None:
    for name in NAMES:
        messages = parts(said(rendering.fixed(core, name, "sms")))
        assert len(messages) <= 3, name
        for message in messages:
            assert gsm.length(message) <= SOFT, name
            assert len(message) <= HARD, name


def test_every_text_costs_the_cheap_alphabet(core: Core) -> None:
    for name in NAMES:
        for message in parts(said(rendering.fixed(core, name, "sms"))):
            strange = set(message) - gsm.BASIC - gsm.EXTENDED
            assert not strange - set("ÁÍÓÚáíóú"), (name, strange)


def test_a_first_text_in_danger_is_whole_in_one_message_whatever_is_said_of_staff(
    core: Core,
) -> None:
    for name in wording.family("utter_crisis/") + wording.family("utter_crisis_other/"):
        line = rendering.fixed(core, name, "sms")
        for word in ALERTED:
            outcome = staffed.with_word(core, Outcome(lines=[line]), word, "sms")
            first = parts(said(outcome.lines[0]))[0]
            assert first.split()[: len(line.text.split())] == gsm.fold(line.text).split(), name
            assert gsm.length(first) <= SOFT, name


def test_what_is_led_or_followed_by_a_line_fits_too(core: Core) -> None:
    names = [*wording.family(disclosure.ASKED), "utter_unclear", "utter_english_only_es"]
    texts = [wording.text(name, "sms").text for name in names if wording.known(name)]
    lead = wording.fill(max(texts, key=len), core.settings.spoken)
    for name in wording.family("utter_faq/"):
        line = rendering.fixed(core, name, "sms")
        for both in (rendering.led([line], lead), rendering.followed([line], lead)):
            messages = parts(said(both[0]))
            assert all(gsm.length(message) <= SOFT for message in messages), name
            assert len(messages) <= 3, name


def test_no_choice_of_the_guide_is_a_word_to_stop(core: Core) -> None:
    for name in NAMES:
        for button in wording.text(name, "sms").buttons:
            for word in (button["title"], button.get("payload", "")):
                assert keywords.heard(word, opted_out=False) is None, (name, word)


def test_several_messages_are_numbered_and_a_list_stays_whole(core: Core) -> None:
    line = rendering.fixed(core, "utter_faq/privacy", "sms")
    messages = parts(said(replace(line, text=line.text * 3)))
    assert [m[:6] for m in messages] == [
        f"({n}/{len(messages)}) " for n in range(1, len(messages) + 1)
    ]
    assert messages[-1].count("\n") >= 3
