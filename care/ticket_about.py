"""What staff should know of a ticket at one look: topics, risk, what is safe to do, local time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from care import best_time, places, quiet_hours, ticket_contacts, ticket_notes, wording
from care.db import Core, now
from care.models import Consent, Conversation, Ticket
from care.ticket_notes import Note
from care.tickets import Details, TicketView
from care.transcript import Said

ANSWER = "utter_"
EARLY, LATE = 8, 21  # nobody is called before or after, where they are


@dataclass(frozen=True)
class Earlier:
    """Another ticket of the same person, without its details."""

    number: str
    kind: str
    status: str
    created_at: datetime


@dataclass(frozen=True)
class LocalTime:
    """The time where a person is; `by` says how that is known: `place` or `phone`."""

    at: datetime
    by: str
    split: bool = False

    @property
    def is_night(self) -> bool:
        return not EARLY <= self.at.hour < LATE


@dataclass(frozen=True)
class About:
    """Beside the details. `allowed` names what a person agreed to and has not withdrawn."""

    notes: Sequence[Note] = ()
    labels: Sequence[str] = ()
    earlier: Sequence[Earlier] = ()
    topics: Sequence[str] = ()
    risks: Sequence[str] = ()
    allowed: Sequence[str] = ()
    local: LocalTime | None = None


def about(
    core: Core, session: Session, row: Ticket, view: TicketView, said: Iterable[Said]
) -> About:
    earlier = ticket_contacts.of_same_person(session, row)
    return About(
        notes=ticket_notes.of_ticket(core, session, row),
        labels=ticket_notes.labels_of(session, [row.id]).get(row.id, ()),
        earlier=[Earlier(t.number, t.kind, _status(t), t.created_at) for t in earlier],
        topics=_topics(said),
        risks=_risks(session, row, view, earlier),
        allowed=_allowed(view.details, view.consents),
        local=local_time(view.details, now()),
    )


def local_time(details: Details, at: datetime) -> LocalTime | None:
    """By the state or ZIP that was told, else by an area code that lies in one zone alone."""
    if place := places.of(details.place):
        return LocalTime(at.astimezone(ZoneInfo(best_time.where(place.zone))), "place", place.split)
    zones = quiet_hours.zones_of(details.phone) if details.phone else ()
    return LocalTime(at.astimezone(ZoneInfo(zones[0])), "phone") if len(zones) == 1 else None


def _topics(said: Iterable[Said]) -> list[str]:
    """The titles of the topics that were answered, in their order."""
    answers = (each.response or "" for each in said if each.author == "guide")
    titles = (wording.title(name.removeprefix(ANSWER)) for name in answers)
    return list(dict.fromkeys(title for title in titles if title))


def _risks(session: Session, row: Ticket, view: TicketView, earlier: Iterable[Ticket]) -> list[str]:
    """Kinds of danger seen with this person, then what makes a call go wrong."""
    talk = session.get(Conversation, row.conversation_id) if row.conversation_id else None
    kinds = [row.kind, *(ticket.kind for ticket in earlier)]
    found = [kind for kind in kinds if kind.startswith("crisis/")]
    if talk and talk.crisis:
        found.insert(0, f"crisis/{talk.crisis}")
    if any(event.detail == "wrong_number" for event in view.events):
        found.append("wrong_number")
    if view.details.contact_for == "other":
        found.append("asks_for_other")
    return list(dict.fromkeys(found))


def _allowed(details: Details, consents: Iterable[Consent]) -> list[str]:
    agreed = {consent.purpose for consent in consents if consent.withdrawn_at is None}
    ways = {
        "call": details.phone and "callback" in agreed,
        "voicemail": details.phone and details.voicemail_ok and "voicemail" in agreed,
        "text": details.phone and details.texting_ok and "text_message" in agreed,
        "email": details.email and "callback" in agreed,
    }
    return [way for way, may in ways.items() if may]


def _status(ticket: Ticket) -> str:
    return "cancelled" if ticket.cancelled_at else ticket.status
