"""A call-back request as its own visitor may see it: where it stands, change it, cancel it.

Nothing here looks beyond one conversation, and nothing leaves it but a number and a state.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from care import alerts, privacy, tickets
from care.db import Core, now
from care.models import Alert, Consent, Ticket
from care.ticket_events import record

VISITOR = "visitor"
CANCELLED = "cancelled"
STATES = {"open": "received", "claimed": "taken", "contacted": "tried", "resolved": "done"}
# The letters that the alphabet of ticket numbers leaves out, and what they are taken for.
NUMBER = re.compile(r"\br[\s-]{0,3}([0-9a-z]{6})\b", re.IGNORECASE)
LOOKALIKES = str.maketrans("OIL", "011")

Change = tuple[Ticket, str]  # and the name of its event


@dataclass(frozen=True)
class Request:
    """One request: its number, and `received`, `taken`, `tried`, `done` or `cancelled`."""

    number: str
    state: str

    @property
    def under_way(self) -> bool:
        return _is_under_way(self.state)


def number_in(text: str) -> str | None:
    """The request number in a message, also if it was typed carelessly."""
    for match in NUMBER.finditer(text):
        written = match[1].upper().translate(LOOKALIKES)
        if any(c.isdigit() for c in match[1]) and set(written) <= set(tickets.ALPHABET):
            return f"R-{written}"
    return None


def standing(session: Session, conversation_id: str) -> str | None:
    """Of the last request of this conversation: `open` while under way, then `over`."""
    newest = _newest_first(conversation_id).with_only_columns(Ticket.status, Ticket.cancelled_at)
    found = session.execute(newest.limit(1)).first()
    return None if found is None else "open" if _is_under_way(_state(*found)) else "over"


def latest(core: Core, conversation_id: str, number: str | None = None) -> Request | None:
    """The last request of this conversation, or the one of this number; None if it has none."""
    with core.snapshot() as session:
        found = _requests(session, conversation_id)
        return next((_seen(t) for t in found if number in (None, t.number)), None)


def under_way(core: Core, conversation_id: str) -> list[Request]:
    """What is neither dealt with nor cancelled, the newest first."""
    with core.snapshot() as session:
        seen = [_seen(ticket) for ticket in _requests(session, conversation_id)]
    return [request for request in seen if request.under_way]


def cancel(core: Core, conversation_id: str) -> list[str]:
    """Cancels what is under way there; staff see that it was the visitor. Returns the numbers.

    Nobody is alerted any more, and the consent to be contacted is withdrawn.
    """
    with core.transaction() as session:
        found = _requests(session, conversation_id, lock=True)
        mine = [ticket for ticket in found if _seen(ticket).under_way]
        for ticket in mine:
            close(session, ticket)
            _withdraw(session, ticket, now())
        record_all(session, [(ticket, CANCELLED) for ticket in mine], VISITOR)
        return [ticket.number for ticket in mine]


def answers_of(core: Core, conversation_id: str) -> dict[str, Any] | None:
    """The contact form's slots as the request that can still be changed has them."""
    with core.snapshot() as session:
        ticket = tickets.under_way(session, conversation_id, "callback")
        details = tickets.details_of(core, ticket) if ticket else None
    if details is None:
        return None
    reach = privacy.conceal(core, conversation_id, details.phone or details.email)
    return {
        "contact_for": details.contact_for,
        "contact_name": details.name,
        "contact_reach": reach,
        "contact_time": details.best_time,
        "contact_voicemail": details.voicemail_ok if details.phone else None,
        "contact_texting": details.texting_ok if details.phone else None,
        "contact_place": details.place,
    }


def erase(core: Core, session: Session, found: Collection[Ticket], by: str) -> list[Change]:
    """Leaves the number, the kind, the times and the proof of consent; no details, no link.

    Returns what to record (`record_all`), last in the transaction.
    """
    at, changes = now(), []
    for ticket in found:
        if by == VISITOR:
            if _seen(ticket).under_way:
                close(session, ticket)
                changes.append((ticket, CANCELLED))
            _withdraw(session, ticket, at)
        tickets.empty(core, ticket)
        ticket.request_key, ticket.conversation_id = f"erased:{ticket.number}", None
        ticket.erased_at = at
        session.execute(delete(Alert).where(Alert.ticket_id == ticket.id))
        changes.append((ticket, "erased"))
    return changes


def record_all(session: Session, changes: Iterable[Change], by: str) -> None:
    """Last in the transaction: the audit log is written one at a time."""
    for ticket, kind in changes:
        record(session, ticket, kind, by)


def _newest_first(conversation_id: str) -> Select[Ticket]:
    mine = Ticket.conversation_id == conversation_id, Ticket.kind == "callback"
    return select(Ticket).where(*mine).order_by(Ticket.created_at.desc(), Ticket.id.desc())


def _requests(session: Session, conversation_id: str, lock: bool = False) -> list[Ticket]:
    newest_first = _newest_first(conversation_id)
    return list(session.scalars(newest_first.with_for_update() if lock else newest_first))


def _seen(ticket: Ticket) -> Request:
    return Request(ticket.number, _state(ticket.status, ticket.cancelled_at))


def _is_under_way(state: str) -> bool:
    return state not in {"done", CANCELLED}


def _state(status: str, cancelled_at: datetime | None) -> str:
    return CANCELLED if cancelled_at else STATES.get(status, "received")


def close(session: Session, ticket: Ticket) -> None:
    """Its visitor does not want it any more."""
    ticket.status, ticket.cancelled_at = "resolved", now()
    ticket.due_at = ticket.follow_up_on = None
    alerts.stop(session, ticket, announcements=True)


def _withdraw(session: Session, ticket: Ticket, at: datetime) -> None:
    session.execute(
        update(Consent)
        .where(Consent.ticket_id == ticket.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )
