import hashlib
import hmac
import json
import sys
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import pytest

from care.alerts import Due
from care.errors import SettingsError
from care.settings import Settings
from gateway import senders
from gateway.senders import Console, NotDeliveredError, Note, Webhook

KEY = "webhook-key-of-the-tests"
NOTE = Note(
    "R-7:1:1:step_1.1", "R-7", "crisis/suicide", "urgent", 1, "Title", "Text", "https://x.example"
)


def due(step: int = 1, minutes: float = 0) -> Due:
    return Due(
        id=1,
        key="R-7:1:1:step_1.1",
        recipient="step_1.1",
        attempt=1,
        number="R-7",
        kind="crisis/suicide",
        priority="urgent",
        step=step,
        open_for=timedelta(minutes=minutes),
    )


def with_addresses(settings: Settings, **addresses: Any) -> Settings:
    return Settings(data_keys=settings.data_keys, alert_webhook_key=KEY, **addresses)


def test_an_alert_says_number_kind_priority_and_where_to_claim_it(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://guide.example.org"})
    note = senders.note(public, due())
    assert note.link == "https://guide.example.org/desk/tickets/R-7"
    assert note.title == "New urgent ticket R-7"
    for words in ("crisis/suicide", "urgent", note.link):
        assert words in note.text
    later = senders.note(public, due(step=2, minutes=2))
    assert later.title == "Nobody has claimed the urgent ticket R-7"
    assert "2 minutes" in later.text


def test_the_console_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send(NOTE)
    assert capsys.readouterr().out == "ALERT: Title. Text\n"


def test_a_webhook_is_signed_over_its_time_and_body() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    webhook = Webhook("https://x.example/in", KEY, httpx.MockTransport(take), lambda: 1700000000.9)
    webhook.send(NOTE)
    (request,) = seen
    assert request.headers["Guide-Timestamp"] == "1700000000"
    signed = hmac.new(KEY.encode(), b"1700000000." + request.content, hashlib.sha256).hexdigest()
    assert request.headers["Guide-Signature"] == f"sha256={signed}"
    assert request.headers["Idempotency-Key"] == NOTE.key
    assert json.loads(request.content) == vars(NOTE)


@pytest.mark.parametrize("status", [301, 400, 500])
def test_only_success_counts_and_the_answers_words_are_not_kept(status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, text="secret words"))
    with pytest.raises(NotDeliveredError) as refused:
        Webhook("https://x.example/in", KEY, transport).send(NOTE)
    assert str(refused.value) == f"Status{status}"


class FakeApprise(ModuleType):
    """The library's documented behavior: `add` and `notify` say whether they could."""

    def __init__(self) -> None:
        super().__init__("apprise")
        self.sent: list[dict[str, Any]] = []
        self.takes = True
        self.NotifyType = SimpleNamespace(WARNING="warning")
        self.Apprise = lambda: SimpleNamespace(add=self.add, notify=self.notify)

    def add(self, address: str) -> bool:
        return not address.startswith("nosuch:")

    def notify(self, **given: Any) -> bool:
        self.sent.append(given)
        return self.takes


@pytest.fixture
def apprise(monkeypatch: pytest.MonkeyPatch) -> FakeApprise:
    fake = FakeApprise()
    monkeypatch.setitem(sys.modules, "apprise", fake)
    return fake


def test_any_other_address_goes_by_apprise(settings: Settings, apprise: FakeApprise) -> None:
    built = senders.build(with_addresses(settings, alert_step_1="mailto://x.example console:"))
    assert isinstance(built["step_1.2"], Console)
    built["step_1.1"].send(NOTE)
    assert apprise.sent == [{"title": "Title", "body": "Text", "notify_type": "warning"}]
    apprise.takes = False
    with pytest.raises(NotDeliveredError):
        built["step_1.1"].send(NOTE)


def test_an_address_that_apprise_does_not_know_stops_the_start_and_names_the_key(
    settings: Settings, apprise: FakeApprise
) -> None:
    with pytest.raises(SettingsError) as refused:
        senders.build(with_addresses(settings, alert_step_2="nosuch://secret/x"))
    assert "GUIDE_ALERT_STEP_2" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_signed_webhook_needs_no_apprise(settings: Settings) -> None:
    built = senders.build(with_addresses(settings, alert_step_1="webhook+https://x.example/in"))
    assert isinstance(built["step_1.1"], Webhook)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own imports
def test_the_real_library_takes_and_refuses_addresses(settings: Settings) -> None:
    pytest.importorskip("apprise")
    known = with_addresses(settings, alert_step_1="json://127.0.0.1:9/x mailto://a:b@x.example")
    assert len(senders.build(known)) == 2
    with pytest.raises(SettingsError):
        senders.build(with_addresses(settings, alert_step_1="nosuch://x"))
