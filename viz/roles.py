"""What a reviewer asks of a dataset: does it come in, is it fitted, is it frozen, does it go out?

The answers follow from the graph, its tags and the layers of the catalog; nothing is listed by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from kedro.pipeline import Pipeline


@dataclass(frozen=True)
class Look:
    """How a role is shown: its question, what the answer means, and colours that tell the roles apart."""

    question: str
    meaning: str
    fill: str
    stroke: str


class Role(Enum):
    """The part that a dataset plays in a run."""

    COMES_IN = Look(
        question="What comes in?",
        meaning="Read from outside of the run: tables, and what drift is measured against.",
        fill="#cfe6fa",
        stroke="#1f6fb2",
    )
    FITTED = Look(
        question="What is fitted?",
        meaning="Learnt from the labelled customers in this run, on its way into a model.",
        fill="#fbe2b4",
        stroke="#9a5b00",
    )
    FROZEN = Look(
        question="What is frozen?",
        meaning="Fixed with a model: applied to every later month as it is, never computed anew.",
        fill="#ddd4f4",
        stroke="#5a3e9e",
    )
    GOES_OUT = Look(
        question="What goes out?",
        meaning="What people and other systems read. Nothing of it feeds a node.",
        fill="#cfeccd",
        stroke="#27702b",
    )


def roles_of(pipelines: Mapping[str, Pipeline], layer: Callable[[str], str | None]) -> dict[str, Role]:
    """The role of every dataset that has one.

    Args:
        pipelines: The registered pipelines.
        layer: Layer of a dataset of the catalog; None where it has none.

    Returns:
        Role by dataset, in the order of the roles, then of the names.
    """
    job, scoring = pipelines["__default__"], pipelines["scoring"]
    made = {tag: job.only_nodes_with_tags(tag).all_outputs() for tag in ("fits", "freezes")}
    found: dict[str, Role] = {}
    for name in sorted(job.datasets() | scoring.datasets()):
        where = layer(name)
        if where is None:
            continue
        if where == "reporting":
            found[name] = Role.GOES_OUT
        elif name in made["freezes"] or (where == "models" and name in job.inputs() | scoring.inputs()):
            found[name] = Role.FROZEN
        elif name in made["fits"]:
            found[name] = Role.FITTED
        elif name in job.inputs() and "." not in name:  # what is in a namespace is its own business
            found[name] = Role.COMES_IN
    order = list(Role)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1])))
