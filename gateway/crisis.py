"""What the reply to a danger says of staff: only what is true."""

from dataclasses import replace

import structlog

from care import duty
from care.db import Core
from care.transcript import Outcome
from gateway import rendering

ALERTED, NOBODY = "utter_alerted/person", "utter_alerted/nobody"

log = structlog.get_logger()


def tell_of_staff(core: Core, outcome: Outcome, channel: str) -> Outcome:
    """The same reply with a word more: a person has been alerted, or else that 988 is there.

    Asks the database. If that cannot tell, the reply stays as it is.
    """
    try:
        name = ALERTED if duty.on_duty(core) else NOBODY
    except Exception as error:  # noqa: BLE001  (a danger is answered whatever breaks here)
        log.warning("duty_unknown", why=type(error).__name__)
        return outcome
    *before, last = outcome.lines
    word = rendering.fixed(core, name, channel).text
    between = " " if channel == "sms" else "\n"  # one text message stays one
    return replace(outcome, lines=(*before, replace(last, text=f"{last.text}{between}{word}")))
