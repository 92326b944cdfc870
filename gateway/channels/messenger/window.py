"""Whether Meta lets a message through now, and under which name: never a tag for the guide."""

from datetime import datetime

from care.deliveries import OUTSIDE_WINDOW
from care.windows import MESSENGER, Talk
from gateway.channels.channel import NotSentError

REPLY = {"messaging_type": "RESPONSE"}
BY_A_PERSON = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def permit(talk: Talk | None, by_staff: bool, granted: bool, at: datetime) -> dict[str, str]:
    """How a message is to be marked; `granted`: has Meta granted the human agent feature?

    Raises NotSentError where nothing may be sent any more.
    """
    since = at - talk.wrote_at if talk else None
    if since is not None and since < MESSENGER.replies:
        return REPLY
    if since is not None and since < MESSENGER.person and by_staff and granted:
        return BY_A_PERSON
    raise NotSentError(OUTSIDE_WINDOW, final=True)
