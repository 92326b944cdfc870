"""One's own data while a person has the chat: the guide shows it, asks, and deletes all the same.

Nobody on the staff can do that for a visitor, and nobody may stand in its way.
"""

from dataclasses import replace

from care import conversations, my_data, ownership, retention, wording
from care.db import Core
from care.transcript import Line, Outcome, Waiting
from gateway import rendering
from gateway.assistant import Question

WISHES = {"delete_my_data", "my_data"}
ASKED, DELETED = "utter_delete_my_data", "utter_data_deleted"
KEPT, GONE = "utter_data_kept", "utter_data_gone"
YES_NO = {"affirm": my_data.DELETE, "deny": my_data.KEEP}
OFFERED = {f"/{label}" for label in WISHES | my_data.CONFIRMS}  # of no other choice is there talk


def by_button(question: Question) -> str | None:
    """The label of a button about one's data: it needs no listening."""
    return question.label if question.label in WISHES | my_data.CONFIRMS else None


def answer(core: Core, waiting: Waiting, question: Question, label: str) -> Outcome | None:
    """What a message that means this gets; None for any other."""
    if label in YES_NO and _asked_last(core, waiting, question):
        label = YES_NO[label]
    if label in WISHES:
        return _beside_staff(core, waiting, question, my_data.response_to(waiting.said.text))
    if label not in my_data.CONFIRMS:
        return None
    if my_data.is_gone(core, question.conversation):
        return _beside_staff(core, waiting, question, GONE)
    if label == my_data.KEEP:
        return _beside_staff(core, waiting, question, KEPT)
    retention.forget(core, question.conversation)
    line = rendering.fixed(core, DELETED, waiting.channel)
    return Outcome([replace(line, owner=ownership.GUIDE)])


def deletes(outcome: Outcome) -> bool:
    return any(line.response == DELETED for line in outcome.lines)


def _asked_last(core: Core, waiting: Waiting, question: Question) -> bool:
    history = conversations.history(core, question.conversation)
    before = [s for s in history if s.seq < waiting.said.seq and s.author != "visitor"]
    return bool(before) and before[-1].response == ASKED


def _beside_staff(core: Core, waiting: Waiting, question: Question, name: str) -> Outcome:
    line = rendering.fixed(core, name, waiting.channel, author="system")
    kept = my_data.placeholders(core, question.conversation, line.text)
    buttons = tuple(b for b in line.buttons if b.get("payload", "/my_data") in OFFERED)
    said: Line = replace(line, text=wording.fill(line.text, kept), buttons=buttons)
    return Outcome([said], beside_staff=True)
