"""The assistant's answer as one visitor gets it: what is added in danger, and gently outside it."""

from dataclasses import replace

from care import (
    conversations,
    crisis,
    disclosure,
    feelings,
    gentle,
    language,
    live_chat,
    opt_outs,
    outbox,
    wording,
    young,
)
from care.crisis import Heard
from care.db import Core
from care.ownership import BACK_BUTTON
from care.transcript import Line, Outcome, Said, Waiting
from gateway import rendering, staffed
from gateway.assistant import Answer, Question

NOT_UNDERSTOOD = {"utter_out_of_scope", "utter_unsure", "utter_unsure_twice"}
ABOUT = "faq/about_guide"
SAME_ANSWER, OTHER_TOPICS = "utter_same_answer", 2
STOP, OPTED_OUT = "stop_messages", "utter_opted_out"
LOOKED_BACK, LAST_FEW = 30, 6  # lines
ENGLISH_ONLY = "utter_english_only" + wording.SPANISH


def answered(core: Core, waiting: Waiting, question: Question, answer: Answer) -> Outcome:
    """The lines to store for an answer that stands."""
    by_text = waiting.channel != "web" and not (waiting.crisis or waiting.expects)
    if by_text and answer.label == STOP:
        line = rendering.fixed(core, OPTED_OUT, waiting.channel)
        return Outcome(lines=[replace(line, order=outbox.AS_RECEIPT)], opt=opt_outs.OUT)
    if mourns(waiting):
        return Outcome(lines=[rendering.fixed(core, _named(gentle.LOSS, waiting), waiting.channel)])
    if staffed.may_agree(waiting, answer.label) and staffed.offered_last(
        _before(core, question, waiting)
    ):
        return staffed.asked(core, question.conversation, waiting)
    if name := _for_the_young(core, waiting, question, answer):
        line = rendering.fixed(core, name, waiting.channel)
        return Outcome(lines=rendering.disclosed(core, waiting, [line]))
    plain = rendering.lines(core, question.conversation, answer)
    plain = staffed.offering(core, waiting, plain)
    is_free = not (waiting.crisis or waiting.expects or question.label)
    if is_free:
        plain = _not_the_same_again(core, waiting, question, answer, plain)
    lines = rendering.disclosed(core, waiting, plain)
    topic = answer.label if answer.label.startswith("faq/") else None
    if waiting.crisis:
        lines = _in_danger(core, waiting, lines, topic)
        if topic and crisis.denied(waiting.spoken):
            lines = _followed(core, waiting, question, answer, lines)
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
    heard = Heard(waiting.said.text, answer.label, responses, is_guess=bool(answer.beside))
    return crisis.instead(waiting.crisis, heard, waiting.spoken)


def without_rasa(waiting: Waiting, question: Question) -> str | None:
    """The fixed text for a message that needs no understanding: in a crisis, or "are you real?"."""
    if question.label == BACK_BUTTON[1:]:
        return live_chat.WITH_GUIDE
    if waiting.expects or question.label:
        return None
    if waiting.crisis:
        return crisis.answer_to(waiting.crisis, waiting.spoken, waiting.said.text)
    return f"utter_{ABOUT}" if disclosure.is_all_they_ask(waiting) else None


def forgets(answer: Answer) -> bool:
    """Did the dialogue just delete this visitor's data?"""
    return any(reply.metadata.forgets for reply in answer.replies)


def mourns(waiting: Waiting) -> bool:
    """Outside danger and the form: a loss long past, told and nothing else."""
    elsewhere = waiting.crisis or waiting.expects
    return not elsewhere and gentle.is_only_a_past_loss(waiting.said.text)


def _for_the_young(core: Core, waiting: Waiting, question: Question, answer: Answer) -> str | None:
    """Outside danger and the form: words for a child, in place of advice for grown-ups."""
    if waiting.crisis or waiting.expects or question.label or not _advises(answer):
        return None
    if not young.tells_of_home(waiting.said.text):
        return None
    before = _before(core, question, waiting)
    words = [said.text for said in before if said.author == "visitor"]
    if not young.is_child([*words, waiting.said.text]):
        return None
    last = next((said.response for said in reversed(before) if said.author == "guide"), None)
    return young.MORE if last == young.HOME else young.HOME


def _advises(answer: Answer) -> bool:
    if not answer.replies:
        return False
    return answer.label.startswith("faq/") or answer.replies[0].response in gentle.NO_ANSWER


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
    if gentle.asks_to_mix(text) and gentle.is_warning_due(_before(core, question, waiting)):
        if lines[0].response in gentle.NO_ANSWER:
            return [rendering.fixed(core, gentle.MIXING, channel)]
        return rendering.led(lines, wording.text(gentle.MIXING, channel).text)
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
    before = _before(core, question, waiting, LAST_FEW)
    spoken = [said.text for said in before if said.author == "guide"]
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


def _before(
    core: Core, question: Question, waiting: Waiting, lines: int = LOOKED_BACK
) -> list[Said]:
    """What was said lately: a conversation's two hundredth turn costs what its tenth does."""
    after = max(waiting.said.seq - lines, 0)
    history = conversations.history(core, question.conversation, after)
    return [said for said in history if said.seq < waiting.said.seq]


def _expected(answer: Answer) -> str | None:
    """The form slot that the last reply asks for."""
    return answer.replies[-1].metadata.expects if answer.replies else None
