"""How long after a person's last message a channel lets us write to them, by its own rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from care import addresses
from care.addresses import Address
from care.db import Core
from care.models import ChannelAddress, Conversation
from care.settings import Settings

STAFF = "staff"  # the owner of a conversation that a person answers


@dataclass(frozen=True)
class Window:
    """`replies` is for whoever writes; `person` for a member of staff, where that is granted."""

    replies: timedelta
    person: timedelta


MESSENGER = Window(replies=timedelta(hours=24), person=timedelta(days=7))
WHATSAPP = Window(replies=timedelta(hours=24), person=timedelta(hours=24))
WINDOWS = {"messenger": MESSENGER, "whatsapp": WHATSAPP}


@dataclass(frozen=True)
class Talk:
    """The conversation that somebody has on a channel: when they last wrote, and who answers."""

    id: str
    wrote_at: datetime
    owner: str


def talk_with(core: Core, address: Address) -> Talk | None:
    """None if nothing is known of them, or no more."""
    found = addresses.digest(core.settings, address.channel, address.person)
    with core.snapshot() as session:
        row = session.scalar(
            select(Conversation)
            .join(ChannelAddress, ChannelAddress.id == Conversation.address_id)
            .where(
                ChannelAddress.channel == address.channel,
                ChannelAddress.digest == found,
                Conversation.ended_at.is_(None),
            )
        )
        return Talk(row.id, row.active_at, row.owner) if row else None


def open_until(core: Core, conversation_id: str) -> datetime | None:
    """Until when staff may write there; None where no rule of a channel ends that."""
    with core.snapshot() as session:
        row = session.get(Conversation, conversation_id)
        return closes_at(core.settings, row) if row else None


def closes_at(settings: Settings, conversation: Conversation) -> datetime | None:
    window = WINDOWS.get(conversation.channel)
    if window is None:
        return None
    granted = settings.messenger_human_agent
    return conversation.active_at + (window.person if granted else window.replies)
