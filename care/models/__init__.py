"""The tables. Words and contact details are stored encrypted only (`LargeBinary` columns)."""

from care.models.base import Base, UtcDateTime
from care.models.conversations import (
    AnswerRating,
    Clarification,
    Conversation,
    Message,
    Misunderstanding,
    PrivateValue,
)
from care.models.deliveries import (
    ChannelAddress,
    DeletionRequest,
    Delivery,
    DeliveryPart,
    OptEvent,
)
from care.models.desk import TicketContact, TicketLabel, TicketNote, TicketViewer
from care.models.records import (
    AuditEntry,
    CountedUntil,
    DailyCount,
)
from care.models.staff import (
    DutyShift,
    RecoveryCode,
    StaffExample,
    StaffInvitation,
    StaffSession,
    StaffUser,
)
from care.models.tickets import (
    Alert,
    Consent,
    LiveChat,
    Ticket,
    TicketEvent,
)

__all__ = [
    "Alert",
    "AnswerRating",
    "AuditEntry",
    "Base",
    "ChannelAddress",
    "Clarification",
    "Consent",
    "Conversation",
    "CountedUntil",
    "DailyCount",
    "DeletionRequest",
    "Delivery",
    "DeliveryPart",
    "DutyShift",
    "LiveChat",
    "Message",
    "Misunderstanding",
    "OptEvent",
    "PrivateValue",
    "RecoveryCode",
    "StaffExample",
    "StaffInvitation",
    "StaffSession",
    "StaffUser",
    "Ticket",
    "TicketContact",
    "TicketEvent",
    "TicketLabel",
    "TicketNote",
    "TicketViewer",
    "UtcDateTime",
]
