"""Tickets: a request that staff must act on, stored before it is promised."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from care import alerts, due, ladder, privacy, ticket_contacts, wording
from care.db import Core, now
from care.models import Alert, Consent, Conversation, Delivery, Ticket, TicketEvent
from care.ticket_events import record

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no letter looks like a digit
NUMBER_LENGTH = 6
LANGUAGE = "en"
SAME_DANGER = timedelta(days=1)


@dataclass(frozen=True)
class Details:
    """What a person told us for a call back; stored encrypted, as one piece."""

    contact_for: str = "self"
    name: str = ""
    phone: str = ""
    email: str = ""
    best_time: str = ""
    voicemail_ok: bool = False
    texting_ok: bool = False
    place: str = ""


@dataclass(frozen=True)
class TicketView:
    """A ticket opened for staff."""

    number: str
    kind: str
    priority: str
    status: str
    created_at: datetime
    details: Details
    conversation_id: str | None
    claimed_by: str | None = None
    due_at: datetime | None = None
    overdue: bool = False
    follow_up_on: date | None = None
    consents: Sequence[Consent] = ()
    events: Sequence[TicketEvent] = ()
    alerts: Sequence[Alert] = ()
    texts: Sequence[Delivery] = ()
    channel: str | None = None
    language: str = LANGUAGE


@dataclass(frozen=True)
class Requested:
    """The ticket of a call-back request; not new if it went into one that was open already."""

    number: str
    is_new: bool


def request_callback(
    core: Core, conversation_id: str, request_key: str, answers: Mapping[str, object]
) -> Requested:
    """Stores a call-back ticket with its consents.

    `answers` are the contact form's slots. The same `request_key` again stores nothing: an action
    call may be repeated. Whoever asks again brings the open ticket up to date.
    """
    with core.transaction() as session:
        conversation = session.get_one(Conversation, conversation_id, with_for_update=True)
        known = session.scalar(select(Ticket).where(Ticket.request_key == request_key))
        if known:
            return Requested(known.number, is_new=True)
        details = _details(core, session, conversation_id, answers)
        ticket = under_way(session, conversation_id, "callback")
        if ticket and details_of(core, ticket) == details:
            return Requested(ticket.number, is_new=False)
        event = "updated" if ticket else "opened"
        ticket = ticket or _new_callback(session, conversation, request_key)
        ticket.details = _seal(core, ticket.number, details)
        if event == "opened":
            _store(core, session, ticket, conversation)
        ticket_contacts.keep(core, session, ticket, details.phone, details.email)
        _record_consents(core, session, ticket, conversation.channel, details)
        record(session, ticket, event, "guide")
        return Requested(ticket.number, is_new=event == "opened")


def under_way(session: Session, conversation_id: str, kind: str) -> Ticket | None:
    """The ticket of this kind that nobody has dealt with yet; a danger is a new one after a day."""
    mine = select(Ticket).where(
        Ticket.conversation_id == conversation_id,
        Ticket.kind == kind,
        Ticket.status.in_(("open", "claimed")),
    )
    if kind != "callback":
        mine = mine.where(Ticket.created_at > now() - SAME_DANGER)
    return session.scalars(mine.order_by(Ticket.id.desc())).first()


def _new_callback(session: Session, conversation: Conversation, request_key: str) -> Ticket:
    """Whoever asks for a call in a conversation in danger waits less."""
    return Ticket(
        number=_new_number(session),
        request_key=request_key,
        conversation_id=conversation.id,
        kind="callback",
        priority="high" if conversation.crisis else "normal",
        status="open",
    )


def open_urgent(core: Core, session: Session, conversation_id: str, kind: str) -> None:
    """An urgent ticket, unless one is under way for this danger; needs no personal data."""
    kind = f"crisis/{kind}"
    if not under_way(session, conversation_id, kind):
        conversation = session.get_one(Conversation, conversation_id)
        ticket = Ticket(conversation_id=conversation_id, kind=kind, priority="urgent")
        _open(core, session, ticket, conversation)


def open_live_chat(core: Core, session: Session, conversation: Conversation) -> Ticket:
    """Somebody waits in the chat for a person: due within the time that they are told."""
    ticket = Ticket(
        conversation_id=conversation.id,
        kind=ladder.LIVE_CHAT,
        priority="urgent" if conversation.crisis else "high",
        due_at=now() + timedelta(minutes=core.settings.person_wait_minutes),
    )
    return _open(core, session, ticket, conversation)


def _open(core: Core, session: Session, ticket: Ticket, conversation: Conversation) -> Ticket:
    """Stores a ticket that no contact details belong to."""
    ticket.number, ticket.status = _new_number(session), "open"
    about = ticket.kind.partition("/")[0]
    ticket.request_key = f"{ticket.conversation_id}:{about}:{ticket.number}"
    ticket.details = _seal(core, ticket.number, Details(contact_for=""))
    _store(core, session, ticket, conversation)
    ticket_contacts.keep(core, session, ticket)
    record(session, ticket, "opened", "guide")
    return ticket


def _store(core: Core, session: Session, ticket: Ticket, conversation: Conversation) -> None:
    """Stores a new ticket together with its alerts, and its announcement to a helpdesk."""
    ticket.channel, ticket.language = conversation.channel, conversation.language
    ticket.due_at = ticket.due_at or due.after(core.settings, ticket.priority, now())
    session.add(ticket)
    session.flush()
    alerts.store(core, session, ticket)
    alerts.announce(core, session, ticket)


def listed(core: Core) -> list[TicketView]:
    """All that are not erased, in the queue's order; `care.queue` has them page by page."""
    with core.snapshot() as session:
        rows = session.scalars(
            select(Ticket)
            .where(Ticket.erased_at.is_(None))
            .order_by(Ticket.queue_rank, Ticket.queue_at, Ticket.id)
        ).all()
        return [view(core, row) for row in rows]


