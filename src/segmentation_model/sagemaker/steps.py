"""The steps of the cloud pipeline: cut from a Kedro pipeline by namespace and tag, with what goes between them.

Which nodes a step runs is the only thing that is said here; what it needs, what it hands on and what it waits for
follows from the graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from segmentation_model.errors import ConfigurationError, shorten

Kind = Literal["processing", "training"]


@dataclass(frozen=True)
class Cut:
    """Which nodes a step takes: those in one of its namespaces, with its tag, that no earlier cut has taken.

    Attributes:
        step: Name of the step.
        kind: The job that it is on SageMaker.
        namespaces: A node belongs to a namespace of the same name or below it.
        tag: None: whatever the tags.
    """

    step: str
    kind: Kind
    namespaces: tuple[str, ...]
    tag: str | None = None

    def takes(self, node: Node) -> bool:
        """Whether the cut is meant for the node."""
        inside = any(f"{node.namespace}.".startswith(f"{namespace}.") for namespace in self.namespaces)
        return inside and (self.tag is None or self.tag in node.tags)


#: The job in five steps; of `scoring`, which trains nothing, three are left.
CUTS = (
    Cut("PreprocessSplit", "processing", ("feature_engineering",)),
    Cut("DriftCheck", "processing", ("drift",), tag="training"),
    Cut("TrainDomestic", "training", ("modeling.domestic",), tag="training"),
    Cut("TrainIndustrial", "training", ("modeling.industrial",), tag="training"),
    Cut("InferenceReporting", "processing", ("drift", "modeling", "clustering", "reporting")),
)


@dataclass(frozen=True)
class Step:
    """A step: its nodes, and what it takes from which other step.

    Attributes:
        name: Name of the step.
        kind: The job that it is on SageMaker.
        nodes: Its part of the Kedro pipeline.
        takes: Datasets that it reads, by the step that makes them, in the order of the steps.
    """

    name: str
    kind: Kind
    nodes: Pipeline
    takes: Mapping[str, tuple[str, ...]]


def cut_into_steps(pipeline: Pipeline, cuts: tuple[Cut, ...] = CUTS) -> tuple[Step, ...]:
    """Cut a pipeline into steps.

    Args:
        pipeline: A registered pipeline.
        cuts: The first that takes a node has it; one that no node is left for gives no step.

    Returns:
        The steps, each after those that it takes something from.

    Raises:
        ConfigurationError: No cut takes a node, or two steps wait for each other.

    >>> from segmentation_model.pipeline_registry import register_pipelines
    >>> [step.name for step in cut_into_steps(register_pipelines()["scoring"])]
    ['PreprocessSplit', 'DriftCheck', 'InferenceReporting']
    """
    taken: dict[str, list[str]] = {}
    for node in pipeline.nodes:
        cut = next((cut for cut in cuts if cut.takes(node)), None)
        if cut is None:
            raise ConfigurationError(f"node {node.name!r}: no step takes it; the steps are {_names(cuts)}")
        taken.setdefault(cut.step, []).append(node.name)
    parts = {cut: pipeline.filter(node_names=taken[cut.step]) for cut in cuts if cut.step in taken}
    maker = {output: cut.step for cut, part in parts.items() for output in part.all_outputs()}
    unordered = {cut.step: Step(cut.step, cut.kind, part, _takes(cut.step, part, maker)) for cut, part in parts.items()}
    try:
        order = tuple(TopologicalSorter({name: step.takes.keys() for name, step in unordered.items()}).static_order())
    except CycleError as error:
        raise ConfigurationError(f"the steps {shorten(error.args[1])} wait for each other") from error
    return tuple(sorted(unordered.values(), key=lambda step: order.index(step.name)))


def last_step(steps: tuple[Step, ...]) -> Step:
    """The step that nothing waits for: it publishes the results of all.

    Raises:
        ConfigurationError: There is more than one.
    """
    awaited = {name for step in steps for name in step.takes}
    last = [step for step in steps if step.name not in awaited]
    if len(last) != 1:
        raise ConfigurationError(
            f"one step must come last and publish the results; {shorten([step.name for step in last])} do"
        )
    return last[0]


def _takes(step: str, part: Pipeline, maker: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    needed: dict[str, list[str]] = {}
    for name in sorted(part.inputs()):
        if name in maker and maker[name] != step:
            needed.setdefault(maker[name], []).append(name)
    return {name: tuple(needed[name]) for name in dict.fromkeys(maker.values()) if name in needed}


def _names(cuts: tuple[Cut, ...]) -> str:
    return shorten([cut.step for cut in cuts], limit=len(cuts))
