"""Opens a trained model for serving, without what Rasa would do again and again.

Parsing the domain a second time takes 3 seconds of 4 at the start; see runner.py and rules.py for
the rest.
"""

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from assistant.rules import GuideRules
from assistant.runner import StraightRunner


def open_model(path: Path) -> tuple[str, ModelMetadata, StraightRunner]:
    with tempfile.TemporaryDirectory() as folder:
        storage, metadata = LocalModelStorage.from_model_archive(Path(folder), path)
        schema = _for_serving(metadata.predict_schema, metadata.domain)
        context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
        return path.name, metadata, StraightRunner.create(schema, storage, context)


def _for_serving(schema: GraphSchema, domain: Domain) -> GraphSchema:
    """The same graph; its domain is the one that the model's metadata brought along."""

    class KnownDomain(DomainProvider):
        @classmethod
        def load(
            cls,
            config: dict[str, Any],
            model_storage: ModelStorage,
            resource: Resource,
            execution_context: ExecutionContext,
            **kwargs: Any,
        ) -> DomainProvider:
            return cls(model_storage, resource, domain)

    served = {DomainProvider: KnownDomain, RulePolicy: GuideRules}
    nodes = {
        name: dataclasses.replace(node, uses=served.get(node.uses, node.uses))
        for name, node in schema.nodes.items()
    }
    return GraphSchema(nodes)
