"""Rasa's intent classifier for this guide: one model over the full labels (`faq/iop_cost`)."""

import json
from collections.abc import Mapping
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant import fingerprint
from assistant.decision import Decider, Scored, Thresholds, Understood
from assistant.encoder import ENCODER, FOLDER, SentenceEncoder
from assistant.head import Head, fit, softmax
from assistant.parse_data import intent_data
from assistant.tuning import Aims, temperature_of, thresholds_of
from assistant.wordforms import plain

HEAD = "head.joblib"
TUNED = "tuned.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuideClassifier(IntentClassifier, GraphComponent):
    """Fills `intent`, `intent_ranking` and `response_selector`. Keeps no answers."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        aims = Aims()
        return {
            "encoder": ENCODER,
            "kept": aims.kept,
            "false_alarms": aims.false_alarms,
            # So that Rasa's cache notices a change in the code below this class.
            "code": fingerprint.of_code(),
        }

    def __init__(self, config: Mapping[str, Any], storage: ModelStorage, resource: Resource):
        self._config, self._storage, self._resource = config, storage, resource
        self._encoder = SentenceEncoder.load(FOLDER / str(config["encoder"]))
        self._head: Head | None = None
        self._temperature = 1.0
        self._decider: Decider | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GuideClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        texts = [plain(str(message.get(TEXT))) for message in examples]
        labels = [_full_label(message) for message in examples]
        head, unseen = fit(texts, self._encoder.encode(texts), labels)
        temperature = temperature_of(unseen)
        aims = Aims(kept=self._config["kept"], false_alarms=self._config["false_alarms"])
        thresholds = thresholds_of(unseen, temperature, aims)
        self._use(head, temperature, thresholds)
        self._persist(head, thresholds)
        return self._resource

    def _use(self, head: Head, temperature: float, thresholds: Thresholds) -> None:
        self._head, self._temperature = head, temperature
        self._decider = Decider(head.labels, thresholds)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            expects = (message.get("metadata") or {}).get("expects")
            found = self.understand(str(message.get(TEXT) or ""), expects)
            for key, value in intent_data(found.label, found.confidence, found.ranking).items():
                message.set(key, value, add_to_output=True)
        return messages

    def understand(self, text: str, expects: str | None) -> Understood:
        if self._head is None or self._decider is None:
            raise RuntimeError("the classifier is not trained")
        spelled = plain(text)
        scores, nearest = self._head.judge(spelled, self._encoder.encode([spelled])[0])
        probabilities = softmax(scores[None], self._temperature)[0]
        return self._decider.decide(text, Scored(scores, probabilities, nearest), expects)

    def _persist(self, head: Head, thresholds: Thresholds) -> None:
        tuned = {"temperature": self._temperature, "thresholds": thresholds.as_dict()}
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(head, folder / HEAD)
            (folder / TUNED).write_text(json.dumps(tuned), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "GuideClassifier":
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            tuned = json.loads((folder / TUNED).read_text("utf-8"))
            head = joblib.load(folder / HEAD)
        component._use(head, tuned["temperature"], Thresholds.from_dict(tuned["thresholds"]))
        return component


def _full_label(message: Message) -> str:
    return str(message.get(INTENT_RESPONSE_KEY) or message.get(INTENT))
