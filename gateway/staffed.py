"""What is said of staff, in danger and to who asks for a person: only what is true."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from care import crisis, duty, live_chat, ownership, wording
from care.db import Core
from care.transcript import Line, Outcome, Said, Waiting
from gateway import rendering

ALERTED, NOBODY = "utter_alerted/person", "utter_alerted/nobody"
A_PERSON, MISSED_TWICE = crisis.A_PERSON, "utter_unsure_twice"
AGREES = {"affirm", "request_human"}

log = structlog.get_logger()


def word(core: Core) -> str | None:
    """The text that a person has been alerted, or that 988 is there; None if that is not known.

    Asks the database.
    """
    here = _somebody_here(core)
    return None if here is None else ALERTED if here else NOBODY


def _somebody_here(core: Core) -> bool | None:
    try:
        return duty.on_duty(core)
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


def offering(core: Core, waiting: Waiting, said: list[Line]) -> list[Line]:
    """Where a person is spoken of: whether one can join this chat, and the button for it."""
    speaks = (place for place, line in enumerate(said) if line.response in {A_PERSON, MISSED_TWICE})
    place = next(speaks, None)
    if place is None:
        return said
    before, rest = said[:place], said[place:]
    if waiting.owner == ownership.WAITING:
        return [*before, *_led(rest, live_chat.STILL_WAITING, waiting)]
    here = _somebody_here(core)
    if here:
        return [*before, *_offered(core, waiting, rest)]
    nobody = here is False and rest[0].response == A_PERSON
    return [*before, *_led(rest, live_chat.NOBODY, waiting)] if nobody else said


def _offered(core: Core, waiting: Waiting, said: list[Line]) -> list[Line]:
    first, *others = said
    offer = rendering.fixed(core, live_chat.HERE, waiting.channel)
    lines = [replace(first, buttons=(*offer.buttons, *first.buttons)), *others]
    placed = rendering.led if first.response == A_PERSON else rendering.followed
    return placed(lines, offer.text)


def may_agree(waiting: Waiting, label: str) -> bool:
    """Could this be a yes to the guide's offer that a person joins?"""
    return label in AGREES and not waiting.expects and waiting.owner == ownership.GUIDE


def offered_last(before: Sequence[Said]) -> bool:
    """Was that offer in the guide's last line?"""
    lines = [said for said in before if said.author == "guide"]
    buttons = lines[-1].buttons if lines else ()
    return any(button.get("payload") == ownership.ASK_BUTTON for button in buttons)


def asked(core: Core, conversation_id: str, waiting: Waiting) -> Outcome:
    """A person is to join: promised only if somebody is on duty. The form, if any, goes on."""
    if waiting.owner == ownership.GUIDE and duty.on_duty(core):
        name = live_chat.worded_for(core, conversation_id, live_chat.ASKED)
        promise = rendering.fixed(core, name, waiting.channel)
        lines = [replace(promise, owner=ownership.WAITING)]
        return Outcome(lines, expects=waiting.expects, wants_person=True)
    known = waiting.owner == ownership.WAITING
    name = live_chat.STILL_WAITING if known else live_chat.NOBODY
    else_ = [rendering.fixed(core, A_PERSON, waiting.channel)]
    return Outcome(_led(else_, name, waiting), expects=waiting.expects)


def _led(said: list[Line], name: str, waiting: Waiting) -> list[Line]:
    return rendering.led(said, wording.text(name, waiting.channel).text)
