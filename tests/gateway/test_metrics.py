"""What Prometheus is told: by names that the dashboard knows, and nothing of a person."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from sqlalchemy import select

from care import conversations, queues
from care.db import Core, now
from care.models import Conversation
from care.settings import ROOT, Settings
from care.transcript import Inbound, Line, Outcome
from gateway import metrics
from tests.gateway.conftest import Gateway
from tests.postgres import free_port
from tests.visitor import Visitor

DASHBOARD = ROOT / "docs" / "grafana-dashboard.json"
NUMBER = "212-555-0142"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@contextmanager
def counts_one(visitor: Visitor, name: str, **labels: str) -> Iterator[None]:
    """Within it, one is added; the answer may be seen a moment before it is counted."""
    was = value(name, **labels)
    yield
    visitor.wait(lambda _: value(name, **labels) == was + 1)


def test_messages_are_counted_by_what_they_got(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    for outcome, response in (
        ("topic", "utter_faq/iop_cost"),
        ("not_understood", "utter_unsure"),
        ("other", "utter_greet"),
    ):
        gateway.assistant.replies = [{"text": f"An answer: {outcome}", "response": response}]
        with counts_one(visitor, "guide_messages_total", channel="web", outcome=outcome):
            visitor.send(f"words about {outcome}, {NUMBER}")
    with (
        counts_one(visitor, "guide_dangers_total", kind="suicide", seen_by="screen"),
        counts_one(visitor, "guide_answer_seconds_count", channel="web"),
    ):
        visitor.send("i want to kill myself")
    gateway.assistant.label = "crisis/overdose"
    another = gateway.visitor()
    with counts_one(another, "guide_dangers_total", kind="overdose", seen_by="classifier"):
        another.send("something else")


def test_what_a_person_answers_is_counted_and_not_timed(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    with gateway.core.transaction() as session:
        session.scalars(select(Conversation)).one().owner = "staff"
    timed = value("guide_answer_seconds_count", channel="web")
    with counts_one(visitor, "guide_messages_total", channel="web", outcome="with_staff"):
        visitor.send("words")
    assert value("guide_answer_seconds_count", channel="web") == timed


def test_failures_of_the_assistant_are_counted() -> None:
    name = "guide_assistant_failures_total"
    was = value(name)
    metrics.failed(assistant=True)
    metrics.failed(assistant=False)
    assert value(name) == was + 1


def test_the_queues_are_looked_up_when_asked(core: Core) -> None:
    visit, _ = conversations.start(core, "web")
    conversations.receive(core, visit, Inbound("id-1", "words"))
    danger = Outcome([Line("988")], crisis="suicide")
    conversations.receive(core, visit, Inbound("id-2", "words"), lambda _: danger)
    found = queues.look(core, now() + timedelta(minutes=2))
    waiting = {name for name, queue in found.items() if queue.waiting}
    assert waiting >= {"messages", "open_tickets", "open_urgent_tickets", "overdue_tickets"}
    assert 119 <= found["messages"].oldest_seconds <= 130
    assert found["deliveries"] == queues.Queue(0, 0.0)


def test_without_the_database_that_is_told(sqlite_core: Core, settings: Settings) -> None:
    registry = CollectorRegistry()
    registry.register(metrics.Queues(sqlite_core))
    assert "guide_database_up 1.0" in generate_latest(registry).decode()
    gone = settings.model_copy(update={"database_url": "postgresql://127.0.0.1:1/none"})
    without = CollectorRegistry()
    without.register(metrics.Queues(Core.open(gone)))
    told = generate_latest(without).decode()
    assert "guide_database_up 0.0" in told
    assert "guide_waiting" not in told


def test_the_dashboard_uses_the_names_there_are_and_all_of_them(sqlite_core: Core) -> None:
    registry = CollectorRegistry()
    registry.register(metrics.Queues(sqlite_core))
    families = [*REGISTRY.collect(), *registry.collect()]
    ours = {family.name for family in families if family.name.startswith("guide_")}
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    used = {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"\bguide_\w+", asked)}
    assert used == ours


def test_no_label_holds_anything_of_a_person() -> None:
    for family in REGISTRY.collect():
        if family.name.startswith("guide_"):
            for sample in family.samples:
                assert set(sample.labels) <= {"channel", "outcome", "kind", "seen_by", "why", "le"}


def test_they_have_an_address_of_their_own_and_are_not_public(
    gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = CollectorRegistry()
    monkeypatch.setattr(metrics, "REGISTRY", registry)
    assert metrics.serve(settings, gateway.core) is None
    assert list(registry.collect()) == []  # no port, no figures
    port = free_port()
    stop = metrics.serve(settings.model_copy(update={"metrics_port": port}), gateway.core)
    assert stop is not None
    assert "guide_waiting" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert httpx.get(f"{gateway.url}/metrics").status_code == 404
    stop()
