"""The assistant's answer as one visitor gets it: what is added in danger, and gently outside it."""

from dataclasses import replace

from care import conversations, crisis, feelings, gentle, language, wording
from care.crisis import Heard
from care.db import Core
from care.transcript import Line, Outcome, Said, Waiting
from gateway import rendering
from gateway.assistant import Answer, Question

NOT_UNDERSTOOD = {"utter_out_of_scope", "utter_unsure", "utter_unsure_twice"}
SAME_ANSWER, OTHER_TOPICS = "utter_same_answer", 2
LOOKED_BACK = 30  # lines
ENGLISH_ONLY = "utter_english_only" + wording.SPANISH


def answered(core: Core, waiting: Waiting, question: Question, answer: Answer) -> Outcome:
    """The lines to store for an answer that stands."""
    if mourns(waiting):
        return Outcome(lines=[rendering.fixed(core, _named(gentle.LOSS, waiting), waiting.channel)])
    plain = rendering.lines(core, question.conversation, answer)
    is_free = not (waiting.crisis or waiting.expects or question.label)
    if is_free:
        plain = _not_the_same_again(core, waiting, question, answer, plain)
    lines = rendering.disclosed(core, waiting, plain)
    topic = answer.label if answer.label.startswith("faq/") else None
    if waiting.crisis:
        lines = _in_danger(core, waiting, lines, topic)
    elif is_free:
        if lines is plain:  # one line before an answer is enough
            lines = _met(core, waiting, question, answer, lines)
        lines = _met_in_spanish(core, waiting, question, lines)
        lines = _followed(core, waiting, question, answer, lines)
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
    if lines[0].response == crisis.A_PERSON:
        words = wording.text(crisis.MEANWHILE, waiting.channel).text
        return rendering.in_crisis(core, rendering.led(lines, words), calls)
    return rendering.in_crisis(core, lines, calls) if waiting.expects else lines


def _met(
    core: Core, waiting: Waiting, question: Question, answer: Answer, lines: list[Line]
) -> list[Line]:
    """A loss is met before the answer, or in place of none; else a feeling is."""
    text, channel = waiting.said.text, waiting.channel
    if gentle.tells_of_loss(text):
        if lines[0].response in gentle.NO_ANSWER:
            return [rendering.fixed(core, _named(gentle.LOSS, waiting), channel)]
        due = gentle.is_due(_before(core, question, waiting), lines)
        name = _named(gentle.LOSS_LINE, waiting)
        return rendering.led(lines, wording.text(name, channel).text) if due else lines
    if not (answer.label.startswith("faq/") and feelings.told_in(text)):
        return lines
    words = feelings.warm_line(_before(core, question, waiting), channel)
    return rendering.led(lines, words) if words else lines


def _met_in_spanish(
    core: Core, waiting: Waiting, question: Question, lines: list[Line]
) -> list[Line]:
    """Once in a while: that the guide answers in English, and who speaks Spanish."""
    if language.of(waiting.said.text) != "es":
        return lines
    line = rendering.fixed(core, ENGLISH_ONLY, waiting.channel)
    before = _before(core, question, waiting)
    if any(said.author == "guide" and line.text in said.text for said in before):
        return lines
    if lines[0].response in NOT_UNDERSTOOD:
        return [line]
    return rendering.led(lines, line.text)


def _not_the_same_again(
    core: Core, waiting: Waiting, question: Question, answer: Answer, lines: list[Line]
) -> list[Line]:
    """Nobody gets one answer twice running: its next topics and a person come in its place."""
    if answer.label != waiting.topic or len(lines) != 1:
        return lines
    spoken = [said.text for said in _before(core, question, waiting) if said.author == "guide"]
    if not spoken or lines[0].text not in spoken[-1]:
        return lines
    same = rendering.fixed(core, SAME_ANSWER, waiting.channel)
    topics = [b for b in lines[0].buttons if b.get("payload", "").startswith("/faq/")]
    return [replace(same, buttons=(*topics[:OTHER_TOPICS], *same.buttons))]


def _named(name: str, waiting: Waiting) -> str:
    """The text of that name in the language of the message."""
    return wording.translated([name], language.of(waiting.said.text) == "es")


def _followed(
    core: Core, waiting: Waiting, question: Question, answer: Answer, lines: list[Line]
) -> list[Line]:
    """What may hint at danger gets a line after the answer."""
    unclear = answer.unclear or gentle.hints_at_danger(waiting.said.text)
    if not (unclear and gentle.is_due(_before(core, question, waiting), lines)):
        return lines
    name = _named(gentle.UNCLEAR, waiting)
    return rendering.followed(lines, wording.text(name, waiting.channel).text)


def _before(core: Core, question: Question, waiting: Waiting) -> list[Said]:
    """What was said lately: a conversation's two hundredth turn costs what its tenth does."""
    after = max(waiting.said.seq - LOOKED_BACK, 0)
    history = conversations.history(core, question.conversation, after)
    return [said for said in history if said.seq < waiting.said.seq]


def _expected(answer: Answer) -> str | None:
    """The form slot that the last reply asks for."""
    return answer.replies[-1].metadata.expects if answer.replies else None
