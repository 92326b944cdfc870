"""The tables of what staff add to a ticket, who looks at it, and what finds a person's tickets."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from care.db import now
from care.models.base import Base


class TicketNote(Base):
    """What staff write for each other; sealed, never shown to the visitor, never altered."""

    __tablename__ = "ticket_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    by: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=now)


class TicketLabel(Base):
    """A label on a ticket: a name from `data/desk/labels.yml`."""

    __tablename__ = "ticket_labels"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)


class TicketContact(Base):
    """A way to reach the person of a ticket, as a keyed hash alone."""

    __tablename__ = "ticket_contacts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)


class TicketViewer(Base):
    """Who has a ticket open, and who writes there; a row that is not renewed counts no more."""

    __tablename__ = "ticket_viewers"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    typing_at: Mapped[datetime | None]
