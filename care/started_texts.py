"""Text messages that staff start: approved words, with consent, by day, never of what it is about.

The rules hold when it is stored and again when it is sent (`care.deliveries`).
"""

import phonenumbers
from sqlalchemy.orm import Session

from care import addresses, opt_outs, outbox, quiet_hours, tickets, wording
from care.addresses import Address
from care.db import Core, now
from care.errors import InvalidStepError
from care.models import Ticket
from care.transcript import Line, add_line

CHANNEL, PREFIX = "sms", "utter_started/"


def names() -> list[str]:
    """The texts there are to choose from."""
    return [name.removeprefix(PREFIX) for name in wording.family(PREFIX)]


def start(core: Core, session: Session, ticket: Ticket, name: str) -> None:
    """Puts an approved text into the queue. Raises InvalidStepError where it must not go out."""
    if name not in names():
        raise InvalidStepError("Please choose a text.")
    address = _address(core, session, ticket)
    when = quiet_hours.next_allowed(core.settings, address.person, now())
    if when is None:
        raise InvalidStepError("There is no hour at which this number may get a text.")
    text = wording.text(PREFIX + name, CHANNEL)
    line = Line(
        wording.fill(text.text, core.settings.spoken),
        response=text.name,
        order=outbox.Order(outbox.STARTED, not_before=when, ticket_id=ticket.id),
    )
    add_line(core, session, addresses.within(core, session, address), line)


def _address(core: Core, session: Session, ticket: Ticket) -> Address:
    ours, details = core.settings.text_number, tickets.details_of(core, ticket)
    if not ours:
        raise InvalidStepError("Text messages are off.")
    if not (details.phone and details.texting_ok and opt_outs.agreed(session, ticket.id)):
        raise InvalidStepError("This person has not agreed to texts.")
    try:
        number = phonenumbers.parse(details.phone, "US")
    except phonenumbers.NumberParseException:
        raise InvalidStepError("There is no number to text to.") from None
    style = phonenumbers.PhoneNumberFormat.E164
    address = Address(CHANNEL, str(phonenumbers.format_number(number, style)), ours)
    if opt_outs.is_out(core, session, CHANNEL, address.person):
        raise InvalidStepError("This person wants no texts.")
    return address
