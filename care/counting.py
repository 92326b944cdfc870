"""Fills the daily counts, before what they count is purged: numbers of days, nothing of a person.

Whole hours are counted once, each event by its own time. What a visitor deletes before its hour
is counted is in no count, and neither is what was made up to show the desk.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import demo
from care.cipher import CipherError
from care.db import Core, one_at_a_time
from care.misunderstood import BY_THE_GUIDE
from care.models import (
    AnswerRating,
    Conversation,
    CountedUntil,
    DailyCount,
    LiveChat,
    Message,
    Misunderstanding,
    OptEvent,
    Ticket,
    TicketEvent,
)
from care.transcript import WITH_STAFF, opened

LOCK = 0x636F756E  # of PostgreSQL's advisory locks
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
ANSWERS = "utter_faq/"
CALLBACK = "callback"
NEVER = "never"
WAITS = (  # minutes
    (1, "under 1 min"),
    (5, "1 to 5 min"),
    (15, "5 to 15 min"),
    (60, "15 to 60 min"),
    (240, "1 to 4 h"),
    (1440, "4 to 24 h"),
)
LONGEST = "over a day"
WAIT_NAMES = (*(name for _, name in WAITS), LONGEST, NEVER)

Event = tuple[datetime, str, str]  # when, the measure, what of


@dataclass(frozen=True)
class Window:
    """A stretch of time, its end not included."""

    since: datetime
    until: datetime

    def has(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.until


def count(core: Core, at: datetime) -> None:
    """Counts the hours that are over at `at`, unless another process just did."""
    until = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    zone = ZoneInfo(core.settings.time_zone)
    with core.snapshot() as session:
        since = _counted_until(session)
        if until <= since:
            return
        found = Counter(
            (event_at.astimezone(zone).date(), measure, of)
            for event_at, measure, of in _events(core, session, Window(since, until), zone)
        )
    with core.transaction() as session:
        one_at_a_time(session, LOCK)
        if _counted_until(session) == since:
            _add(session, found)
            session.merge(CountedUntil(id=1, at=until))


def wait(waited: timedelta) -> str:
    """In which of the lengths a wait falls."""
    minutes = waited.total_seconds() / 60
    return next((name for limit, name in WAITS if minutes < limit), LONGEST)


def _counted_until(session: Session) -> datetime:
    row = session.get(CountedUntil, 1)
    return row.at if row else BEGINNING


def _add(session: Session, found: Counter[tuple[date, str, str]]) -> None:
    for (day, measure, of), number in found.items():
        row = session.get(DailyCount, (day, measure, of))
        if row is None:
            row = DailyCount(day=day, measure=measure, of=of, count=0)
            session.add(row)
        row.count += number


def _events(core: Core, session: Session, window: Window, zone: ZoneInfo) -> Iterator[Event]:
    yield from _contacts(session, window, zone)
    yield from _persons(session, window)
    yield from _messages(core, session, window)
    yield from _chat_waits(session, window)
    yield from _tickets(session, window)
    yield from _said_of_answers(session, window)


def _contacts(session: Session, window: Window, zone: ZoneInfo) -> Iterator[Event]:
    """Conversations in which somebody wrote, at their first message."""
    first = func.min(Message.created_at)
    rows = session.execute(
        select(Conversation.channel, first)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.author == "visitor", Conversation.active_at >= window.since)
        .where(Conversation.id.not_in(demo.talks()))
        .group_by(Conversation.id, Conversation.channel)
        .having(first >= window.since, first < window.until)
    )
    for channel, at in rows:
        yield at, "contacts", channel
        yield at, "hours", f"{at.astimezone(zone).hour:02}"


def _persons(session: Session, window: Window) -> Iterator[Event]:
    """Conversations that a person came into, or was asked to call back for: at the first time."""
    began = func.coalesce(LiveChat.asked_at, LiveChat.taken_at, type_=LiveChat.asked_at.type)
    chats = select(LiveChat.conversation_id, began).where(
        began < window.until, LiveChat.ticket_id.not_in(demo.ids())
    )
    calls = select(Ticket.conversation_id, Ticket.created_at).where(
        Ticket.kind == CALLBACK,
        Ticket.conversation_id.is_not(None),
        Ticket.created_at < window.until,
        Ticket.id.not_in(demo.ids()),
    )
    yield from _firsts(
        [(row, "chat") for row in session.execute(chats)]
        + [(row, CALLBACK) for row in session.execute(calls)],
        window,
        "with_person",
    )


def _firsts(
    rows: Iterable[tuple[tuple[object, datetime | None], str]], window: Window, measure: str
) -> Iterator[Event]:
    """One event for each id, at its first time, if that is in the window."""
    first: dict[object, tuple[datetime, str]] = {}
    for (id_, at), of in rows:
        if at is not None and (id_ not in first or at < first[id_][0]):
            first[id_] = at, of
    return ((at, measure, of) for at, of in first.values() if window.has(at))


def _messages(core: Core, session: Session, window: Window) -> Iterator[Event]:
    """What was asked of the guide, what it did not understand, and its answers' topics."""
    active = Conversation.active_at >= window.since - timedelta(hours=1)
    rows = session.execute(
        select(Message, Conversation.channel)
        .join(Conversation)
        .where(
            active,
            Message.created_at >= window.since,
            Message.created_at < window.until,
            Message.author.in_(("visitor", "guide")),
            Conversation.id.not_in(demo.talks()),
        )
        .execution_options(yield_per=500)
    )
    for message, channel in rows:
        if message.author == "visitor" and message.state != WITH_STAFF:
            yield message.created_at, "messages", channel
        elif message.author == "guide" and (topic := _topic(core, message)):
            yield message.created_at, "topics", topic
    noted = select(Misunderstanding.created_at, Misunderstanding.reason).where(
        Misunderstanding.reason.in_(BY_THE_GUIDE.values()),
        Misunderstanding.created_at >= window.since,
        Misunderstanding.created_at < window.until,
    )
    for at, reason in session.execute(noted):
        yield at, "not_understood", reason


