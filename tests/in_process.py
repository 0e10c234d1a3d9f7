"""Runs the project in this process: its configuration, catalog, pipelines and hooks, but neither log lines nor MLflow.

Several times as fast as a process of its own. The hooks for logging and tracking are left out because they change the
state of the whole process; they have tests of their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kedro.framework.project import settings
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from segmentation_model.hooks.logging_hook import LoggingHook
from segmentation_model.hooks.tracking_hook import TrackingHook
from tests.project_run import PROJECT, ProjectRun


def run(pipeline: str, root: Path, *, conf: Path | None = None, env: str = "dev", **params: Any) -> None:
    """Run a registered pipeline as ``kedro run --pipelines … --env … --params root=…`` does.

    Without a configuration of the caller's it is a copy of the project's, whose model registry lies beside the root.
    """
    bootstrap_project(PROJECT)
    conf = conf or registry_beside(root).folder / "conf"
    with quiet_hooks():
        runtime_params = {"root": str(root), **params}
        session = KedroSession.create(PROJECT, conf_source=str(conf), env=env, runtime_params=runtime_params)
        with session:
            session.run(pipeline_names=[pipeline])


def registry_beside(root: Path) -> ProjectRun:
    """The project that ``run`` uses for a root: its MLflow database lies in a folder beside it."""
    folder = root.with_name(f"{root.name}-project")
    return ProjectRun(folder) if folder.exists() else ProjectRun.create(folder)


@contextmanager
def quiet_hooks() -> Iterator[None]:
    hooks = settings.HOOKS
    settings.set("HOOKS", tuple(hook for hook in hooks if not isinstance(hook, LoggingHook | TrackingHook)))
    try:
        yield
    finally:
        settings.set("HOOKS", hooks)
