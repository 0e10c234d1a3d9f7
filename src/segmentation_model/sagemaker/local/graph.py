"""The steps of a pipeline as a graph: what each waits for, and under which decision it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.sagemaker.local.definition import ConditionStep, Definition, FailStep, Step
from segmentation_model.sagemaker.local.expressions import referenced_steps


@dataclass(frozen=True)
class Node:
    """A step and its place.

    Attributes:
        step: The step.
        waits_for: Names of the steps that must have succeeded before.
        decision: The Condition step in whose branches it stands; None: none.
        branch: In which of them: True for IfSteps.
    """

    step: Step
    waits_for: frozenset[str]
    decision: str | None
    branch: bool


def build_graph(definition: Definition) -> dict[str, Node]:
    """All steps at any depth, by name, in an order in which they could run.

    Raises:
        ConfigurationError: Two have one name, one waits for an unknown step, or they wait for each other.
    """
    nodes: dict[str, Node] = {}
    for node in _flatten(definition.steps, None, branch=True):
        if node.step.name in nodes:
            raise ConfigurationError(f"step {node.step.name!r}: there are two of this name")
        nodes[node.step.name] = node
    for name, node in nodes.items():
        if unknown := node.waits_for - nodes.keys():
            raise ConfigurationError(f"step {name!r}: waits for {shorten(unknown)}; there is {shorten(nodes, 30)}")
    try:
        order = list(TopologicalSorter({name: predecessors(node) for name, node in nodes.items()}).static_order())
    except CycleError as error:
        raise ConfigurationError(f"steps that wait for each other: {' -> '.join(error.args[1])}") from error
    return {name: nodes[name] for name in order}


def predecessors(node: Node) -> frozenset[str]:
    """What must have ended before a step can run: what it waits for, and the decision about it."""
    return node.waits_for | ({node.decision} if node.decision else frozenset())


def expressions_of(step: Step) -> Any:
    """All that a step itself asks; of a Condition step not what its branches ask."""
    if isinstance(step, ConditionStep):
        return [condition.model_dump() for condition in step.arguments.conditions]
    return step.arguments.error_message if isinstance(step, FailStep) else step.arguments


def _flatten(steps: Iterable[Step], decision: str | None, *, branch: bool) -> Iterator[Node]:
    for step in steps:
        yield Node(step, frozenset({*step.depends_on, *referenced_steps(expressions_of(step))}), decision, branch)
        if isinstance(step, ConditionStep):
            yield from _flatten(step.arguments.if_steps, step.name, branch=True)
            yield from _flatten(step.arguments.else_steps, step.name, branch=False)
