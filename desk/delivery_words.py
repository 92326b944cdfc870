"""What became of a line on its way to a person, in words for staff."""

from collections.abc import Mapping

from jinja2 import Environment

from care.deliveries import DELIVERED, FAILED, SUPPRESSED
from care.models import Delivery
from care.outbox import QUEUED

STATES = {FAILED: "Did not arrive", SUPPRESSED: "Not sent", QUEUED: "Waits to be sent"}
WHY = {
    "opted_out": "they want no messages",
    "E21610": "they want no messages",
    "E30003": "their phone could not be reached",
    "E30005": "there is no such phone",
    "E30006": "it is a landline",
    "E30007": "the carrier filtered it",
    "no_address": "their address is gone",
    "no_consent": "there is no consent to texts",
    "outside_window": "they wrote too long ago: this channel lets us write only for a day",
    "unavailable": "they cannot be reached there",
}


def teach(templates: Environment) -> None:
    templates.filters["delivery_words"] = words_for
    templates.tests["delivery_problem"] = is_problem


def words_for(delivery: Delivery) -> str:
    state = STATES.get(delivery.state)
    if state is None:
        done = "Arrived" if delivery.state == DELIVERED else "Sent"
        at = delivery.settled_at or delivery.created_at
        return f"{done} {at:%Y-%m-%d %H:%M} UTC"
    return f"{state} ({_why(delivery.error)})" if delivery.error else state


def is_problem(delivery: Delivery) -> bool:
    return delivery.state in {FAILED, SUPPRESSED}


def shown(deliveries: Mapping[int, Delivery]) -> dict[int, dict[str, object]]:
    """By the place of the line."""
    return {
        seq: {"words": words_for(each), "problem": is_problem(each)}
        for seq, each in deliveries.items()
    }


def _why(error: str) -> str:
    known = WHY.get(error)
    if known is None:
        return f"code, {error}"
    return f"{known}, {error}" if error.startswith("E") else known
