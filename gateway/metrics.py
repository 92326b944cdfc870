"""What Prometheus may know of the gateway: numbers under names of ours, nothing of a person."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import REGISTRY, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from care import queues
from care.db import Core, now
from care.errors import StorageDownError
from care.misunderstood import BY_THE_GUIDE
from care.settings import Settings
from care.transcript import Outcome, Waiting

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 60.0)

MESSAGES = Counter(
    "guide_messages", "Messages of visitors, by what they got", ["channel", "outcome"]
)
DANGERS = Counter("guide_dangers", "Messages answered as a danger", ["kind", "seen_by"])
ANSWER_SECONDS = Histogram(
    "guide_answer_seconds",
    "From a message to its answer, both stored",
    ["channel"],
    buckets=SECONDS,
)
ASSISTANT_FAILURES = Counter("guide_assistant_failures", "Turns without a usable answer of Rasa's")
STORAGE_FAILURES = Counter("guide_storage_failures", "Turns that the database broke")


def answered(waiting: Waiting, outcome: Outcome) -> None:
    """Counts one message that was stored and then answered, or left to staff."""
    MESSAGES.labels(waiting.channel, outcome_of(outcome)).inc()
    if outcome.crisis is not None:
        DANGERS.labels(outcome.crisis, "classifier").inc()
    if outcome.lines:
        seconds = (now() - waiting.said.at).total_seconds()
        ANSWER_SECONDS.labels(waiting.channel).observe(max(seconds, 0.0))


def screened(channel: str, kind: str, seconds: float) -> None:
    """Counts a danger that was answered in the stroke that stored it."""
    MESSAGES.labels(channel, "danger").inc()
    DANGERS.labels(kind, "screen").inc()
    ANSWER_SECONDS.labels(channel).observe(seconds)


def failed(assistant: bool) -> None:
    """Counts a try at an answer that the assistant, or else the database, broke."""
    (ASSISTANT_FAILURES if assistant else STORAGE_FAILURES).inc()


def outcome_of(outcome: Outcome) -> str:
    names = [line.response or "" for line in outcome.lines]
    if outcome.crisis is not None:
        return "danger"
    if any(name in BY_THE_GUIDE for name in names):
        return "not_understood"
    if any(name.startswith("utter_faq/") for name in names):
        return "topic"
    return "with_staff" if not names else "other"


class Queues(Collector):
    """Looked up when Prometheus asks; without the database they are left out."""

    def __init__(self, core: Core):
        self._core = core

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("guide_database_up", "Does the database answer?")
        try:
            found = queues.look(self._core, now())
        except StorageDownError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _gauges(found)


def _gauges(found: queues.Queues) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("guide_waiting", "How many wait in a queue", labels=["queue"])
    oldest = GaugeMetricFamily(
        "guide_oldest_seconds", "How long the oldest of a queue waits", labels=["queue"]
    )
    for name, queue in found.items():
        waiting.add_metric([name], queue.waiting)
        oldest.add_metric([name], queue.oldest_seconds)
    yield waiting
    yield oldest


def serve(settings: Settings, core: Core) -> Callable[[], None] | None:
    """On an address of its own, where the public is not; nothing without GUIDE_METRICS_PORT.

    Returns what stops it.
    """
    if settings.metrics_port is None:
        return None
    REGISTRY.register(Queues(core))
    server, thread = start_http_server(
        settings.metrics_port, addr=settings.metrics_host, registry=REGISTRY
    )

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
