"""The duty calendar: who is on duty when, as supervisors plan it. Read by `care.duty`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from care import audit, hours, roles
from care.db import Core, now
from care.errors import StaffError
from care.models import DutyShift, StaffUser
from care.roles import Permission

LONGEST = timedelta(hours=16)
MOST_WEEKS = 26
AHEAD = timedelta(days=366)
KEPT = timedelta(days=90)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """A shift as it is planned: local times; one that ends before it starts goes over midnight."""

    username: str
    day: date
    start: time
    end: time
    weeks: int = 1


@dataclass(frozen=True)
class Shift:
    id: int
    username: str
    starts_at: datetime
    ends_at: datetime


def add(core: Core, by: str, wish: Wish) -> None:
    """On the same weekday for so many weeks. Raises StaffError, and then adds nothing."""
    if not 1 <= wish.weeks <= MOST_WEEKS:
        raise StaffError(f"A shift is repeated for 1 to {MOST_WEEKS} weeks.")
    if not now().date() - DAY <= wish.day <= now().date() + AHEAD:
        raise StaffError("A shift begins today or within a year.")
    with core.transaction() as session:
        roles.check(session, by, Permission.CALENDAR)
        user = _worker(session, wish.username)
        for week in range(wish.weeks):
            starts_at, ends_at = _span(core, wish, wish.day + week * timedelta(weeks=1))
            if _taken(session, user.id, starts_at, ends_at):
                raise StaffError(f"{user.username} has a shift then already.")
            shift = DutyShift(user_id=user.id, starts_at=starts_at, ends_at=ends_at, added_by=by)
            session.add(shift)
            session.flush()
        told = f"{wish.day} {wish.start:%H:%M}-{wish.end:%H:%M}, {wish.weeks} weeks"
        audit.append(session, by, "duty.shift_added", user.username, told)


def remove(core: Core, by: str, shift_id: int) -> None:
    """One that is gone already is no matter."""
    with core.transaction() as session:
        roles.check(session, by, Permission.CALENDAR)
        shift = session.get(DutyShift, shift_id, with_for_update=True)
        if shift is None:
            return
        user = session.get_one(StaffUser, shift.user_id)
        told = f"{shift.starts_at:%Y-%m-%d %H:%M} UTC"
        session.delete(shift)
        audit.append(session, by, "duty.shift_removed", user.username, told)


def listed(core: Core, at: datetime) -> Sequence[Shift]:
    """Those that go on or are to come, in their order."""
    with core.snapshot() as session:
        rows = session.execute(
            select(DutyShift, StaffUser.username)
            .join(StaffUser, StaffUser.id == DutyShift.user_id)
            .where(DutyShift.ends_at > at, StaffUser.disabled.is_(False))
            .order_by(DutyShift.starts_at, StaffUser.username)
        )
        return [Shift(row.id, name, row.starts_at, row.ends_at) for row, name in rows]


def workers(core: Core) -> Sequence[str]:
    """Who may be put into the calendar."""
    with core.snapshot() as session:
        found = select(StaffUser.username).where(
            StaffUser.disabled.is_(False), StaffUser.role.in_(roles.granting(Permission.WORK))
        )
        return session.scalars(found.order_by(StaffUser.username)).all()


def ends_for(session: Session, user_id: int, at: datetime) -> datetime | None:
    """When the shift ends that somebody has now; None without one."""
    mine = DutyShift.user_id == user_id
    return session.scalar(
        select(DutyShift.ends_at)
        .where(mine, DutyShift.starts_at <= at, DutyShift.ends_at > at)
        .order_by(DutyShift.ends_at.desc())
        .limit(1)
    )


def purge(session: Session, at: datetime) -> None:
    session.execute(delete(DutyShift).where(DutyShift.ends_at < at - KEPT))


def _span(core: Core, wish: Wish, day: date) -> tuple[datetime, datetime]:
    zone, start, end = (
        hours.load(core.settings.hours_file).zone,
        _clock(wish.start),
        _clock(wish.end),
    )
    if end == start:
        raise StaffError("A shift ends at another time than it starts.")
    starts_at = hours.moment(zone, day, start)
    ends_at = hours.moment(zone, day if end > start else day + DAY, end)
    if ends_at <= now():
        raise StaffError("This shift is over already.")
    if ends_at - starts_at > LONGEST:
        raise StaffError("A shift lasts 16 hours at most.")
    return starts_at, ends_at


def _clock(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


def _taken(session: Session, user_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    over = (DutyShift.starts_at < ends_at) & (DutyShift.ends_at > starts_at)
    found = select(DutyShift.id).where(DutyShift.user_id == user_id, over)
    return session.scalar(found.limit(1)) is not None


def _worker(session: Session, username: str) -> StaffUser:
    user = session.scalar(select(StaffUser).where(StaffUser.username == username))
    if user is None or user.disabled or user.role not in roles.granting(Permission.WORK):
        raise StaffError("Please choose somebody who works on tickets.")
    return user
