"""What a message gets: worked out and stored, in a thread; `gateway.turns` says when."""

from collections.abc import Collection
from dataclasses import replace

from care import (
    contact_form,
    conversations,
    crisis,
    feedback,
    menus,
    my_data,
    outbox,
    own_number,
    piecemeal,
    privacy,
)
from care.conversations import AtOnce, Received
from care.db import Core
from care.safety import Finding
from care.transcript import Outcome, Pick, Said, Waiting
from gateway import late, metrics, own_data, rendering, replies, staffed
from gateway.arrived import Arrived, Prepared
from gateway.assistant import Answer, Question


class Answers:
    """Nothing here waits for anybody but the database."""

    def __init__(self, core: Core, numbered: Collection[str] = ()):
        """`numbered` are the channels that show choices as a numbered list."""
        self.core, self._numbered = core, numbered

    def take_in(
        self, conversation_id: str, arrived: Arrived
    ) -> tuple[Received, Prepared | None, Finding | None]:
        """Stores a message, and prepares its answer if it is the next one to be answered.

        Also gives back the danger in it, or in what was said before and in it together.
        """
        found = self._in_context(conversation_id, arrived.inbound.text, arrived.finding)
        at_once = self._at_once(replace(arrived, finding=found)) or arrived.at_once
        received = conversations.receive(self.core, conversation_id, arrived.inbound, at_once)
        waiting = received.waiting
        prepared = self._prepare(conversation_id, waiting) if waiting else None
        return received, prepared, found

    def _in_context(self, conversation_id: str, text: str, found: Finding | None) -> Finding | None:
        """What the screen saw, by what else was said there: pieces of a danger, a child's age."""
        # A sign such as shaking hands is medical by itself.
        piece = (found is None or found.kind == "medical") and piecemeal.may_be_a_piece(text)
        if not piece and (found is None or found.kind != "violence"):
            return found
        since, most = piecemeal.REMEMBERED, piecemeal.MESSAGES
        before = conversations.lately(self.core, conversation_id, since, most)
        if found and found.kind == "violence":
            minor = contact_form.is_minor([*before, text])
            return replace(found, kind="child", about="self") if minor else found
        return piecemeal.told(text, before) or found

    def _at_once(self, arrived: Arrived) -> AtOnce | None:
        """The reply to a danger, but for what was said before."""
        finding, channel = arrived.finding, arrived.channel
        if finding is None:
            return None
        word = staffed.word(self.core)

        def answer(spoken: tuple[str, ...]) -> Outcome:
            said = self.danger(finding, channel, spoken)
            if arrived.given():
                return replace(said, lines=[replace(x, order=outbox.AS_GIVEN) for x in said.lines])
            return staffed.with_word(self.core, said, word, channel)

        return answer

    def danger(self, found: Finding, channel: str, spoken: crisis.Spoken = ()) -> Outcome:
        """The fixed reply to a danger; needs neither the assistant nor the database."""
        found = crisis.settled(found, spoken)
        name = crisis.danger_text(found, spoken)
        line = replace(rendering.fixed(self.core, name, channel), order=outbox.AS_DANGER)
        return Outcome(lines=(line,), crisis=found.kind)

    def prepare_next(self, conversation_id: str) -> Prepared | None:
        waiting = conversations.next_unanswered(self.core, conversation_id)
        return self._prepare(conversation_id, waiting) if waiting else None

    def _prepare(self, conversation_id: str, waiting: Waiting) -> Prepared:
        """What to ask Rasa; an answer to a crisis text is heard with Rasa down too."""
        if waiting.channel in self._numbered:
            waiting = menus.chosen(self.core, conversation_id, waiting)
        waiting = own_number.filled_in(self.core, conversation_id, waiting)
        label, pick = self._pressed(conversation_id, waiting)
        question = Question(
            conversation=conversation_id,
            channel=waiting.channel,
            id=f"{conversation_id}-{waiting.said.seq}",
            text=privacy.conceal(self.core, conversation_id, waiting.said.text),
            label=label,
            expects=waiting.expects,
            previous=waiting.topic,
            request=None if label or waiting.expects else waiting.request,
            doubted=crisis.denied(waiting.spoken),
        )
        fixed = replies.without_rasa(waiting, question)
        return Prepared(waiting, question, fixed, pick)

    def _pressed(self, conversation_id: str, waiting: Waiting) -> tuple[str | None, Pick | None]:
        """The label of the button pressed, if this conversation was ever offered that button.

        The question whether to delete may be gone itself, deleted by its own button.
        """
        button = waiting.said.button
        if not button or not button.startswith("/"):
            return None, None
        if button[1:] in my_data.CONFIRMS:
            return button[1:], None
        said = conversations.history(self.core, conversation_id)
        offered = {offer.get("payload") for line in said for offer in line.buttons}
        offered |= menus.standing(waiting.channel)
        if button not in offered:
            return None, None
        return late.label(button, waiting.expects), feedback.pick_in(said, button)

    def conclude(self, prepared: Prepared, answer: Answer) -> tuple[list[Said], bool]:
        """Stores the answer; also says whether Rasa must forget where its dialogue stands."""
        waiting, question = prepared.waiting, prepared.question
        stay = replies.instead(waiting, question, answer)
        if danger := self.danger_heard(waiting, answer.label):
            outcome = danger
        elif stay:
            line = rendering.fixed(self.core, stay, question.channel)
            outcome = Outcome(rendering.disclosed(self.core, waiting, [line]))
        else:
            outcome = replies.answered(self.core, waiting, question, answer)
            outcome = replace(
                outcome,
                lines=rendering.welcomed(self.core, question.conversation, waiting, outcome.lines),
            )
        outcome = replace(outcome, pick=prepared.pick)
        said = conversations.answer(self.core, question.conversation, waiting.said.seq, outcome)
        if said:  # or a person answers this one
            metrics.answered(waiting, outcome)
        return said, outcome.crisis is not None or stay is not None or replies.forgets(answer)

    def beside_staff(self, waiting: Waiting, question: Question, label: str) -> Outcome:
        """What is said though a person answers; nothing, as a rule."""
        danger = self.danger_heard(waiting, label)
        return danger or own_data.answer(self.core, waiting, question, label) or Outcome()

    def danger_heard(self, waiting: Waiting, label: str) -> Outcome | None:
        """The reply to a danger that the assistant heard."""
        if not label.startswith("crisis/") or replies.mourns(waiting):
            return None
        kind = label.removeprefix("crisis/")
        found = crisis.seen_by_classifier(kind, waiting.said.text, waiting.crisis)
        outcome = self.danger(found, waiting.channel, waiting.spoken)
        return staffed.with_word(self.core, outcome, staffed.word(self.core), waiting.channel)
