"""The queue of what goes out by text message and the like: taken by a lease, sent in order.

For one person a line waits until those before it are settled; danger waits for nothing but danger.
Whoever takes a delivery moves its next try ahead, by the lease: should the taker die, it is due
again when the lease runs out, and it is known that nobody knows whether it was sent.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from care import addresses, opt_outs, quiet_hours
from care.addresses import Address
from care.db import Core
from care.models import Conversation, Delivery, DeliveryPart, Message
from care.outbox import DANGER, QUEUED, RECEIPT, STARTED
from care.transcript import Said, opened

SENT, DELIVERED, FAILED, SUPPRESSED = "sent", "delivered", "failed", "suppressed"
RANKS = {SENT: 1, DELIVERED: 2, FAILED: 2}  # a report never takes back what a later one said
OPTED_OUT, NO_ADDRESS, NO_CONSENT = "opted_out", "no_address", "no_consent"
OUTSIDE_WINDOW = "outside_window"  # the provider lets nobody write to this person any more

LEASE = timedelta(seconds=30)
MOST_TRIES = 10
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
ERROR_LIMIT = 64


@dataclass(frozen=True)
class Due:
    """A delivery taken for sending. `attempt` tells this taking from a later one.

    `parts` are those sent already. `unsure`: the try before this one may have reached the
    provider.
    """

    id: int
    attempt: int
    purpose: str
    address: Address
    said: Said
    parts: Mapping[int, str]
    unsure: bool


@dataclass(frozen=True)
class Report:
    """What a provider says became of one message. `of`: the delivery and the part, if it knows."""

    channel: str
    provider_id: str
    state: str
    error: str | None = None
    of: tuple[int, int] | None = None


def next_due(core: Core, channels: Collection[str]) -> datetime | None:
    with core.snapshot() as session:
        return session.scalar(
            select(func.min(Delivery.next_try_at)).where(Delivery.channel.in_(channels))
        )


def take(core: Core, channels: Collection[str], at: datetime, most: int) -> list[Due]:
    """Takes what is due; no other taker gets it while the lease runs.

    What must not go out, as its person has opted out, is settled here and not returned.
    """
    before = aliased(Delivery)
    waits = select(before.id).where(
        before.conversation_id == Delivery.conversation_id,
        before.state == QUEUED,
        before.rank <= Delivery.rank,
        before.id < Delivery.id,
    )
    with core.transaction() as session:
        rows = session.scalars(
            select(Delivery)
            .where(
                Delivery.next_try_at <= at,
                Delivery.channel.in_(channels),
                ~waits.exists(),
            )
            .order_by(Delivery.rank, Delivery.next_try_at, Delivery.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        ).all()
        taken = [_taken(core, session, row, at) for row in rows]
        return [due for due in taken if due]


def _taken(core: Core, session: Session, row: Delivery, at: datetime) -> Due | None:
    conversation = session.get_one(Conversation, row.conversation_id)
    address = addresses.of_conversation(core, session, conversation)
    if problem := _problem(core, session, row, address):
        _settle(row, FAILED if problem == NO_ADDRESS else SUPPRESSED, at, problem)
        return None
    assert address is not None  # noqa: S101  (that would have been a problem)
    if row.purpose == STARTED:
        allowed = quiet_hours.next_allowed(core.settings, address.person, at)
        if allowed is None or allowed > at:
            row.next_try_at = allowed or at + LONGEST_WAIT
            return None
    unsure, row.in_flight = row.in_flight, True
    row.attempts += 1
    row.next_try_at = at + LEASE
    sent = session.scalars(select(DeliveryPart).where(DeliveryPart.delivery_id == row.id))
    return Due(
        id=row.id,
        attempt=row.attempts,
        purpose=row.purpose,
        address=address,
        said=opened(core, session.get_one(Message, row.message_id)),
        parts={part.number: part.provider_id for part in sent},
        unsure=unsure,
    )


def _problem(core: Core, session: Session, row: Delivery, address: Address | None) -> str | None:
    """Why a delivery must not go out. The reply to a danger is tried whatever was said before."""
    if address is None:
        return NO_ADDRESS
    if row.purpose in {DANGER, RECEIPT}:
        return None
    if row.ticket_id is not None and not opt_outs.agreed(session, row.ticket_id):
        return NO_CONSENT
    return OPTED_OUT if opt_outs.is_out(core, session, row.channel, address.person) else None


def part_sent(core: Core, due: Due, number: int, provider_id: str, at: datetime) -> None:
    """Written down at once: whatever breaks later, this part is not sent again."""
    with core.transaction() as session:
        if session.get(Delivery, due.id) is not None:  # its conversation may be deleted meanwhile
            _part(session, due.id, number, provider_id, at)


def sent(core: Core, due: Due, at: datetime) -> None:
    """All parts are with the provider."""
    with core.transaction() as session:
        row = session.get(Delivery, due.id, with_for_update=True)
        if row is not None and row.next_try_at is not None:
            _settle(row, SENT, at, None)
            _sum_up(session, row, at)


@dataclass(frozen=True)
class Miss:
    """A try that did not succeed. `error` is a code, never the provider's words."""

    error: str
    wait: timedelta
    unsure: bool


