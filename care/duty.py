"""Is somebody on duty? A page of the desk is open with someone before it, or the switch is on."""

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select, update

from care import roles, staff
from care.db import Core, now
from care.models import StaffSession, StaffUser
from care.roles import Permission


def on_duty(core: Core, at: datetime | None = None) -> bool:
    with core.snapshot() as session:
        return session.scalar(_who(core, at or now()).limit(1)) is not None


def who(core: Core, at: datetime | None = None) -> list[str]:
    """The names of all who are on duty."""
    with core.snapshot() as session:
        return list(session.scalars(_who(core, at or now()).order_by(StaffUser.username)))


def _who(core: Core, at: datetime) -> Select[str]:
    here = select(StaffSession.user_id).where(
        StaffSession.here_at > at - timedelta(minutes=core.settings.duty_minutes),
        staff.open_at(core, at),
    )
    # Away from the desk, only an alert reaches them.
    switched = (StaffUser.on_duty_until > at) & (core.settings.alerts == "on")
    present = or_(StaffUser.id.in_(here), switched)
    works = StaffUser.role.in_(roles.granting(Permission.WORK))
    return select(StaffUser.username).where(StaffUser.disabled.is_(False), works, present)


def switch(core: Core, username: str, on: bool) -> None:
    """Sets a staff member on duty for a shift, or off; a switch left on goes off by itself."""
    until = now() + timedelta(hours=core.settings.duty_hours) if on else None
    with core.transaction() as session:
        roles.check(session, username, Permission.WORK)
        session.execute(
            update(StaffUser).where(StaffUser.username == username).values(on_duty_until=until)
        )
