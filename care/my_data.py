"""What is kept of one conversation, in plain words: a short list, everything, or how to erase it.

The gateway puts them into the approved texts, so that nothing of it passes through the assistant.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import addresses, audit, opt_outs, privacy, tickets, wording
from care.addresses import Address
from care.db import Core, now
from care.models import (
    AnswerRating,
    Clarification,
    Consent,
    Conversation,
    Message,
    OptEvent,
    PrivateValue,
    Ticket,
)
from care.tickets import Details
from care.transcript import Said, opened

LIST, ALL = "kept_list", "kept_all"
SHOWN_END = 2  # digits of a phone number that the list shows
VISITOR = "visitor"
# Buttons of the question whether to delete: yes and no, whenever they are pressed.
DELETE, KEEP = "delete_yes", "delete_no"
CONFIRMS = {DELETE, KEEP}
OWN_TEXTS = ("utter_my_data", "utter_my_data_all")


@dataclass(frozen=True)
class Kept:
    """Everything of one conversation that is stored, opened."""

    said: Sequence[Said]
    values: Sequence[str]
    tickets: Sequence[tuple[Ticket, Details]]
    consents: Sequence[Consent]
    address: Address | None
    opts: Sequence[OptEvent]
    picks: int
    ratings: int
    zone: ZoneInfo


def response_to(text: str) -> str:
    """The text for a message about one's own data: all of it, the list, or the way to delete it."""
    said = {
        name: bool(re.search(_words()[name], text, re.IGNORECASE))
        for name in ("erase", "see", "see_first", "all")
    }
    if not said["see"] or (said["erase"] and not said["see_first"]):
        return "utter_delete_my_data"
    return "utter_my_data_all" if said["all"] else "utter_my_data"


def is_gone(core: Core, conversation_id: str) -> bool:
    """Is nothing kept but the message that asks for it to be deleted, and the guide's lines?"""
    with core.snapshot() as session:
        kept = _kept(core, session, conversation_id)
    mine = sum(said.author == "visitor" for said in kept.said)
    return mine <= 1 and not (kept.values or kept.tickets or kept.picks)


def placeholders(core: Core, conversation_id: str, text: str) -> dict[str, str]:
    """What the placeholders of a text about kept data stand for; empty for any other text."""
    if f"${LIST}" not in text and f"${ALL}" not in text:
        return {}
    with core.snapshot() as session:
        kept = _kept(core, session, conversation_id)
    return {LIST: "\n".join(_short(kept)), ALL: "\n".join(_whole(kept))}


def export(core: Core, conversation_id: str) -> str:
    """Everything as a text to keep; that it was handed out is on record, by its tickets."""
    with core.transaction() as session:
        kept = _kept(core, session, conversation_id)
        for ticket, _ in kept.tickets:
            audit.append(session, VISITOR, "ticket.exported", ticket.number)
    words = _words()
    head = words["file_head"].format(
        operator=core.settings.spoken["operator"], at=_day(now(), kept.zone), zone=kept.zone.key
    )
    return "\n".join([head, "", *_short(kept), "", *_whole(kept), ""])


def _kept(core: Core, session: Session, conversation_id: str) -> Kept:
    def mine(model: Any) -> Any:
        return select(model).where(model.conversation_id == conversation_id).order_by(model.id)

    found = session.scalars(mine(Ticket)).all()
    ids = [ticket.id for ticket in found]

    talk = session.get(Conversation, conversation_id)
    address = addresses.of_conversation(core, session, talk) if talk else None

    def count(model: Any) -> int:
        return session.scalar(select(func.count()).select_from(mine(model).subquery())) or 0

    return Kept(
        said=[opened(core, row) for row in session.scalars(mine(Message))],
        values=[privacy.opened(core, row) for row in session.scalars(mine(PrivateValue))],
        tickets=[(ticket, tickets.details_of(core, ticket)) for ticket in found],
        consents=session.scalars(select(Consent).where(Consent.ticket_id.in_(ids))).all(),
        address=address,
        opts=opt_outs.all_of(core, session, address) if address else (),
        picks=count(Clarification),
        ratings=count(AnswerRating),
        zone=ZoneInfo(core.settings.time_zone),
    )


