"""What the reply to a danger says of staff: only what is true."""

from dataclasses import replace

import structlog

from care import duty, wording
from care.db import Core
from care.transcript import Outcome
from gateway import rendering

ALERTED, NOBODY = "utter_alerted/person", "utter_alerted/nobody"

log = structlog.get_logger()


def word(core: Core) -> str | None:
    """The text that a person has been alerted, or that 988 is there; None if that is not known.

    Asks the database.
    """
    try:
        return ALERTED if duty.on_duty(core) else NOBODY
    except Exception as error:  # noqa: BLE001  (a danger is answered whatever breaks here)
        log.warning("duty_unknown", why=type(error).__name__)
        return None


def with_word(core: Core, outcome: Outcome, name: str | None, channel: str) -> Outcome:
    """The same reply, ending with a word about staff in its own language."""
    if name is None:
        return outcome
    *before, last = outcome.lines
    name = wording.translated([name], wording.is_spanish(last.response))
    said = rendering.fixed(core, name, channel).text
    between = " " if channel == "sms" else "\n"  # one text message stays one
    return replace(outcome, lines=(*before, replace(last, text=f"{last.text}{between}{said}")))
