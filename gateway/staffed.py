"""What the reply to a danger says of staff: only what is true."""

from dataclasses import replace

import structlog

from care import duty
from care.db import Core
from care.transcript import Outcome
from gateway import rendering

ALERTED, NOBODY = "utter_alerted/person", "utter_alerted/nobody"

log = structlog.get_logger()


def word(core: Core, channel: str) -> str | None:
    """That a person has been alerted, or else that 988 is there; None if that cannot be told.

    Asks the database.
    """
    try:
        name = ALERTED if duty.on_duty(core) else NOBODY
    except Exception as error:  # noqa: BLE001  (a danger is answered whatever breaks here)
        log.warning("duty_unknown", why=type(error).__name__)
        return None
    return rendering.fixed(core, name, channel).text


def with_word(outcome: Outcome, said: str | None, channel: str) -> Outcome:
    """The same reply, ending with a word about staff."""
    if said is None:
        return outcome
    *before, last = outcome.lines
    between = " " if channel == "sms" else "\n"  # one text message stays one
    return replace(outcome, lines=(*before, replace(last, text=f"{last.text}{between}{said}")))
