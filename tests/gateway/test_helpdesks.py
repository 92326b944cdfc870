"""Tickets reach the operator's helpdesk once, by the outbox, with no word of a visitor."""

import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import structlog

from care import alerts, conversations, helpdesk, privacy, requests, tickets
from care.cipher import new_key
from care.db import Core, now
from care.errors import SettingsError
from care.settings import Settings
from care.ticket_steps import claim
from care.transcript import Inbound
from gateway import helpdesks, senders
from gateway.dispatcher import Dispatcher
from gateway.helpdesks import Announcer
from gateway.senders import NotDeliveredError, Sender, Webhook
from tests.fakes import Clock, FakeChannel
from tests.gateway.fake_helpdesks import ADDRESSES, TOKEN, FakeHelpdesk

CANARIES = ("Zebulon", "555-0142", "2125550142", "quagmire", "after five")
ANSWERS: dict[str, Any] = {
    "contact_name": "Zebulon",
    "contact_reach": "[phone-1]",
    "contact_time": "after five",
}


@pytest.fixture(params=ADDRESSES)
def product(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fake(product: str) -> FakeHelpdesk:
    return ADDRESSES[product][0]()


@pytest.fixture
def sender(product: str, fake: FakeHelpdesk) -> Sender:
    return connected(product, fake, TOKEN)


def connected(product: str, fake: FakeHelpdesk, token: str) -> Sender:
    address = helpdesk.read_address(ADDRESSES[product][1])
    return Announcer(helpdesks.PRODUCTS[product](address, token, fake.transport()))


@pytest.fixture
def with_helpdesk(sqlite_core: Core, product: str) -> Core:
    return having(sqlite_core, helpdesk=ADDRESSES[product][1])


def having(core: Core, **changed: Any) -> Core:
    return Core(core.settings.model_copy(update=changed), core.engine, core.cipher)


def request_call(core: Core) -> tuple[str, str]:
    """The conversation and the number."""
    visit, _ = conversations.start(core, "web")
    conversations.receive(core, visit, Inbound("message-1", "quagmire, call (212) 555-0142"))
    privacy.conceal(core, visit, "(212) 555-0142")
    return visit, tickets.request_callback(core, visit, f"{visit}-1", ANSWERS).number


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dispatcher(with_helpdesk: Core, sender: Sender, clock: Clock) -> Dispatcher:
    channels = {"console": FakeChannel(), helpdesk.RECIPIENT: sender}
    return Dispatcher(with_helpdesk, channels, clock)


async def test_a_ticket_is_opened_there_once_and_holds_no_word_of_a_visitor(
    with_helpdesk: Core, dispatcher: Dispatcher, fake: FakeHelpdesk, clock: Clock
) -> None:
    _, number = request_call(with_helpdesk)
    clock.pass_(seconds=10)
    await dispatcher.once()
    clock.pass_(hours=1)
    await dispatcher.once()
    (opened,) = fake.opened
    ticket = tickets.find(with_helpdesk, number)
    assert ticket
    assert ticket.due_at
    for words in (
        number,
        "normal",
        ticket.due_at.isoformat(timespec="seconds"),
        f"/desk/tickets/{number}",
    ):
        assert words in json.dumps(opened)
    sent = b"".join(request.content + str(request.url).encode() for request in fake.asked).decode()
    assert [words for words in CANARIES if words in sent] == []


async def test_an_answer_lost_on_the_way_opens_no_second_ticket(
    with_helpdesk: Core, dispatcher: Dispatcher, fake: FakeHelpdesk, clock: Clock
) -> None:
    request_call(with_helpdesk)
    fake.loses_next_answer = True
    for _ in range(3):
        clock.pass_(minutes=1)
        await dispatcher.once()
    assert len(fake.opened) == 1
    assert alerts.undelivered(with_helpdesk) == []


async def test_a_claim_does_not_keep_it_from_the_helpdesk_but_a_cancelled_request_does(
    with_helpdesk: Core, dispatcher: Dispatcher, fake: FakeHelpdesk, clock: Clock
) -> None:
    _, number = request_call(with_helpdesk)
    claim(with_helpdesk, number, "dana")
    visit, _ = request_call(with_helpdesk)
    requests.cancel(with_helpdesk, visit)
    clock.pass_(seconds=10)
    await dispatcher.once()
    (opened,) = fake.opened
    assert number in json.dumps(opened)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_trying_again_cannot_help_is_reported_at_once_and_tried_seldom(
    with_helpdesk: Core, dispatcher: Dispatcher, fake: FakeHelpdesk, clock: Clock, status: int
) -> None:
    _, number = request_call(with_helpdesk)
    fake.breaks = [httpx.Response(status, text="words of theirs")]
    clock.pass_(seconds=10)
    with structlog.testing.capture_logs() as logs:
        await dispatcher.once()
    (lost,) = alerts.undelivered(with_helpdesk)
    assert (lost.number, lost.error, lost.step) == (number, f"Status{status}", helpdesk.STEP)
    assert [line["event"] for line in logs if line.get("why")] == ["alert_dead"]
    assert "words of theirs" not in str(logs)
    clock.pass_(minutes=5)
    assert await dispatcher.once() == 0
    clock.pass_(minutes=5)
    await dispatcher.once()
    assert alerts.undelivered(with_helpdesk) == []
    assert len(fake.opened) == 1


@pytest.mark.parametrize(
    "broken",
    [
        httpx.Response(500),
        httpx.Response(503),
        httpx.ReadTimeout("too late"),
        httpx.ConnectError("refused"),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=7),
    ],
    ids=["500", "503", "timeout", "refused", "html", "number"],
)
async def test_what_passes_is_tried_again_soon(
    with_helpdesk: Core,
    dispatcher: Dispatcher,
    fake: FakeHelpdesk,
    clock: Clock,
    broken: httpx.Response | Exception,
) -> None:
    request_call(with_helpdesk)
    fake.breaks = [broken]
    clock.pass_(seconds=10)
    await dispatcher.once()
    assert alerts.undelivered(with_helpdesk) == []
    clock.pass_(seconds=2)
    await dispatcher.once()
    assert len(fake.opened) == 1


