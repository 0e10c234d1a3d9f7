"""Hook that says, when a run has ended well, where the results for people are."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.logging.node_clock import NodeClock
from segmentation_model.logging.run_context import current_run

logger = logging.getLogger(__name__)

_RESULT = "result"


class ResultsHook:
    """Lists what a run has written of the entries that say what they hold: ``metadata: {result: …}`` in the catalog."""

    def __init__(self, clock: NodeClock) -> None:
        """Take the clock that the logging hook feeds."""
        self._clock = clock
        self._answer: dict[str, Any] = {}

    @property
    def answer(self) -> dict[str, Any]:
        """The last run that ended well, for a program: what identifies it, its seconds, address of each result."""
        return self._answer

    @hook_impl(trylast=True)
    def before_pipeline_run(self) -> None:
        """Forget the run before."""
        self._answer = {}

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """List the results in the order of the nodes: what is made of everything stands last, next to the prompt."""
        words = {}
        results = {}
        for name in (output for node in pipeline.nodes for output in node.outputs if output in catalog):
            dataset = catalog[name]
            metadata = getattr(dataset, "metadata", None) or {}
            if _RESULT in metadata and dataset.exists():
                words[name] = metadata[_RESULT]
                results[name] = _address(dataset._describe())
        self._answer = {**asdict(current_run()), "seconds": round(self._clock.total(), 3), "results": results}
        if results:
            shown = {name: _from_here(address) for name, address in results.items()}
            width = max(map(len, shown.values()))
            lines = [f"  {shown[name]:<{width}}  {words[name]}" for name in shown]
            logger.info("%s", "\n".join(["Written:", *lines]), extra={"results": results})


def _address(described: dict[str, Any]) -> str:
    """Where a dataset is; those of kedro-datasets tell protocol and path apart."""
    path, protocol = str(described["filepath"]), described.get("protocol", "file")
    return path if protocol == "file" or "://" in path else f"{protocol}://{path}"


def _from_here(address: str) -> str:
    """A shorter path for what lies in the folder of the run; Kedro makes all of them absolute."""
    path = Path(address)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else address
