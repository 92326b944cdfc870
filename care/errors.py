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


class NotAllowedError(CareError):
    """This member of staff may not do that; carries the permission they would need."""


class StaffError(CareError):
    """A change of somebody's account is not possible; the message says why, to that person."""


class CodeNeededError(CareError):
    """The password was right; `half` proves it for a few minutes, until the code is given."""

    def __init__(self, half: str):
        super().__init__("code needed")
        self.half = half


class SignInExpiredError(CareError):
    """What was proved by the password is too old, or is true no longer."""


class StaffOwnsError(CareError):
    """A person has this conversation: the guide may say nothing in it."""
