"""Is somebody on duty? A page of the desk is open with someone before it, their switch is on, or
the calendar says so; and they are not on a break.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from care import roles, shifts, staff
from care.db import Core, now
from care.errors import StaffError
from care.models import DutyShift, LiveChat, StaffSession, StaffUser
from care.roles import Permission

BREAKS = (15, 30, 60)  # minutes
BY_PAGE, BY_SWITCH, BY_CALENDAR = "page", "switch", "calendar"


def on_duty(core: Core, at: datetime | None = None) -> bool:
    with core.snapshot() as session:
        return session.scalar(_who(core, at or now()).limit(1)) is not None


def who(core: Core, at: datetime | None = None) -> list[str]:
    """The names of all who are on duty."""
    with core.snapshot() as session:
        return list(session.scalars(_who(core, at or now()).order_by(StaffUser.username)))


def names(core: Core, session: Session, at: datetime) -> list[str]:
    """The same within a transaction."""
    return list(session.scalars(_who(core, at).order_by(StaffUser.username)))


def how(core: Core, at: datetime | None = None) -> Mapping[str, list[str]]:
    """By what each of them is on duty."""
    when = at or now()
    with core.snapshot() as session:
        there = set(names(core, session, when))
        ways = {
            BY_PAGE: select(StaffUser.username).where(StaffUser.id.in_(_here(core, when))),
            BY_SWITCH: select(StaffUser.username).where(StaffUser.on_duty_until > when),
            BY_CALENDAR: select(StaffUser.username).where(StaffUser.id.in_(_planned(when))),
        }
        found = {way: set(session.scalars(query)) for way, query in ways.items()}
        return {name: [way for way in ways if name in found[way]] for name in sorted(there)}


def on_breaks(core: Core, at: datetime) -> Mapping[str, datetime]:
    """Who is away, and until when."""
    with core.snapshot() as session:
        away = select(StaffUser).where(StaffUser.away_until > at, StaffUser.disabled.is_(False))
        rows = session.scalars(away.order_by(StaffUser.username)).all()
        return {row.username: row.away_until for row in rows if row.away_until}


def _who(core: Core, at: datetime) -> Select[str]:
    # Away from the desk, only an alert reaches them.
    alerted = core.settings.alerts == "on"
    away_too = or_(StaffUser.on_duty_until > at, StaffUser.id.in_(_planned(at))) & alerted
    present = or_(StaffUser.id.in_(_here(core, at)), away_too)
    back = StaffUser.away_until.is_(None) | (StaffUser.away_until <= at)
    works = StaffUser.role.in_(roles.granting(Permission.WORK))
    return select(StaffUser.username).where(StaffUser.disabled.is_(False), works, present, back)


def _here(core: Core, at: datetime) -> Select[int]:
    return select(StaffSession.user_id).where(
        StaffSession.here_at > at - timedelta(minutes=core.settings.duty_minutes),
        staff.open_at(core, at),
    )


def _planned(at: datetime) -> Select[int]:
    return select(DutyShift.user_id).where(DutyShift.starts_at <= at, DutyShift.ends_at > at)


def switch(core: Core, username: str, on: bool) -> None:
    """Sets a staff member on duty for a shift, or off; a switch left on goes off by itself.

    Whoever goes off duty within a shift of the calendar is off until its end.
    """
    at = now()
    with core.transaction() as session:
        user = _worker(session, username)
        user.on_duty_until = at + timedelta(hours=core.settings.duty_hours) if on else None
        user.away_until = None if on else shifts.ends_for(session, user.id, at)


def take_break(core: Core, username: str, minutes: int) -> None:
    """Not on duty for so long. Nobody leaves a visitor alone for it. Raises StaffError."""
    if minutes not in BREAKS:
        raise StaffError("Please choose how long the break is.")
    with core.transaction() as session:
        user = _worker(session, username)
        mine = select(LiveChat.id).where(LiveChat.staff == username, LiveChat.ended_at.is_(None))
        if session.scalar(mine.limit(1)) is not None:
            raise StaffError("You have a chat: transfer it, hand it back or close it first.")
        user.away_until = now() + timedelta(minutes=minutes)


def come_back(core: Core, username: str) -> None:
    with core.transaction() as session:
        _worker(session, username).away_until = None


def _worker(session: Session, username: str) -> StaffUser:
    roles.check(session, username, Permission.WORK)
    mine = select(StaffUser).where(StaffUser.username == username)
    return session.scalars(mine.with_for_update()).one()
