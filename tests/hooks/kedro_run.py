"""A run with hooks, as Kedro's session does it, without a project."""

from collections.abc import Iterable
from typing import Any

from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.runner import AbstractRunner, SequentialRunner


def run(
    pipeline: Pipeline,
    hooks: Iterable[object],
    catalog: DataCatalog | None = None,
    runner: AbstractRunner | None = None,
    **run_params: Any,
) -> None:
    """Run ``pipeline`` under ``hooks``; ``run_params`` complete what Kedro's session would say of the run."""
    catalog = catalog or DataCatalog()
    manager = _create_hook_manager()
    _register_hooks(manager, hooks)
    params: dict[str, Any] = {
        "run_id": "2026-02-01T08.00.00.000Z",
        "pipeline_names": None,
        "runtime_params": {},
        "only_missing_outputs": False,
    } | run_params
    told = {"run_params": params, "pipeline": pipeline, "catalog": catalog}
    manager.hook.before_pipeline_run(**told)
    try:
        result = (runner or SequentialRunner()).run(
            pipeline, catalog, manager, run_id=params["run_id"], only_missing_outputs=params["only_missing_outputs"]
        )
    except Exception as error:
        manager.hook.on_pipeline_error(error=error, **told)
        raise
    manager.hook.after_pipeline_run(run_result=result, **told)