async def test_it_is_left_alone_as_long_as_it_asks(
    with_helpdesk: Core, dispatcher: Dispatcher, fake: FakeHelpdesk, clock: Clock
) -> None:
    request_call(with_helpdesk)
    fake.breaks = [httpx.Response(429, headers={"Retry-After": "93"})]
    clock.pass_(seconds=10)
    await dispatcher.once()
    clock.pass_(seconds=92)
    assert await dispatcher.once() == 0
    clock.pass_(seconds=2)
    assert await dispatcher.once() == 1
    assert len(fake.opened) == 1


def test_a_wrong_token_is_a_refusal(product: str, fake: FakeHelpdesk) -> None:
    note = senders.Note("R-7:helpdesk", "R-7", "callback", "normal", 0, "t", "t", "https://x")
    with pytest.raises(NotDeliveredError, match="Status401") as refused:
        connected(product, fake, "wrong").send(note)
    assert refused.value.refusal.final


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0", 0), ("999999999999", 3600), ("-5", 0), ("soon", 0), ("", 0), ("1e9", 0)],
)
def test_what_is_asked_for_is_read_with_care(value: str, seconds: int) -> None:
    assert senders.retry_after(value) == timedelta(seconds=seconds)


def test_a_date_to_come_back_at_is_understood() -> None:
    wait = senders.retry_after(format_datetime(now() + timedelta(seconds=60), usegmt=True))
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert senders.retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == timedelta()


def test_without_a_helpdesk_nothing_is_stored_for_one(sqlite_core: Core) -> None:
    _, number = request_call(sqlite_core)
    ticket = tickets.find(sqlite_core, number)
    assert ticket
    assert helpdesk.KIND not in {alert.kind for alert in ticket.alerts}


def test_with_alerts_off_the_helpdesk_still_hears(sqlite_core: Core) -> None:
    core = having(sqlite_core, alerts="off", helpdesk="webhook+https://x.example/in")
    _, number = request_call(core)
    ticket = tickets.find(core, number)
    assert ticket
    assert [(alert.kind, alert.step) for alert in ticket.alerts] == [(helpdesk.KIND, helpdesk.STEP)]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("help.example.org", "not an address"),
        ("freshdesk+https://x.example", "not an address"),
        ("zammad+ftp://x.example", "not an address"),
        ("zammad+https://x.example?group=Users", "customer"),
        ("zendesk+https://x.example", "user"),
        (
            "chatwoot+https://x.example?account=1&inbox=b&contact=3&source=s",
            "inbox must be a number",
        ),
    ],
)
def test_a_bad_address_stops_the_start(
    address: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIDE_HELPDESK", address)
    with pytest.raises(SettingsError, match=why):
        Settings.load(data_keys=new_key("k1"), helpdesk_token=TOKEN)


def test_a_helpdesk_needs_its_token(settings: Settings) -> None:
    with pytest.raises(ValueError, match="GUIDE_HELPDESK_TOKEN"):
        Settings(data_keys=settings.data_keys, helpdesk="webhook+https://x.example/in")


@pytest.mark.parametrize("name", [*ADDRESSES, "webhook"])
def test_each_product_is_built_from_its_settings(settings: Settings, name: str) -> None:
    address = ADDRESSES[name][1] if name in ADDRESSES else "webhook+https://x.example/in?a=b"
    given = settings.model_copy(update={"helpdesk": address})
    (built,) = helpdesks.build(given).values()
    assert isinstance(built, Webhook if name == "webhook" else Announcer)
    assert helpdesks.build(settings) == {}
