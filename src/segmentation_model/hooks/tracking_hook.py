"""Hook that tracks a run in MLflow: parameters flattened, metrics and files by what the catalog says."""

import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.datasets.figures import FiguresDataset
from segmentation_model.registry.local_database import make_folder_of

logger = logging.getLogger(__name__)

_FORBIDDEN = re.compile(r"[^\w\-. /]")
_LONGEST_VALUE = 500


class TrackingHook:
    """Runs kedro-mlflow's own hook, which opens and closes the run, and logs what it would log badly or not at all.

    kedro-mlflow logs a typed group of parameters as one text, so its logging of parameters is left out (its hook's
    ``before_node_run``) and the leaves are logged once per run. What else goes to MLflow stands in the catalog:
    ``metadata: {mlflow: [metrics, artifact]}`` on an entry logs the numbers in it, or its content as a file. Content
    comes from memory, so it works on any file system; a figure, which takes long to draw, comes from the image that its
    dataset has saved. The database is opened when a tracked run begins, not before.
    """

    def __init__(self) -> None:
        """Start with no run."""
        self._context: KedroContext | None = None
        self._inner: Any = None
        self._catalog: DataCatalog | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep the context for the run's beginning."""
        self._context = context

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Open the MLflow run and log the parameters."""
        self._inner = None
        self._catalog = catalog
        if not _tracked(pipeline, catalog):
            return
        import mlflow
        from kedro_mlflow.framework.hooks.mlflow_hook import MlflowHook

        assert self._context is not None
        make_folder_of(self._context.config_loader["mlflow"]["server"]["mlflow_tracking_uri"])
        self._inner = MlflowHook()
        self._inner.after_context_created(self._context)
        self._inner.before_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)
        if mlflow.active_run() is not None:
            leaves = dict(_leaves(self._context.config_loader["parameters"]))
            unused = _layouts_not_in_use(leaves)
            mlflow.log_params({key: value for key, value in leaves.items() if key not in unused})

    @hook_impl
    def after_node_run(self, catalog: DataCatalog, outputs: dict[str, Any]) -> None:
        """Log the outputs whose catalog entry asks for it; figures when they are saved."""
        if not self._is_tracking():
            return
        import mlflow

        for name, data in outputs.items():
            wanted = _wanted(catalog, name)
            if "metrics" in wanted:
                numbers = {key: value for key, value in _leaves(data) if _is_number(value)}
                mlflow.log_metrics({_FORBIDDEN.sub("_", f"{name}.{key}"): float(v) for key, v in numbers.items()})
            if "artifact" in wanted and not isinstance(catalog.get(name), FiguresDataset):
                _log_content(data, _file_name(catalog, name))

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """Log figures whose catalog entry asks for it, as they were saved: they are not drawn again."""
        if not self._is_tracking():
            return
        assert self._catalog is not None
        dataset: Any = self._catalog.get(dataset_name)
        if isinstance(dataset, FiguresDataset) and "artifact" in _wanted(self._catalog, dataset_name):
            for file, image in dataset.load().items():
                _log_image(image, file)

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Close the MLflow run."""
        if self._inner is not None:
            self._inner.after_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Close the MLflow run as failed."""
        if self._inner is not None:
            self._inner.on_pipeline_error(error=error, run_params=run_params, pipeline=pipeline, catalog=catalog)

    def _is_tracking(self) -> bool:
        if self._inner is None:
            return False
        import mlflow

        return mlflow.active_run() is not None


def _log_content(data: Any, file: str) -> None:
    import mlflow

    if isinstance(data, dict):
        mlflow.log_dict(data, file)
    else:
        mlflow.log_text(str(data), file)


def _log_image(image: bytes, file: str) -> None:
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        path.write_bytes(image)
        mlflow.log_artifact(str(path))


def _file_name(catalog: DataCatalog, name: str) -> str:
    return PurePosixPath(str(catalog[name]._describe()["filepath"])).name


def _tracked(pipeline: Pipeline, catalog: DataCatalog) -> bool:
    """Whether the run makes anything that MLflow should know."""
    return any(_wanted(catalog, name) for name in pipeline.all_outputs())


def _wanted(catalog: DataCatalog, name: str) -> list[str]:
    metadata = getattr(catalog.get(name), "metadata", None) or {}
    return list(metadata.get("mlflow", []))


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested dictionaries under dotted names; lists are leaves, long ones are cut."""
    for key, inner in value.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(inner, dict):
            yield from _leaves(inner, name)
        else:
            yield _FORBIDDEN.sub("_", name), inner if _is_number(inner) else str(inner)[:_LONGEST_VALUE]


def _layouts_not_in_use(leaves: dict[str, Any]) -> set[str]:
    used = f"columns.layouts.{leaves.get('columns.use')}."
    return {key for key in leaves if key.startswith("columns.layouts.") and not key.startswith(used)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