def _topic(core: Core, message: Message) -> str | None:
    """The label of the topic that a line of the guide's answers."""
    try:
        name = opened(core, message).response or ""
    except CipherError:  # sealed with a key that is gone: it must be purged all the same
        return None
    return name.removeprefix("utter_") if name.startswith(ANSWERS) else None


def _chat_waits(session: Session, window: Window) -> Iterator[Event]:
    """How long who asked for a person in the chat waited until one came, or gave up."""
    asked = select(LiveChat).where(
        LiveChat.asked_at.is_not(None), LiveChat.ticket_id.not_in(demo.ids())
    )
    ended = asked.where(LiveChat.ended_at.is_(None) | (LiveChat.ended_at >= window.since))
    taken = asked.where(LiveChat.taken_at >= window.since)
    for chat in {c.id: c for q in (ended, taken) for c in session.scalars(q)}.values():
        if chat.taken_at and chat.asked_at and window.has(chat.taken_at):
            yield chat.taken_at, "chat_wait", wait(chat.taken_at - chat.asked_at)
        elif chat.taken_at is None and chat.ended_at and window.has(chat.ended_at):
            yield chat.ended_at, "chat_wait", NEVER


def _tickets(session: Session, window: Window) -> Iterator[Event]:
    """Dangers, first contacts and claims, and what was not done when it was due."""
    real = select(Ticket).where(Ticket.id.not_in(demo.ids()))
    recent = real.where(Ticket.created_at >= window.since)
    for ticket in session.scalars(recent.where(Ticket.created_at < window.until)):
        if ticket.kind.startswith("crisis/"):
            yield ticket.created_at, "crisis", ticket.kind.removeprefix("crisis/")
    late = real.where(Ticket.due_at >= window.since, Ticket.due_at < window.until)
    for ticket in session.scalars(late.where(Ticket.status != "resolved")):
        if ticket.due_at:
            yield ticket.due_at, "overdue", ticket.kind.partition("/")[0]
    yield from _first_steps(session, window, "contacted", "callback_wait")
    yield from _first_steps(session, window, "claimed", "crisis_wait")


def _first_steps(session: Session, window: Window, step: str, measure: str) -> Iterator[Event]:
    kind = Ticket.kind == CALLBACK if step == "contacted" else Ticket.kind.startswith("crisis/")
    first = func.min(TicketEvent.at)
    rows = session.execute(
        select(Ticket.created_at, first)
        .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
        .where(TicketEvent.kind == step, kind, Ticket.id.not_in(demo.ids()))
        .group_by(Ticket.id, Ticket.created_at)
        .having(first >= window.since, first < window.until)
    )
    for created_at, at in rows:
        yield at, measure, wait(at - created_at)


def _said_of_answers(session: Session, window: Window) -> Iterator[Event]:
    """Ratings, and wishes for no more messages."""
    rated = select(AnswerRating).where(
        AnswerRating.rated_at >= window.since, AnswerRating.rated_at < window.until
    )
    for row in session.scalars(rated):
        measure = "helpful" if row.helpful else "not_helpful"
        yield row.rated_at, measure, row.response.removeprefix("utter_")
    outs = select(OptEvent).where(
        OptEvent.kind == "out", OptEvent.at >= window.since, OptEvent.at < window.until
    )
    for out in session.scalars(outs):
        yield out.at, "opt_outs", out.channel