def failed(core: Core, due: Due, miss: Miss, at: datetime) -> bool:
    """Puts the next try off; True if there is none any more.

    Nothing changes if it was taken anew.
    """
    with core.transaction() as session:
        row = session.get(Delivery, due.id, with_for_update=True)
        if row is None or row.attempts != due.attempt or row.next_try_at is None:
            return False
        if due.attempt >= MOST_TRIES:
            _settle(row, FAILED, at, miss.error)
            return True
        row.next_try_at, row.in_flight = at + miss.wait, miss.unsure
        row.error = miss.error[:ERROR_LIMIT]
        return False


def refused(core: Core, due: Due, error: str, at: datetime, opted_out: bool) -> None:
    """The provider will never take it; it may have told that this person has opted out."""
    with core.transaction() as session:
        if opted_out:
            opt_outs.record(core, session, due.address, opt_outs.OUT, "carrier")
        row = session.get(Delivery, due.id, with_for_update=True)
        if row is not None and row.next_try_at is not None:
            kept_back = opted_out or error == OUTSIDE_WINDOW
            _settle(row, SUPPRESSED if kept_back else FAILED, at, error)


def wait_after(attempt: int, jitter: float) -> timedelta:
    """Twice as long each time, up to five minutes; `jitter` from 0 to 1 takes away up to half."""
    longest = min(FIRST_WAIT * (1 << (attempt - 1)), LONGEST_WAIT)
    return longest * (1 - jitter / 2)


def report(core: Core, told: Report, at: datetime, opted_out: bool = False) -> bool:
    """What became of a message, by the provider's word; False if the message is not known."""
    with core.transaction() as session:
        row = _reported(session, told)
        if row is None:
            return False
        if opted_out:
            conversation = session.get_one(Conversation, row.conversation_id)
            opt_outs.record_for(core, session, conversation, opt_outs.OUT, "carrier")
        number = told.of[1] if told.of else None
        part = _part(session, row.id, number, told.provider_id, at)
        if RANKS.get(told.state, 0) > RANKS.get(part.state, 0):
            part.state, part.error, part.at = told.state, told.error, at
        session.flush()
        _sum_up(session, row, at)
        return True


def _reported(session: Session, told: Report) -> Delivery | None:
    if told.of is not None:
        row = session.get(Delivery, told.of[0], with_for_update=True)
        return row if row is not None and row.channel == told.channel else None
    return session.scalar(
        select(Delivery)
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .where(Delivery.channel == told.channel, DeliveryPart.provider_id == told.provider_id)
        .with_for_update(of=Delivery)
    )


def _part(
    session: Session, delivery_id: int, number: int | None, provider_id: str, at: datetime
) -> DeliveryPart:
    mine = DeliveryPart.delivery_id == delivery_id
    which = DeliveryPart.number == number if number else DeliveryPart.provider_id == provider_id
    part = session.scalar(select(DeliveryPart).where(mine, which))
    if part is None:
        part = DeliveryPart(
            delivery_id=delivery_id, number=number or 1, provider_id=provider_id, state=SENT, at=at
        )
        session.add(part)
        session.flush()
    return part


def _sum_up(session: Session, row: Delivery, at: datetime) -> None:
    """Of a delivery that is out: one part that failed is a failure, all that arrived a success."""
    if row.state not in {SENT, DELIVERED, FAILED}:
        return
    parts = session.scalars(select(DeliveryPart).where(DeliveryPart.delivery_id == row.id)).all()
    states = {part.state for part in parts}
    if FAILED in states:
        error = next((part.error for part in parts if part.state == FAILED), None)
        _settle(row, FAILED, at, error)
    elif states == {DELIVERED}:
        _settle(row, DELIVERED, at, None)


def _settle(row: Delivery, state: str, at: datetime, error: str | None) -> None:
    row.state, row.settled_at, row.error = state, at, error and error[:ERROR_LIMIT]
    row.next_try_at, row.in_flight = None, False


def of_conversation(core: Core, conversation_id: str) -> dict[int, Delivery]:
    """The delivery of each line that has one, by the line's place; for staff."""
    with core.snapshot() as session:
        rows = session.execute(
            select(Message.seq, Delivery)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Delivery.conversation_id == conversation_id)
        )
        found: dict[int, Delivery] = {}
        for seq, delivery in rows:
            found[seq] = delivery
        return found


def is_opted_out(core: Core, conversation_id: str) -> bool:
    """Does the person of this conversation want no messages?"""
    with core.snapshot() as session:
        conversation = session.get(Conversation, conversation_id)
        return conversation is not None and opt_outs.wants_none_in(core, session, conversation)
