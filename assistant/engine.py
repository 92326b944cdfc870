"""Rasa's dialogue, made strict: a turn succeeds whole, or leaves the conversation as it was.

Rasa itself logs a failed action with a traceback, goes on and stores a conversation in which
the action seems to have run.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant import once
from assistant.context import ALONE, CONTEXT, Context
from assistant.loading import open_model

TURN_SECONDS = 5.0

# Each of these warnings would repeat what a visitor wrote, or says nothing new at run time.
for _name in ("rasa.core.actions.action", "rasa.core.processor", "rasa.utils.endpoints"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class TurnFailedError(BaseException):
    """An action failed. Not an Exception, because Rasa would swallow that and go on."""

    def __init__(self, action: str, why: str):
        super().__init__(f"{action}: {why}")
        self.action, self.why = action, why


class StrictAction(Action):
    """Any action of Rasa's; its failure ends the turn."""

    def __init__(self, action: Action):
        self._action = action

    def name(self) -> str:
        return str(self._action.name())

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        try:
            return list(await self._action.run(output_channel, nlg, tracker, domain))
        except ActionExecutionRejection:
            raise  # how a form says "this message is not for me"
        except Exception as error:  # noqa: BLE001  (the edge to other people's code)
            raise TurnFailedError(self.name(), type(error).__name__) from None

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> ActionExecuted:
        return self._action.event_for_successful_execution(prediction)


class StrictProcessor(MessageProcessor):
    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        return open_model(Path(model_path))

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        try:
            action, prediction = super().predict_next_with_tracker_if_should(tracker)
        except ActionLimitReached:
            raise TurnFailedError("dialogue", "ActionLimitReached") from None
        return StrictAction(action), prediction

    def understand(self, text: str, context: Context = ALONE) -> dict[str, Any]:
        """Rasa's parse data."""
        # Without its slash, because Rasa would obey a typed "/intent" as if it were its own.
        message = UserMessage(text.lstrip("/ \n\t"), metadata={CONTEXT: context})
        nobody = DialogueStateTracker.from_events(message.sender_id, [])
        return {**self._parse_message_with_graph(message, nobody), "text": text}

    async def turn(self, message: UserMessage) -> None:
        """Raises TurnFailedError or TimeoutError; then nothing of the turn is stored."""
        async with asyncio.timeout(TURN_SECONDS):
            await self.handle_message(message)


class GuideAgent(Agent):
    """An agent with the strict processor and without Rasa's silent fall-back store."""

    processor: StrictProcessor

    @classmethod
    def of(
        cls,
        model: Path,
        tracker_store: TrackerStore | None = None,
        action_endpoint: EndpointConfig | None = None,
    ) -> "GuideAgent":
        once.prepare()
        agent = cls(tracker_store=tracker_store, action_endpoint=action_endpoint)
        agent.load_model(model)
        return agent

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        self.processor = StrictProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.tracker_store.domain = self.processor.domain
        self.nlg.responses = self.domain.responses  # words come from the domain of this model

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        # Rasa would keep conversations in memory when the database is away, and lose them.
        return store if store is not None else Agent._create_tracker_store(None, domain)
