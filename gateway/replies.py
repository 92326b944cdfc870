"""The assistant's answer as one visitor gets it: what is added in danger, and gently outside it."""

from care import conversations, crisis, feelings, gentle, wording
from care.crisis import Heard
from care.db import Core
from care.transcript import Line, Outcome, Said, Waiting
from gateway import rendering
from gateway.assistant import Answer, Question


def answered(core: Core, waiting: Waiting, question: Question, answer: Answer) -> Outcome:
    """The lines to store for an answer that stands."""
    if mourns(waiting):
        return Outcome(lines=[rendering.fixed(core, gentle.LOSS, waiting.channel)])
    lines = rendering.lines(core, question.conversation, answer)
    topic = answer.label if answer.label.startswith("faq/") else None
    if waiting.crisis:
        lines = _in_danger(core, waiting, lines, topic)
    elif waiting.expects is None and question.label is None:
        lines = _beside(core, waiting, question.conversation, answer, lines)
    return Outcome(lines=lines, expects=_expected(answer), topic=topic)


def instead(waiting: Waiting, question: Question, answer: Answer) -> str | None:
    """In a crisis: the text in place of the dialogue's, unless this was asked for by a button."""
    if waiting.crisis is None or question.label or waiting.expects:
        return None
    responses = tuple(reply.response for reply in answer.replies)
    heard = Heard(waiting.said.text, answer.label, responses)
    return crisis.instead(waiting.crisis, heard, waiting.spoken)


def mourns(waiting: Waiting) -> bool:
    """Outside danger and the form: a loss long past, told and nothing else."""
    elsewhere = waiting.crisis or waiting.expects
    return not elsewhere and gentle.is_only_a_past_loss(waiting.said.text)


def _in_danger(core: Core, waiting: Waiting, lines: list[Line], topic: str | None) -> list[Line]:
    """The numbers to call stay on offer beside topics and beside the contact form."""
    calls = crisis.call_buttons(waiting.crisis or "", waiting.spoken)
    if topic:
        return rendering.in_crisis(core, lines, calls)
    if lines[0].response == crisis.ASKS_FOR_CONTACT:
        first = rendering.fixed(core, crisis.CONTACT, waiting.channel)
        return [first, *rendering.in_crisis(core, lines[1:], calls)]
    return rendering.in_crisis(core, lines, calls) if waiting.expects else lines


def _beside(
    core: Core, waiting: Waiting, conversation_id: str, answer: Answer, lines: list[Line]
) -> list[Line]:
    """A loss is met first; else a feeling is, and what may hint at danger gets a line more."""
    text, channel = waiting.said.text, waiting.channel
    loss, feeling = gentle.tells_of_loss(text), feelings.told_in(text)
    unclear = answer.unclear or gentle.hints_at_danger(text)
    if loss and lines[0].response in gentle.NO_ANSWER:
        return [rendering.fixed(core, gentle.LOSS, channel)]
    if not (loss or feeling or unclear):
        return lines
    before = _before(core, conversation_id, waiting)
    due = gentle.is_due(before, lines)
    if loss and due:
        return rendering.led(lines, wording.text(gentle.LOSS_LINE, channel).text)
    if feeling and answer.label.startswith("faq/"):
        words = feelings.warm_line(before, channel)
        lines = rendering.led(lines, words) if words else lines
    if unclear and due:
        lines = rendering.followed(lines, wording.text(gentle.UNCLEAR, channel).text)
    return lines


def _before(core: Core, conversation_id: str, waiting: Waiting) -> list[Said]:
    history = conversations.history(core, conversation_id)
    return [said for said in history if said.seq < waiting.said.seq]


def _expected(answer: Answer) -> str | None:
    """The form slot that the last reply asks for."""
    return answer.replies[-1].metadata.get("expects") if answer.replies else None
