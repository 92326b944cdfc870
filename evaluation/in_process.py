"""The assistant's classifier, trained in this process on any examples, without a model file.

What it answers is what `make eval` measures: the same component, and the same summary of it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from assistant import parse_data, quiet, standins

quiet.prepare()
standins.install()

from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from assistant.classifier import GuideClassifier  # noqa: E402
from assistant.context import ALONE, CONTEXT, Context  # noqa: E402
from assistant.decision import Thresholds  # noqa: E402
from assistant.encoder import SentenceEncoder, Vectors  # noqa: E402
from assistant.head import Head  # noqa: E402
from assistant.labels import intent_of, is_retrieval  # noqa: E402
from tools.content import Example  # noqa: E402


class Remembering:
    """An encoder that computes the vector of each text once."""

    def __init__(self, encoder: SentenceEncoder):
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


class InProcess(GuideClassifier):
    """The classifier with an encoder that is given, and nothing written to disk."""

    def __init__(self, config: Mapping[str, Any], encoder: Any):
        self._config, self._encoder, self._resource = config, encoder, None

    def _persist(self, head: Head, thresholds: Thresholds) -> None:
        """Kept in memory only."""


class Trained:
    """Parses as `assistant.understanding.Understanding` does."""

    def __init__(self, encoder: Any, examples: Sequence[Example], config: Path):
        self._classifier = InProcess(settings(config), encoder)
        self._classifier.train(TrainingData([message_of(example) for example in examples]))

    def parse(self, text: str, context: Context = ALONE) -> dict[str, Any]:
        message = Message({TEXT: text.lstrip("/ \n\t"), "metadata": {CONTEXT: context}})
        (understood,) = self._classifier.process([message])
        found = parse_data.summary(understood.data)
        return {**found, "offered": parse_data.offered(found)}


def settings(config: Path) -> dict[str, Any]:
    """What config.yml says to the classifier, over its defaults."""
    pipeline = yaml.safe_load(config.read_text("utf-8"))["pipeline"]
    (own,) = (part for part in pipeline if part["name"].endswith(GuideClassifier.__name__))
    return {**GuideClassifier.get_default_config(), **own}


def message_of(example: Example) -> Message:
    """An example as Rasa's own reader gives it."""
    data = {TEXT: example.text, INTENT: intent_of(example.label)}
    if is_retrieval(example.label):
        data[INTENT_RESPONSE_KEY] = example.label
    about = {"metadata": {"intent": {"previous": example.previous}}} if example.previous else {}
    return Message({**data, **about})
