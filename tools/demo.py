"""`python -m tools.demo --remove`: deletes the made-up tickets, and disables their supervisor.

The first `make run` on a machine for development makes both, from `data/desk/demo.yml`.
"""

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from care import (
    conversations,
    demo,
    due,
    ladder,
    lines,
    privacy,
    retention,
    staff,
    staff_admin,
    ticket_notes,
    ticket_steps,
    tickets,
    wording,
)
from care.db import Core, migrate, now
from care.models import (
    Consent,
    Conversation,
    LiveChat,
    Message,
    Ticket,
    TicketEvent,
    TicketNote,
)
from care.roles import SUPERVISOR
from care.settings import Settings
from care.staff import COMMAND
from care.transcript import Inbound, Outcome
from tools.staff import DEMO_NAME, first_desk_password

SUPERVISOR_NAME = "demo-supervisor"
NAMES = {"admin": DEMO_NAME, "supervisor": SUPERVISOR_NAME}
MADE_UP = wording.DATA / "desk" / "demo.yml"
REMOVE = ".venv/app/bin/python -m tools.demo --remove"
LONGEST_STEP = timedelta(minutes=20)

Step = Callable[..., None]
STEPS: dict[str, Step] = {
    "contact": ticket_steps.contact,
    "resolve": ticket_steps.resolve,
    "priority": ticket_steps.set_priority,
}


@dataclass(frozen=True)
class OneTransaction(Core):
    """All steps in one transaction: either every made-up ticket is there and marked, or none."""

    session: Session

    @contextmanager
    def transaction(self, *, repeatable: bool = False) -> Iterator[Session]:
        yield self.session
        self.session.flush()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        yield self.session


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--remove", action="store_true", required=True)
    parser.parse_args(arguments)
    settings = Settings.load()
    migrate(settings.database_url)
    core = Core.open(settings)
    try:
        print(f"Removed {remove(core)} demo tickets.")
    finally:
        core.engine.dispose()
    return 0


def first_run(settings: Settings) -> dict[str, str]:
    """On the first start of a machine for development: names at the desk, with their passwords."""
    password = first_desk_password(settings)
    if password is None:
        return {}
    core = Core.open(settings)
    try:
        return {DEMO_NAME: password, **seed(core)}
    finally:
        core.engine.dispose()


def seed(core: Core) -> dict[str, str]:
    """Makes the tickets and their supervisor; nothing where there is any ticket already."""
    if not core.settings.wants_demo_tickets:
        return {}
    password = secrets.token_urlsafe(9)
    # Nobody hears of them, whatever the settings say.
    silent = core.settings.model_copy(update={"alerts": "off", "helpdesk": ""})
    with core.transaction() as session:
        if session.scalar(select(Ticket.id).limit(1)) is not None:
            return {}
        one = OneTransaction(silent, core.engine, core.cipher, session)
        staff.set_password(one, SUPERVISOR_NAME, password, SUPERVISOR)
        for row in wording.load_yaml(MADE_UP)["tickets"]:
            _make(one, row)
    return {SUPERVISOR_NAME: password}


def remove(core: Core) -> int:
    """How many tickets there were. The admin stays: somebody must."""
    if staff_admin.knows(core, SUPERVISOR_NAME):
        staff_admin.disable(core, COMMAND, SUPERVISOR_NAME)
    return retention.remove_demo(core, COMMAND)


def _make(core: OneTransaction, row: Mapping[str, Any]) -> None:
    talk, _ = conversations.start(core, row["channel"])
    _converse(core, talk, row)
    if asked := row.get("callback"):
        tickets.request_callback(core, talk, f"demo:{talk}", _answers(core, talk, asked))
    newest = select(Ticket).where(Ticket.conversation_id == talk)
    ticket = core.session.scalars(newest).one()
    demo.mark(core.session, ticket)
    for who, step, *more in row.get("steps", ()):
        _take(core, ticket.number, NAMES[who], step, *more)
    by = ticket.claimed_by or SUPERVISOR_NAME
    for label in row.get("labels", ()):
        ticket_notes.set_label(core, ticket.number, by, label, on=True)
    for note in row.get("notes", ()):
        ticket_notes.add(core, ticket.number, by, note)
    _move_back(core, ticket, talk, timedelta(hours=row["hours_ago"]))


def _converse(core: OneTransaction, talk: str, row: Mapping[str, Any]) -> None:
    """Without an address: no line of it could ever go out."""
    visitor, guide = row["talk"]
    line = lines.fixed(core, guide["guide"], row["channel"])
    topic = guide["guide"].removeprefix("utter_") if "faq/" in guide["guide"] else None
    outcome = Outcome(
        [line], topic=topic, crisis=row.get("danger"), wants_person=row.get("person", False)
    )
    conversations.receive(core, talk, Inbound("demo-1", visitor["visitor"]), lambda _: outcome)


def _answers(core: OneTransaction, talk: str, asked: Mapping[str, Any]) -> dict[str, object]:
    """As the contact form would have them. Texts are not agreed to: the number is nobody's."""
    return {
        "contact_for": asked.get("for", "self"),
        "contact_name": asked["name"],
        "contact_reach": privacy.conceal(core, talk, asked["reach"]),
        "contact_time": asked["time"],
        "contact_place": asked.get("place", ""),
        "contact_voicemail": asked.get("voicemail", False),
    }


def _take(core: Core, number: str, by: str, step: str, *more: Any) -> None:
    if step == "claim":
        ticket_steps.claim(core, number, by)
    elif step == "follow_up":
        day = due.today(core.settings, now()) + timedelta(days=more[0])
        ticket_steps.follow_up(core, number, by, day)
    else:
        STEPS[step](core, number, by, *more)


def _move_back(core: OneTransaction, ticket: Ticket, talk: str, ago: timedelta) -> None:
    """It came `ago`, and staff took their steps one after the other; the audit log stays true."""
    session = core.session
    came = ticket.created_at = now() - ago
    if ticket.due_at and ticket.kind == ladder.LIVE_CHAT:
        ticket.due_at -= ago
    elif ticket.due_at and not ticket.follow_up_on:
        ticket.due_at = due.after(core.settings, ticket.priority, came)
    conversation = session.get_one(Conversation, talk)
    conversation.created_at = conversation.active_at = came
    said, mine = Message.conversation_id == talk, TicketEvent.ticket_id == ticket.id
    session.execute(update(Message).where(said).values(created_at=came))
    session.execute(update(Consent).where(Consent.ticket_id == ticket.id).values(given_at=came))
    session.execute(update(LiveChat).where(LiveChat.ticket_id == ticket.id).values(asked_at=came))
    events = session.scalars(select(TicketEvent).where(mine).order_by(TicketEvent.id)).all()
    between = min(ago / (len(events) + 1), LONGEST_STEP)
    for place, event in enumerate(events):
        event.at = came + between * place
    noted = update(TicketNote).where(TicketNote.ticket_id == ticket.id)
    session.execute(noted.values(at=events[-1].at))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
