"""From a visitor's danger to the staff, through the running gateway."""

import time
from collections.abc import Iterator

import pytest

from care import duty, staff, wording
from care.db import Core
from care.settings import Settings
from care.transcript import Line, Outcome
from gateway import staffed
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant, FakeChannel
from tests.gateway.conftest import Gateway, running
from tools.wording import fill, sms_length

PERSON = wording.text(staffed.ALERTED).text
NOBODY = wording.text(staffed.NOBODY).text
SMS_LIMIT = 320


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def gateway(settings: Settings, channel: FakeChannel) -> Iterator[Gateway]:
    fresh_sqlite(settings.database_url)
    with running(settings, FakeAssistant(), {"console": channel}) as started:
        yield started


def crisis_reply(gateway: Gateway, text: str = "i want to kill myself") -> str:
    visitor = gateway.visitor()
    visitor.send(text)
    return str(visitor.wait_for_answers(1)[0]["text"])


def on_duty(gateway: Gateway) -> None:
    staff.set_password(gateway.core, "dana", "a long enough password")
    duty.switch(gateway.core, "dana", on=True)


def test_danger_alerts_staff_at_once(gateway: Gateway, channel: FakeChannel) -> None:
    crisis_reply(gateway)
    end = time.monotonic() + 8
    while not channel.sent and time.monotonic() < end:
        time.sleep(0.02)
    (note,) = channel.sent
    assert (note.kind, note.priority, note.step) == ("crisis/suicide", "urgent", 1)


def test_with_somebody_on_duty_the_reply_says_that_a_person_has_been_alerted(
    gateway: Gateway,
) -> None:
    on_duty(gateway)
    said = crisis_reply(gateway)
    assert said.endswith(PERSON)
    assert "988" in said


def test_with_nobody_on_duty_the_reply_ends_with_988(gateway: Gateway) -> None:
    assert crisis_reply(gateway).endswith(NOBODY)


def test_a_danger_that_the_assistant_sees_ends_the_same_way(gateway: Gateway) -> None:
    gateway.assistant.label = "crisis/withdrawal"
    on_duty(gateway)
    assert crisis_reply(gateway, "something the screen does not know").endswith(PERSON)


def test_when_duty_cannot_be_known_the_reply_says_neither(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    with gateway.core.transaction() as session:
        session.connection().exec_driver_sql("drop table staff_sessions")
    visitor.send("i want to kill myself")
    said = visitor.wait_for_answers(1)[0]["text"]
    assert "988" in said
    assert PERSON not in said
    assert NOBODY not in said


def test_with_storage_down_the_danger_is_answered_and_neither_is_said(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    on_duty(gateway)
    with gateway.core.transaction() as session:
        session.connection().exec_driver_sql("drop table messages")
    refused = visitor.send("i want to kill myself")
    assert refused.status_code == 503
    said = " ".join(refused.json()["say"])
    assert "988" in said
    assert PERSON not in said


@pytest.mark.parametrize(
    "kind", sorted(wording.load_yaml(wording.DATA / "crisis/phrases.yml")["phrases"])
)
@pytest.mark.parametrize(
    "about",
    ["utter_crisis", "utter_crisis_other", "utter_crisis_again", "utter_crisis_again_other"],
)
@pytest.mark.parametrize("language", ["", wording.SPANISH])
def test_a_crisis_text_with_the_word_more_is_still_one_text_message(
    sqlite_core: Core, kind: str, about: str, language: str
) -> None:
    name = f"{about}/{kind}{language}"
    line = Line(fill(wording.text(name, "sms").text), response=name)
    word = staffed.word(sqlite_core)
    told = staffed.with_word(sqlite_core, Outcome([line], crisis=kind), word, "sms")
    (said,) = told.lines
    assert "988" in said.text.removeprefix(line.text)
    assert sms_length(said.text) <= SMS_LIMIT
