"""An instance's share of the tables that the instances of a job share: some parts of each, or none.

While its step runs, the parts that came are a table of their own. What the step makes of it is cut as that table was,
and goes out under the names that the parts have in the whole: those of all instances together are a table again.

A score depends on no other row. Only who has exact reasons does, where trees are deeper than can be tabulated: each
instance counts its own customers (``modeling.reasons.most_exact_rows``), so that more of them have, never fewer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq
from kedro.pipeline import Pipeline

from segmentation_model.datasets.table_parts import part_name, parts_in
from segmentation_model.errors import InputError
from segmentation_model.sagemaker.steps import Step


@dataclass(frozen=True)
class Share:
    """What an instance has to do.

    Attributes:
        step: The step, with the nodes for which anything came.
        parts: Files that came, by dataset, in their order; none where the step is not shared.
    """

    step: Step
    parts: Mapping[str, tuple[Path, ...]]

    @classmethod
    def of(cls, step: Step, files: Mapping[str, str], folder: Path) -> Share:
        """See what came.

        Args:
            step: A step whose instances share tables.
            files: Places of these tables, by dataset.
            folder: Folder of the channel.
        """
        came = {name: tuple(parts_in(folder / place)) for name, place in files.items()}
        parts = {name: some for name, some in came.items() if some}
        nodes = Pipeline([node for node in step.nodes.nodes if parts.keys() & set(node.inputs)])
        return cls(replace(step, nodes=nodes), parts)

    def lay(self, files: Mapping[str, str], root: Path) -> None:
        """Lay the parts below the root as tables of their own."""
        for name, came in self.parts.items():
            folder = root / files[name]
            folder.mkdir(parents=True)
            for number, part in enumerate(came):
                (folder / part_name(number, len(came))).symlink_to(part)

    def name_outputs(self, places: Mapping[str, str], root: Path) -> None:
        """Give the parts that were made the names of those that they were made of.

        Args:
            places: Places of what goes to another step, by dataset.
            root: The job's root.

        Raises:
            InputError: They have not the same rows.
        """
        for node in self.step.nodes.nodes if self.parts else ():
            (shared,) = self.parts.keys() & set(node.inputs)
            for name in places.keys() & set(node.outputs):
                _name_after(self.parts[shared], parts_in(root / places[name]), name)


def _name_after(came: Sequence[Path], made: Sequence[Path], name: str) -> None:
    rows, wanted = ([pq.read_metadata(part).num_rows for part in parts] for parts in (made, came))
    if rows != wanted:
        raise InputError(f"{name}: parts of {wanted} rows were to be made, but there are parts of {rows} rows")
    for new, old in zip(made, came, strict=True):
        new.rename(new.with_name(old.name))
