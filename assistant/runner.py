"""Runs Rasa's trained graph node by node, in an order worked out once for each target.

Rasa hands the graph to dask, which plans it anew for every message and every prediction.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Steps = list[tuple[str, GraphNode, list[str]]]


class StraightRunner(DaskGraphRunner):
    """For serving only; it keeps to the order in which the schema says a node needs another."""

    @cached_property
    def _known_steps(self) -> dict[tuple[str, ...], Steps]:
        return {}

    def run(
        self, inputs: Mapping[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        steps = self._known_steps.get(wanted)
        if steps is None:
            steps = self._known_steps[wanted] = self._planned(wanted)
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in steps:
            done[name] = node(*(done[need] for need in needs))
        return dict(done[target] for target in wanted)

    def _planned(self, targets: tuple[str, ...]) -> Steps:
        schema = self._graph_schema.minimal_graph_schema(list(targets))
        return [
            (name, self._instantiated_nodes[name], list(schema.nodes[name].needs.values()))
            for name in _in_order(schema)
        ]


def _in_order(schema: GraphSchema) -> list[str]:
    """Every node after all that it needs; what is no node is an input."""
    placed: dict[str, None] = {}

    def place(name: str) -> None:
        if name in schema.nodes and name not in placed:
            for need in schema.nodes[name].needs.values():
                place(need)
            placed[name] = None

    for name in schema.nodes:
        place(name)
    return list(placed)
