"""The measurements: what is sent to the systems, in which order, and what is timed."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Final

from bench.processes import BenchError
from bench.report import Samples
from bench.system import ROOT, Conversation, System
from tools.content import read_content

# Plain questions: none of them is near a crisis, which the guide answers in another way.
TOPICS: Final = (
    *("iop_definition", "iop_vs_residential", "iop_cost", "iop_expectations", "iop_limits"),
    *("iop_therapies", "iop_assessment", "iop_treatment_plan", "iop_schedule", "iop_sessions"),
    *("iop_family", "iop_testing", "levels_of_care", "residential", "php", "outpatient"),
    *("sober_living", "paying_for_treatment", "about_guide"),
)
LONGEST_QUESTION: Final = 160
STARTS: Final = 3
IDLE_SECONDS: Final = 5.0
ANSWER_CONVERSATIONS: Final = 20
ANSWERS_EACH: Final = 10
FORM_CONVERSATIONS: Final = 20
# The first answer is not timed: it may be a button's. The others are checked by an action.
FORM_SLOTS: Final = ("for", "name", "reach", "time", "voicemail")
FORM_TURNS: Final = ("For me", "Maria", "415-555-0134", "tomorrow morning")
LONG_CONVERSATIONS: Final = 3
EARLY: Final = range(6, 15)
LATE: Final = range(196, 205)
# Divides 190, so that the early and the late turns are the same questions.
ROTATION: Final = 38
# No further round of starts, or long conversation, begins after so long: ten minutes in all.
ENOUGH_STARTS_SECONDS: Final = 200.0
ENOUGH_TURNS_SECONDS: Final = 220.0


def questions() -> list[str]:
    """The first two short examples of each plain topic, as both systems were taught them."""
    taught = read_content(ROOT / "data").examples
    found: list[str] = []
    for topic in TOPICS:
        texts = [e.text for e in taught if e.label == f"faq/{topic}"]
        found += [text for text in texts if len(text) <= LONGEST_QUESTION][:2]
    if len(found) != ROTATION:
        raise BenchError(f"data/ has {len(found)} of the {ROTATION} questions to ask")
    return found


def measure_starts(systems: Sequence[System], asked: list[str], samples: Samples) -> None:
    """Each system alone: from the spawning of its servers to its first answer, then memory."""
    opened = time.monotonic()
    for number in range(STARTS):
        if number and time.monotonic() - opened > ENOUGH_STARTS_SECONDS:
            break
        for system in systems:
            began = time.monotonic()
            with _running([system]):
                with _conversations([system]) as [(_, conversation)]:
                    conversation.say(asked[0])
                samples.add(system.name, "start", time.monotonic() - began)
                time.sleep(IDLE_SECONDS)
                samples.add(system.name, "memory", system.memory())


def measure_turns(systems: Sequence[System], asked: list[str], samples: Samples) -> None:
    """All systems at once, one request at a time, in turn: what disturbs one disturbs the other."""
    began = time.monotonic()
    with _running(systems):
        for number in range(ANSWER_CONVERSATIONS + 1):
            # The first round only warms up.
            _ask(systems, asked, number, samples if number else Samples())
        for number in range(FORM_CONVERSATIONS + 1):
            _fill_form(systems, samples if number else Samples())
        for number in range(LONG_CONVERSATIONS):
            if number == 0 or time.monotonic() - began < ENOUGH_TURNS_SECONDS:
                _talk_long(systems, asked, samples)


def _ask(systems: Sequence[System], asked: list[str], number: int, samples: Samples) -> None:
    with _conversations(systems) as conversations:
        for turn in range(ANSWERS_EACH):
            text = asked[(number * ANSWERS_EACH + turn) % len(asked)]
            for system, conversation in conversations:
                samples.add(system.name, "answer", conversation.say(text).seconds)


def _fill_form(systems: Sequence[System], samples: Samples) -> None:
    questions_of_form = _form_questions()
    with _conversations(systems) as conversations:
        for _, conversation in conversations:
            conversation.ask_for_a_call()
        for number, text in enumerate(FORM_TURNS):
            for system, conversation in conversations:
                answer = conversation.say(text)
                if answer.texts[-1] not in questions_of_form[number + 1 :]:
                    raise BenchError(f"{system.name}: {text!r} did not take the form further")
                if number:
                    samples.add(system.name, "form", answer.seconds)


def _form_questions() -> list[str]:
    """The plain questions of the contact form in their order; both systems ask in these words."""
    said = {r.name: r.text for r in read_content(ROOT / "data").responses if r.channel == "web"}
    return [said[f"utter_ask_contact_{slot}"] for slot in FORM_SLOTS]


def _talk_long(systems: Sequence[System], asked: list[str], samples: Samples) -> None:
    with _conversations(systems) as conversations:
        for turn in range(1, LATE.stop):
            for system, conversation in conversations:
                answer = conversation.say(asked[turn % ROTATION])
                for name, window in (("turn_10", EARLY), ("turn_200", LATE)):
                    if turn in window:
                        samples.add(system.name, name, answer.seconds)


@contextmanager
def _running(systems: Sequence[System]) -> Iterator[None]:
    with ExitStack() as stack:
        for system in systems:
            # Before the start: one that fails half-way leaves no process behind.
            stack.callback(system.stop)
            system.start()
        yield


@contextmanager
def _conversations(systems: Sequence[System]) -> Iterator[list[tuple[System, Conversation]]]:
    with ExitStack() as stack:
        yield [(system, stack.enter_context(closing(system.converse()))) for system in systems]
