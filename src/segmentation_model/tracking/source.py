"""Where a run comes from: the tags by which MLflow shows it, and by which people look for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from segmentation_model.tracking.ending import OURS, identity

_COMMIT = "mlflow.source.git.commit"
_PARTIAL = ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs", "namespaces")
_OPTIONS = {"node_names": "nodes", "pipeline_names": "pipelines", "env": "env", "runtime_params": "params"}


def title(run_params: Mapping[str, Any], *, is_step: bool) -> str:
    """What a job is called, after its date.

    Args:
        run_params: What Kedro's session says of the run.
        is_step: Whether its nodes are a step of a whole job.

    >>> title({"pipeline_names": ["scoring"], "to_nodes": ["drift.apply_gate"]}, is_step=False)
    'scoring (part)'
    """
    names = run_params.get("pipeline_names") or ["__default__"]
    name = " + ".join("job" if one == "__default__" else one for one in names)
    return f"{name} (part)" if not is_step and any(run_params.get(option) for option in _PARTIAL) else name


def command(run_params: Mapping[str, Any]) -> str:
    """The command that does the same.

    >>> command({"pipeline_names": ["scoring"], "env": "dev", "runtime_params": {"seed": 7}, "tags": None})
    'kedro run --pipelines=scoring --env=dev --params=seed=7'
    """
    words = []
    for option in ("pipeline_names", "env", *_PARTIAL, "runtime_params"):
        value = run_params.get(option)
        if isinstance(value, Mapping):
            value = [f"{key}={'' if one is None else one}" for key, one in value.items()]
        if value:
            text = value if isinstance(value, str) else ",".join(value)
            words.append(f"--{_OPTIONS.get(option, option.replace('_', '-'))}={text}")
    return " ".join(["kedro run", *words])


def run_tags(run_params: Mapping[str, Any], environment: str, code_version: str, *, is_step: bool) -> dict[str, str]:
    """Tags of all runs of a job; ``is_step``: it is one of several processes that share them."""
    return {
        OURS: code_version,
        "environment": environment,
        "pipeline": ",".join(run_params.get("pipeline_names") or ["__default__"]),
        "run_id": str(run_params["run_id"]),
        "kedro_command": command(run_params),
        **({} if is_step else identity()),
    }


def source_tags(run_params: Mapping[str, Any], code_version: str) -> dict[str, str]:
    """MLflow's own tags; the commit is that of the package, not that of the folder that the run is started in."""
    from mlflow.entities import SourceType
    from mlflow.tracking.context import registry

    job = os.environ.get("TRAINING_JOB_NAME") or os.environ.get("PROCESSING_JOB_NAME")
    found = {key: value for key, value in registry.resolve_tags().items() if not key.startswith("mlflow.source.git.")}
    commit = code_version.partition("+g")[2].removesuffix("-dirty")
    return {
        **found,
        "mlflow.source.name": job or command({**run_params, "runtime_params": None, "node_names": None}),
        "mlflow.source.type": SourceType.to_string(SourceType.JOB if job else SourceType.LOCAL),
        **({_COMMIT: commit} if commit else {}),
    }