def find(core: Core, number: str) -> TicketView | None:
    with core.snapshot() as session:
        row = session.scalar(select(Ticket).where(Ticket.number == number))
        if row is None:
            return None
        consents = session.scalars(select(Consent).where(Consent.ticket_id == row.id)).all()
        events = session.scalars(
            select(TicketEvent).where(TicketEvent.ticket_id == row.id).order_by(TicketEvent.id)
        ).all()
        told = alerts.of_ticket(session, row)
        started = select(Delivery).where(Delivery.ticket_id == row.id).order_by(Delivery.id)
        texts = session.scalars(started).all()
        return replace(view(core, row), consents=consents, events=events, alerts=told, texts=texts)


def unclaimed_urgent(core: Core) -> int:
    with core.snapshot() as session:
        urgent = select(func.count(Ticket.id)).where(Ticket.queue_rank <= 1)
        return session.scalar(urgent.where(Ticket.status == "open")) or 0


def _details(
    core: Core, session: Session, conversation_id: str, answers: Mapping[str, object]
) -> Details:
    reference = str(answers.get("contact_reach") or "")
    value = privacy.value_of(core, session, conversation_id, reference) or ""
    by_phone = reference.startswith("[phone-")
    return Details(
        contact_for=str(answers.get("contact_for") or "self"),
        name=str(answers.get("contact_name") or ""),
        phone=value if by_phone else "",
        email="" if by_phone else value,
        best_time=str(answers.get("contact_time") or ""),
        voicemail_ok=by_phone and bool(answers.get("contact_voicemail")),
        texting_ok=by_phone and bool(answers.get("contact_texting")),
        place=str(answers.get("contact_place") or ""),
    )


def _record_consents(
    core: Core, session: Session, ticket: Ticket, channel: str, details: Details
) -> None:
    """One record for each purpose, in the words that were read. What was agreed to before and is
    not any more is withdrawn.
    """
    asked = ["utter_contact_consent"]
    if details.voicemail_ok:
        asked.append("utter_ask_contact_voicemail")
    if details.texting_ok:
        asked.append("utter_ask_contact_texting")
    given = [
        Consent(
            ticket_id=ticket.id,
            purpose=purpose,
            version=text.metadata["consent"]["version"],
            text=wording.fill(text.text, core.settings.spoken),
            language=LANGUAGE,
            channel=channel,
        )
        for text in (wording.text(name, channel) for name in asked)
        for purpose in text.metadata["consent"]["purposes"]
    ]
    session.execute(
        update(Consent)
        .where(
            Consent.ticket_id == ticket.id,
            Consent.withdrawn_at.is_(None),
            Consent.purpose.not_in([consent.purpose for consent in given]),
        )
        .values(withdrawn_at=now())
    )
    session.add_all(given)


def _new_number(session: Session) -> str:
    while True:
        number = "R-" + "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))
        if not any(c.isdigit() for c in number):
            continue  # it would be taken for a word where somebody types it
        if not session.scalar(select(Ticket.id).where(Ticket.number == number)):
            return number


def view(core: Core, row: Ticket, details: Details | None = None) -> TicketView:
    """With these details, or the ticket's own, opened."""
    return TicketView(
        number=row.number,
        kind=row.kind,
        priority=row.priority,
        status="cancelled" if row.cancelled_at else row.status,
        created_at=row.created_at,
        details=details_of(core, row) if details is None else details,
        conversation_id=row.conversation_id,
        claimed_by=row.claimed_by,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at <= now(),
        follow_up_on=row.follow_up_on,
        channel=row.channel,
        language=row.language,
    )


def details_of(core: Core, row: Ticket) -> Details:
    return Details(**json.loads(core.cipher.decrypt(row.details, _context(row.number))))


def empty(core: Core, ticket: Ticket) -> None:
    """Takes away everything that a person told."""
    ticket.details = _seal(core, ticket.number, Details(contact_for=""))


def _seal(core: Core, number: str, details: Details) -> bytes:
    return core.cipher.encrypt(json.dumps(asdict(details)).encode(), _context(number))


def _context(number: str) -> bytes:
    return f"ticket:{number}".encode()
