"""What the core can refuse. Each edge translates these once."""


class CareError(Exception):
    """Base of all errors that the core raises on purpose."""


class SettingsError(CareError):
    """A setting is missing or wrong; the message names the key."""


class UnknownConversationError(CareError):
    """No such conversation, or it has ended."""


class StorageDownError(CareError):
    """The database cannot be reached; nothing was stored."""


class UnknownTicketError(CareError):
    """No ticket has this number."""


class InvalidStepError(CareError):
    """A ticket cannot take this step now; the message says why, for the staff."""


class StaffOwnsError(CareError):
    """A person has this conversation: the guide may say nothing in it."""
