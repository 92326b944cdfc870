"""Text messages while nothing can be stored: Twilio's own request carries the answer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from care import deliveries
from care.errors import StorageDownError
from care.models import Delivery, Message, Ticket
from tests.gateway.conftest import Gateway
from tests.gateway.test_breakdowns import Storage, gateway, quick, storage
from tests.texter import Texter

__all__ = ["gateway", "quick", "storage"]


@pytest.fixture
def phone(gateway: Gateway) -> Iterator[Texter]:
    texter = Texter.at(gateway.url, gateway.core.settings)
    yield texter
    texter.client.close()


def said(gateway: Gateway) -> list[str]:
    with gateway.core.snapshot() as session:
        return list(session.scalars(select(Message.author).order_by(Message.id)))


@pytest.mark.parametrize("how", ["refuse", "hang"])
def test_danger_is_answered_in_the_request_and_stored_later_without_being_said_twice(
    gateway: Gateway, phone: Texter, storage: Storage, how: str
) -> None:
    getattr(storage, how)()
    answer = phone.send("I want to kill myself")
    assert answer.status_code == 200
    assert "<Message>" in answer.text
    assert "988" in answer.text
    storage.back()
    phone.wait(lambda _: said(gateway) == ["visitor", "guide"])
    with gateway.core.snapshot() as session:
        assert session.scalar(select(Ticket.priority)) == "urgent"
        assert session.scalar(select(Delivery.id)) is None
    assert phone.got() == []


def test_a_question_gets_an_honest_line(gateway: Gateway, phone: Texter, storage: Storage) -> None:
    storage.refuse()
    answer = phone.send("what does it cost")
    assert answer.status_code == 200
    assert "<Message>" in answer.text
    assert "988" in answer.text


def test_a_report_that_cannot_be_stored_may_come_again(
    gateway: Gateway, phone: Texter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise StorageDownError("refused")

    monkeypatch.setattr(deliveries, "report", fail)
    fields = {"AccountSid": phone.account.sid, "MessageSid": "SM1", "MessageStatus": "failed"}
    assert phone.post("/channels/sms/status?d=1&n=1", fields).status_code == 503
