"""One inbound message to its answer: screened, stored, answered, in order per conversation."""

import asyncio
import time
from collections.abc import Callable, Collection
from functools import partial

import structlog

from care import conversations
from care.db import Core
from care.errors import StorageDownError, UnknownConversationError
from care.ownership import ASK_BUTTON, STAFF
from care.safety import Finding
from care.transcript import Inbound, Outcome, Waiting
from gateway import metrics, own_data, rendering, replies, staffed
from gateway.answers import Answers
from gateway.arrived import Arrived, Prepared
from gateway.assistant import Assistant, AssistantDownError
from gateway.hub import Hub
from gateway.intake import Intake
from gateway.leaving import Leaving
from gateway.threads import Threads
from gateway.trouble import Trouble

log = structlog.get_logger()

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
GIVE_UP_SECONDS = 15 * 60.0


class Turns:
    """Takes messages in and sees that each is answered once, whatever breaks on the way."""

    def __init__(
        self,
        core: Core,
        assistant: Assistant,
        hub: Hub,
        alert_staff: Callable[[], None],
        numbered: Collection[str] = (),
    ):
        """`numbered` are the channels that show choices as a numbered list."""
        self.core, self.assistant, self.hub = core, assistant, hub
        self.answers = Answers(core, numbered)
        self._alert_staff = alert_staff
        self._threads, self._intake, self._leaving = Threads(), Intake(), Leaving(assistant)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._came: set[str] = set()  # something came there while its worker was at work
        self._alarmed: set[str] = set()  # and danger did
        self.unheard: set[str] = set()  # chats of staff that the assistant cannot listen to now

    async def receive(
        self, conversation_id: str, channel: str, inbound: Inbound, finding: Finding | None
    ) -> int:
        """Stores a message and starts its answer; danger is answered in the same stroke.

        `finding` is what the screen saw in it. Raises UnknownConversationError with nothing
        stored, and StorageDownError if it is not stored in time: it may be yet, danger will be.
        """
        settings, key = self.core.settings, (conversation_id, inbound.external_id)
        store = partial(self.take, conversation_id, Arrived(channel, inbound, finding))
        if finding is None:
            return await self._intake.store(key, store, settings.storage_timeout_seconds)
        try:
            return await self._intake.store(key, store, settings.danger_timeout_seconds)
        except StorageDownError:
            self._intake.repeat(key, store)
            raise

    async def take(self, conversation_id: str, arrived: Arrived) -> int:
        """The same, however long it takes."""
        started = time.monotonic()
        received, next_one, finding = await self._threads.run(
            self.answers.take_in, conversation_id, arrived
        )
        self.hub.tell(conversation_id, received.said)
        if received.ended or received.left_person:
            self._leaving.begin(conversation_id)
        if finding is None:
            self.work_on(conversation_id, next_one)
        elif received.said:
            metrics.screened(arrived.channel, finding.kind, time.monotonic() - started)
            self._alert_staff()
            if conversation_id in self._workers:
                self._alarmed.add(conversation_id)
        return received.seq

    def danger(self, found: Finding, channel: str) -> Outcome:
        """The fixed reply to a danger; needs neither the assistant nor the database."""
        return self.answers.danger(found, channel)

    def work_on(self, conversation_id: str, first: Prepared | None = None) -> None:
        """Answers what is unanswered there, unless that is under way. `first` is known already."""
        worker = self._workers.get(conversation_id)
        if worker is None or worker.done():
            task = asyncio.create_task(self._run(conversation_id, first))
            self._workers[conversation_id] = task
            task.add_done_callback(lambda done: self._finished(conversation_id, done))
        else:
            self._came.add(conversation_id)

    async def resume(self) -> None:
        """After a restart: takes up every message that was stored and not answered."""
        for conversation_id in await self._threads.run(conversations.unanswered, self.core):
            self.work_on(conversation_id)

    async def stop(self) -> None:
        for task in list(self._workers.values()):
            task.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        await self._intake.stop()
        await self._leaving.stop()

    def _finished(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        if self._workers.get(conversation_id) is task:
            del self._workers[conversation_id]
            self._came.discard(conversation_id)
            self._alarmed.discard(conversation_id)
        if not task.cancelled() and (error := task.exception()):
            log.error("turn_broke", conversation=conversation_id, why=type(error).__name__)

    async def _run(self, conversation_id: str, first: Prepared | None) -> None:
        try:
            prepared = first or await self._next(conversation_id)
            while prepared:
                await self._answer_in_the_end(conversation_id, prepared)
                prepared = await self._next(conversation_id)
        except UnknownConversationError:
            return
        except StorageDownError:
            log.error("storage_down_in_turn", conversation=conversation_id)

    async def _next(self, conversation_id: str) -> Prepared | None:
        """Looks again if something came during the look, so that nothing waits for a resume."""
        while True:
            self._came.discard(conversation_id)
            prepared = await self._threads.run(self.answers.prepare_next, conversation_id)
            if prepared or conversation_id not in self._came:
                return prepared

    async def _answer_in_the_end(self, conversation_id: str, prepared: Prepared) -> None:
        """Tries until it is answered; after the first miss, or a while, the visitor knows."""
        waiting, started, attempt = prepared.waiting, time.monotonic(), 0
        with Trouble(self.core, self.hub, self._threads, conversation_id, waiting) as trouble:
            while True:
                try:
                    now = await self._again(conversation_id, waiting) if attempt else prepared
                    return await self._answer(conversation_id, now) if now else None
                except (AssistantDownError, StorageDownError) as error:
                    metrics.failed(isinstance(error, AssistantDownError))
                    seq = waiting.said.seq
                    log.warning(
                        "turn_failed", conversation=conversation_id, seq=seq, why=str(error)
                    )
                await trouble.admit()
                if time.monotonic() - started > GIVE_UP_SECONDS:
                    metrics.MESSAGES.labels(waiting.channel, "given_up").inc()
                    return await trouble.give_up()
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1

    async def _again(self, conversation_id: str, waiting: Waiting) -> Prepared | None:
        """The same message after a miss; None if a person has dealt with it meanwhile."""
        prepared = await self._threads.run(self.answers.prepare_next, conversation_id)
        return prepared if prepared and prepared.waiting.said.seq == waiting.said.seq else None

    async def _answer(self, conversation_id: str, prepared: Prepared) -> None:
        if conversation_id in self._alarmed:
            return await self._answer_after_danger(conversation_id)
        if prepared.waiting.owner == STAFF:
            return await self._listen(conversation_id, prepared)
        if prepared.question.label == ASK_BUTTON[1:]:
            return await self._ask_person(conversation_id, prepared.waiting)
        if prepared.fixed:
            return await self._say_fixed(conversation_id, prepared.waiting, prepared.fixed)
        with self.hub.typing(conversation_id):
            await self._leaving.finished(conversation_id)
            answer = await self.assistant.ask(prepared.question)
            if conversation_id in self._alarmed:
                self._leaving.begin(conversation_id)  # this turn may have gone on with a form
                return await self._answer_after_danger(conversation_id)
            said, leaves = await self._threads.run(self.answers.conclude, prepared, answer)
        self.hub.tell(conversation_id, said)
        if leaves:
            self._alert_staff()
            self._leaving.begin(conversation_id)

    async def _listen(self, conversation_id: str, prepared: Prepared) -> None:
        """A person answers this one; the assistant listens for danger in it, and for one's data."""
        waiting, question = prepared.waiting, prepared.question
        try:
            label = own_data.by_button(question) or await self.assistant.hear(question)
        except AssistantDownError:
            self.unheard.add(conversation_id)
            self.hub.wake(conversation_id)
            raise
        self.unheard.discard(conversation_id)
        outcome = await self._threads.run(self.answers.beside_staff, waiting, question, label)
        await self._store(conversation_id, waiting, outcome)
        if outcome.crisis:
            self._alert_staff()
        if own_data.deletes(outcome):
            self._leaving.begin(conversation_id)

    async def _ask_person(self, conversation_id: str, waiting: Waiting) -> None:
        outcome = await self._threads.run(staffed.asked, self.core, conversation_id, waiting)
        await self._store(conversation_id, waiting, outcome)
        self._alert_staff()

    async def _store(self, conversation_id: str, waiting: Waiting, outcome: Outcome) -> None:
        told = (self.core, conversation_id, waiting.said.seq, outcome)
        self.hub.tell(conversation_id, await self._threads.run(conversations.answer, *told))
        metrics.answered(waiting, outcome)

    async def _answer_after_danger(self, conversation_id: str) -> None:
        """What was under way when danger came is answered as one answers in danger."""
        prepared = await self._threads.run(self.answers.prepare_next, conversation_id)
        self._alarmed.discard(conversation_id)
        if prepared:
            await self._answer(conversation_id, prepared)

    async def _say_fixed(self, conversation_id: str, waiting: Waiting, name: str) -> None:
        line = rendering.fixed(self.core, name, waiting.channel)
        lines = rendering.disclosed(self.core, waiting, [line])
        said = rendering.welcomed(self.core, conversation_id, waiting, lines)
        topic = replies.ABOUT if name == f"utter_{replies.ABOUT}" else None
        outcome = Outcome(said, expects=waiting.expects, topic=topic)
        await self._store(conversation_id, waiting, outcome)

    def leave_dialogue(self, conversation_id: str) -> None:
        """Rasa forgets where it stood, because somebody else goes on or all is deleted."""
        self._leaving.begin(conversation_id)
