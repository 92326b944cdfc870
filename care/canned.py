"""Lines that staff say often: approved texts, put into a chat or read on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from care import staff, wording
from care.settings import Settings

PREFIX = "utter_staff/"
NAMELESS = "a person on our staff"


@dataclass(frozen=True)
class Reply:
    """A line ready to be said; `name` is what it is chosen by."""

    name: str
    text: str


def replies(
    settings: Settings, session: Session, by: str, number: str, channel: str | None
) -> Sequence[Reply]:
    """All there are, as this member of staff would say them about this ticket on its channel."""
    name = staff.shown(session, by).name or NAMELESS
    texts = (wording.text(each, channel or "web") for each in wording.family(PREFIX))
    return [
        Reply(
            text.name.removeprefix(PREFIX),
            wording.fill(text.text, settings.spoken).format(number=number, name=name),
        )
        for text in texts
    ]
