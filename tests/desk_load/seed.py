"""Fills a database with tickets in every state and the messages of their conversations."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from care import ticket_contacts, ticket_notes
from care.db import Core, migrate, now
from care.models import (
    Conversation,
    Message,
    Ticket,
    TicketContact,
    TicketEvent,
    TicketLabel,
)
from care.settings import Settings
from care.tickets import Details
from tests.gateway.desk_app import DeskApp

BATCH = 1000
KINDS = ("callback", "live_chat", "crisis/suicide", "crisis/overdose")
STATES = ("open", "claimed", "contacted", "resolved")
CHANNELS = ("web", "web", "sms", "sms", "messenger")


def number_of(place: int) -> str:
    return f"R-{place:06d}"


def phone_of(place: int) -> str:
    return f"+1212555{place % 10_000:04d}"


def seeded(settings: Settings, tickets: int, messages: int) -> DeskApp:
    """The same for the same sizes."""
    migrate(settings.database_url)
    desk, chance, at = DeskApp(settings, Core.open(settings)), random.Random(1), now()
    desk.hired("supervisor", "dana")
    each = messages // tickets
    for start in range(0, tickets, BATCH):
        places = range(start, min(start + BATCH, tickets))
        rows = [_ticket(desk.core, place, chance, at) for place in places]
        with desk.core.transaction() as session:
            talks = [{"id": row["conversation_id"], "channel": row["channel"]} for row in rows]
            session.execute(insert(Conversation), [{**talk, "last_seq": each} for talk in talks])
            session.execute(insert(Ticket), rows)
            session.execute(insert(TicketEvent), [_opened(row) for row in rows])
            session.execute(insert(TicketContact), [_contact(settings, row) for row in rows])
            session.execute(insert(TicketLabel), list(_labels(rows, chance)))
            said = [m for row in rows for m in _messages(desk.core, row, each)]
            session.execute(insert(Message), said)
    with desk.core.engine.connect() as connection:
        connection.execute(text("analyze"))
        connection.commit()
    return desk


def _ticket(core: Core, place: int, chance: random.Random, at: datetime) -> dict[str, Any]:
    number, kind, status = number_of(place), chance.choice(KINDS), chance.choice(STATES)
    details = Details(name="Robin", phone=phone_of(place), best_time="after five")
    sealed = core.cipher.encrypt(json.dumps(asdict(details)).encode(), f"ticket:{number}".encode())
    came = at - timedelta(minutes=chance.randrange(60 * 24 * 300))
    return {
        "id": place + 1,
        "number": number,
        "request_key": number,
        "conversation_id": f"{place:032x}",
        "kind": kind,
        "priority": "urgent" if kind.startswith("crisis/") and chance.random() < 0.1 else "normal",
        "status": status,
        "channel": chance.choice(CHANNELS),
        "language": "es" if chance.random() < 0.3 else "en",
        "claimed_by": None if status == "open" else chance.choice(["dana", "kim", "sam", "ada"]),
        "due_at": None if status in {"resolved", "contacted"} else came + timedelta(hours=4),
        "details": sealed,
        "created_at": came,
    }


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    return {"ticket_id": row["id"], "kind": "opened", "by": "guide", "at": row["created_at"]}


def _contact(settings: Settings, row: dict[str, Any]) -> dict[str, Any]:
    digest = ticket_contacts.digest(settings, phone_of(row["id"] - 1))
    return {"ticket_id": row["id"], "digest": digest}


def _labels(rows: list[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    names = list(ticket_notes.labels())[:4]
    return ({"ticket_id": row["id"], "name": chance.choice(names)} for row in rows)


def _messages(core: Core, row: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    talk = row["conversation_id"]
    body = json.dumps({"text": "how much does it cost", "button": None}).encode()
    sealed = core.cipher.encrypt(body, f"message:{talk}".encode())
    for seq in range(1, count + 1):
        yield {
            "conversation_id": talk,
            "seq": seq,
            "author": "visitor" if seq % 2 else "guide",
            "external_id": f"m-{seq}",
            "state": "answered",
            "body": sealed,
            "created_at": row["created_at"],
        }
