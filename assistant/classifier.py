"""Rasa's intent classifier for this guide: one model over the full labels (`faq/iop_cost`)."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant import fingerprint
from assistant.context import ALONE, CONTEXT, Context, kept_apart, leans_on, reading
from assistant.corrections import Correction, correction_in
from assistant.decision import Decider, Scored, Thresholds, Understood
from assistant.encoder import FOLDER, SentenceEncoder
from assistant.head import Head, fit, softmax
from assistant.labels import (
    ABOUT_ANSWER,
    REQUEST,
    UNSURE,
    WISHES,
    YES_NO,
    is_crisis,
    is_topic,
    may_be_two,
)
from assistant.parse_data import intent_data
from assistant.questions import asks, halves
from assistant.tuning import Aims, temperature_of, thresholds_of
from assistant.weights import ENCODER

HEAD = "head.joblib"
TUNED = "tuned.json"
ENOUGH = 300  # examples to calibrate with
SURE_OF_BOTH = 0.5  # of two questions in one message
LIKELY = 5  # topics of the whole message, among which both must be
BEYOND_DOUBT = 0.95  # so sure of both, the whole message need not show them
LEAST_OTHER = 0.05  # probability of what is meant instead of the topic before
CLEAR = 0.6  # probability from which a message needs no context


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
            "unclear": aims.unclear,
            "certain": aims.certain,
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
        texts = [reading(str(message.get(TEXT)), _follows(message)) for message in examples]
        labels = [_full_label(message) for message in examples]
        # What the encoder was tuned with looks clearer than it is.
        apart = np.flatnonzero([kept_apart(str(message.get(TEXT))) for message in examples])
        judged = apart if len(apart) >= ENOUGH else np.arange(len(texts))
        head, unseen = fit(texts, self._encoder.encode(texts), labels, judged)
        temperature = temperature_of(unseen)
        aims = Aims(**{aim.name: self._config[aim.name] for aim in fields(Aims)})
        thresholds = thresholds_of(unseen, temperature, aims)
        self._use(head, temperature, thresholds)
        self._persist(head, thresholds)
        return self._resource

    def _use(self, head: Head, temperature: float, thresholds: Thresholds) -> None:
        self._head, self._temperature = head, temperature
        self._decider = Decider(head.labels, thresholds)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            about = message.get("metadata") or {}
            text = str(message.get(TEXT) or "")
            found = self.understand(text, about.get(CONTEXT, ALONE))
            data = intent_data(found.label, found.confidence, found.ranking)
            data |= {"second": found.second, "beside": list(found.beside)}
            data |= {"unclear": found.unclear}
            for key, value in data.items():
                message.set(key, value, add_to_output=True)
        return messages

    def understand(self, text: str, context: Context = ALONE) -> Understood:
        """One message; where no value is asked for, it may hold two questions."""
        cut = None if context.expects else halves(text)
        if cut:
            self._look_ahead(text, cut[0])
        whole = self._read(text, context)
        if context.expects or is_crisis(whole.label):
            return whole
        found = self._corrected(whole, text, context)
        likely = {name for name, _ in found.ranking[:LIKELY]}
        both = self._twofold(cut, likely) if cut else None
        meant = _of_two(found, both, asks(cut[0])) if cut and both else found
        return replace(meant, unclear=whole.unclear)

    def _look_ahead(self, *texts: str) -> None:
        """Encodes them side by side; whoever reads one later finds its vector ready."""
        self._encoder.encode([reading(text, None) for text in texts])

    def _corrected(self, found: Understood, text: str, context: Context) -> Understood:
        """What was meant in "not that, the cost", if that says more than the whole message."""
        correction = correction_in(text)
        if correction is None:
            return found
        meant = _other_than(context.previous, self._read(correction.meant, context))
        return meant if _says_more(correction, found, meant, context.previous) else found

    def _twofold(self, cut: tuple[str, str], likely: set[str]) -> Understood | None:
        """The message as two questions, if both are clear; the second is read after the first."""
        first = self._read(cut[0], ALONE)
        if not _sure(first, SURE_OF_BOTH):
            return None
        second = self._read(cut[1], Context(previous=first.label))
        if not _sure(second, SURE_OF_BOTH) or not may_be_two(first.label, second.label):
            return None
        doubtless = _sure(first, BEYOND_DOUBT) and _sure(second, BEYOND_DOUBT)
        if not doubtless and not {first.label, second.label} <= likely:
            return None
        if first.label in WISHES:  # what it leads to would stand between the two answers
            first, second = second, first
        return replace(first, second=second.label, beside=())

    def _read(self, text: str, context: Context) -> Understood:
        """By itself if it is clear; else, if it is short, after the topic before it."""
        if self._decider is None:
            raise RuntimeError("the classifier is not trained")
        message, before = self._scored(reading(text, None)), leans_on(context.previous, text)
        found = self._decider.decide(text, message, context)
        about_request = context.request is not None and found.label in REQUEST
        clear = about_request or message.probabilities.max() * message.nearest >= CLEAR
        if clear or before is None or is_crisis(found.label):
            return found
        after = self._decider.decide(text, self._scored(reading(text, before)), context)
        return replace(after, unclear=found.unclear or after.unclear)

    def _scored(self, spelled: str) -> Scored:
        if self._head is None:
            raise RuntimeError("the classifier is not trained")
        scores, nearest = self._head.judge(spelled, self._encoder.encode([spelled])[0])
        return Scored(scores, softmax(scores[None], self._temperature)[0], nearest)

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


def _of_two(whole: Understood, both: Understood, first_asks: bool) -> Understood:
    """One answer or two, and which first, where the halves of a message mean different things."""
    if whole.label not in (both.label, both.second, UNSURE):
        # "The difference between an IOP and residential" is one question, about neither alone.
        return whole
    if first_asks or whole.label != both.second:
        return both
    # A story, then the question.
    if whole.label in WISHES:
        return whole
    return replace(both, label=whole.label, confidence=whole.confidence, second=both.label)


def _sure(found: Understood, least: float) -> bool:
    return found.confidence >= least


def _other_than(previous: str | None, meant: Understood) -> Understood:
    """Whoever corrects the guide does not mean what it just answered, if there is a choice."""
    others = [(name, p) for name, p in meant.ranking if name != previous]
    if meant.label != previous or not others:
        return meant
    label, confidence = others[0]
    if not is_topic(label) or confidence < LEAST_OTHER:
        return meant
    return Understood(label, confidence, others)


def _says_more(
    correction: Correction, whole: Understood, meant: Understood, previous: str | None
) -> bool:
    """Is what follows the "no" the better reading? A plain no to nothing in particular stays one.

    The message as a whole is `whole`, without its "no, i meant" it is `meant`.
    """
    if not correction.marked:
        doubtful = whole.label in (UNSURE, *YES_NO) and whole.confidence < CLEAR
        return doubtful and is_topic(meant.label) and meant.confidence >= CLEAR
    if whole.label in YES_NO:
        return meant.label not in YES_NO
    if meant.label in (UNSURE, *YES_NO):
        return False
    weak = whole.label in (UNSURE, "share_feelings", *ABOUT_ANSWER, previous)
    return weak or meant.confidence > whole.confidence


def _follows(message: Message) -> str | None:
    """The answer that an example follows, if it means something else on its own."""
    about = (message.get("metadata") or {}).get("intent") or {}
    return about.get("previous")


def _full_label(message: Message) -> str:
    return str(message.get(INTENT_RESPONSE_KEY) or message.get(INTENT))