def _short(kept: Kept) -> list[str]:
    """Kinds, counts, and contact details that only their owner knows again."""
    words = _words()
    mine = sum(said.author == "visitor" for said in kept.said)
    lines = [words["messages"].format(mine=mine, others=len(kept.said) - mine)]
    lines += _address(kept, masked)
    details = ", ".join(masked(value) for value in kept.values)
    lines.append(words["details"].format(details=details or words["none"]))
    numbers = ", ".join(ticket.number for ticket, _ in kept.tickets)
    lines.append(words["requests"].format(requests=numbers or words["none"]))
    lines.append(words["consents"].format(consents=len(kept.consents) or words["none"]))
    return [*lines, *_opts(kept), *_counts(kept)]


def _address(kept: Kept, shown: Callable[[str], str]) -> Iterable[str]:
    """Where they are on a channel: the guide knows it without having been told."""
    if kept.address and (line := _words()["addresses"].get(kept.address.channel)):
        yield line.format(person=shown(kept.address.person))


def _opts(kept: Kept) -> Iterable[str]:
    """That they wanted no messages, and that they wanted them again: it outlives the rest."""
    for event in kept.opts:
        yield _words()["opts"][event.kind].format(at=_day(event.at, kept.zone))


def _counts(kept: Kept) -> list[str]:
    """What was picked and rated, where anything was."""
    counts = {"picks": kept.picks, "ratings": kept.ratings}
    return [_words()[name].format(**{name: count}) for name, count in counts.items() if count]


def masked(value: str) -> str:
    """A contact detail that its owner knows again and nobody else can use."""
    name, at, domain = value.partition("@")
    if at:
        return str(_words()["email_masked"].format(first=name[:1], domain=domain))
    digits = "".join(c for c in value if c.isdigit())
    return str(_words()["phone_masked"].format(end=digits[-SHOWN_END:]))


def _readable(address: str) -> str:
    return privacy.readable_phone(address) if address.startswith("+") else address


def _whole(kept: Kept) -> list[str]:
    words = _words()
    details = ", ".join(kept.values) or words["none"]
    lines = [*_address(kept, _readable), words["details"].format(details=details)]
    for ticket, told in kept.tickets:
        lines += _request(ticket, told, kept.zone)
    for consent in kept.consents:
        lines += _consent(consent, kept.zone)
    return [
        *lines,
        *_opts(kept),
        *_counts(kept),
        words["transcript"],
        *_transcript(kept.said, kept.zone),
    ]


def _request(ticket: Ticket, told: Details, zone: ZoneInfo) -> list[str]:
    words = _words()
    at = _day(ticket.created_at, zone)
    kind = words["kinds"].get(ticket.kind, words["kinds"]["danger"])
    state = "cancelled" if ticket.cancelled_at else ticket.status
    fields = (
        ("for", words["for"].get(told.contact_for, "")),
        ("name", told.name),
        ("reach", told.phone or told.email),
        ("time", told.best_time),
        ("voicemail", words["yes"] if told.voicemail_ok else ""),
        ("texts", words["yes"] if told.texting_ok else ""),
        ("state", words["states"][state]),
        ("place", told.place),
    )
    shown = [f"{words['fields'][name]}: {value}" for name, value in fields if value]
    return ["; ".join([words["request"].format(number=ticket.number, kind=kind, at=at), *shown])]


def _consent(consent: Consent, zone: ZoneInfo) -> Iterable[str]:
    words = _words()
    purpose = words["purposes"].get(consent.purpose, consent.purpose)
    given = _day(consent.given_at, zone)
    yield words["consent"].format(
        purpose=purpose, at=given, version=consent.version, text=" ".join(consent.text.split())
    )
    if consent.withdrawn_at:
        yield words["withdrawn"].format(purpose=purpose, at=_day(consent.withdrawn_at, zone))


def _transcript(said: Iterable[Said], zone: ZoneInfo) -> Iterable[str]:
    """Without the lists of this kind that were shown before, which would hold it all again."""
    who = _words()["authors"]
    for line in said:
        text = _words()["shown_before"] if line.response in OWN_TEXTS else line.text
        at = line.at.astimezone(zone)
        yield f"{at:%b} {at.day}, {at:%H:%M} {who.get(line.author, who['guide'])}: {text}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%b} {local.day}, {local:%Y %H:%M}"


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "conversation" / "my_data_words.yml")
    return words
