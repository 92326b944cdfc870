"""Finds tickets by number, or by a whole phone number or e-mail address through its keyed hash.

Nothing is opened to be searched. What was searched by is on record, and not what for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, privacy, queue, requests, roles, ticket_contacts, ticket_notes
from care.db import Core
from care.errors import InvalidStepError
from care.models import Ticket
from care.queue import Listed
from care.roles import Permission

LIMIT = 50
LONGEST = 320
HOW = "Search for a ticket number, a label, or a whole phone number or e-mail address."


@dataclass(frozen=True)
class Found:
    """What was searched by: `number` or `label`, which is named; or `phone`, `email`: its rows."""

    by: str
    name: str = ""
    rows: Sequence[Listed] = ()


def search(core: Core, by: str, words: str) -> Found:
    """Raises InvalidStepError for what cannot be searched for, or is not there."""
    words = " ".join(words.replace("\x00", "").split())[: LONGEST + 1]
    if not words or len(words) > LONGEST:
        raise InvalidStepError(HOW)
    with core.transaction() as session:
        roles.check(session, by, Permission.QUEUE)
        found = _by_name(session, words) or _by_contact(core, session, words)
        audit.append(session, by, "ticket.searched", detail=found.by)
    return found


def _by_name(session: Session, words: str) -> Found | None:
    number = requests.number_in(words) or requests.number_in(f"R-{words}")
    known = select(Ticket.number).where(Ticket.number == number)
    if number and session.scalar(known):
        return Found("number", number)
    plain = words.casefold()
    for name, title in ticket_notes.labels().items():
        if plain in {name, title.casefold()}:
            return Found("label", name)
    if number and not privacy.find(words):
        raise InvalidStepError(f"There is no ticket {number}.")
    return None


def _by_contact(core: Core, session: Session, words: str) -> Found:
    kinds = {found.kind for found in privacy.find(words)} & {"phone", "email"}
    if len(kinds) != 1:
        raise InvalidStepError(HOW)
    ids = ticket_contacts.reached_by(session, core.settings, words)
    newest = select(Ticket).where(Ticket.id.in_(ids), Ticket.erased_at.is_(None))
    rows = session.scalars(newest.order_by(Ticket.id.desc()).limit(LIMIT)).all()
    return Found(kinds.pop(), rows=queue.listed(core, session, rows))
