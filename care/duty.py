"""Is somebody on duty? A page of the desk is open with someone before it, or the switch is on."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from care import roles, staff
from care.db import Core, now
from care.models import StaffSession, StaffUser
from care.roles import Permission


def on_duty(core: Core, at: datetime | None = None) -> bool:
    at = at or now()
    here = select(StaffSession.user_id).where(
        StaffSession.here_at > at - timedelta(minutes=core.settings.duty_minutes),
        staff.open_at(core, at),
    )
    # Away from the desk, only an alert reaches them.
    switched = (StaffUser.on_duty_until > at) & (core.settings.alerts == "on")
    with core.snapshot() as session:
        found = (
            select(StaffUser.id)
            .where(
                StaffUser.disabled.is_(False),
                StaffUser.role.in_(roles.granting(Permission.WORK)),
                or_(StaffUser.id.in_(here), switched),
            )
            .limit(1)
        )
        return session.scalar(found) is not None


def switch(core: Core, username: str, on: bool) -> None:
    """Sets a staff member on duty for a shift, or off; a switch left on goes off by itself."""
    until = now() + timedelta(hours=core.settings.duty_hours) if on else None
    with core.transaction() as session:
        roles.check(session, username, Permission.WORK)
        session.execute(
            update(StaffUser).where(StaffUser.username == username).values(on_duty_until=until)
        )
