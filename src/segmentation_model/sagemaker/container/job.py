"""A job: the nodes of its step, between what comes in and what goes out."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any

import click
from kedro.framework.context import KedroContext
from kedro.framework.project import configure_project, pipelines
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

from segmentation_model.columns.layout import TARIFFS
from segmentation_model.errors import ConfigurationError, StoppedError, shorten
from segmentation_model.sagemaker.channels import plan_traffic
from segmentation_model.sagemaker.container.execution import execution_of
from segmentation_model.sagemaker.container.settings import JobSettings
from segmentation_model.sagemaker.container.workspace import bring_in, table_in, take_out
from segmentation_model.sagemaker.contract import LONGEST_FAILURE, MEASURED, METRIC_LINE, METRICS, RAW_TABLES, ROOT
from segmentation_model.sagemaker.places import place_of
from segmentation_model.sagemaker.steps import Step, cut_into_steps, cuts_of

logger = logging.getLogger(__name__)

_EVALUATIONS = frozenset(f"evaluation_{tariff.lower()}" for tariff in TARIFFS)
_TRACKING = "MLFLOW_TRACKING_URI"


class _Session(KedroSession):
    """A session that reads the configuration once; Kedro's reads it anew for whoever asks, and to run."""

    @cached_property
    def _context(self) -> KedroContext:
        return super().load_context()

    def load_context(self) -> KedroContext:
        """The context, with the channels' catalog and for the run."""
        return self._context


def run_job(read: Callable[[], JobSettings], inputs: Path, failure: Path) -> int:
    """Run a step.

    Args:
        read: Reads what the job is told.
        inputs: Folder with a folder per channel.
        failure: File for the reason, should it fail.

    Returns:
        0; else what the process should exit with, and the reason stands in the file and on standard error.
    """
    try:
        _run(read(), inputs)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code, failure)
    except Exception as error:
        traceback.print_exc()
        return _fail(f"{type(error).__name__}: {error}", 1, failure)
    return 0


def _run(settings: JobSettings, inputs: Path) -> None:
    if os.environ.get(_TRACKING) == "":  # MLflow would take it for a folder, some steps later
        raise ConfigurationError(f"{_TRACKING}: empty; an address of MLflow or the ARN of a tracking server is needed")
    configure_project("segmentation_model")
    if settings.pipeline not in pipelines:
        raise ConfigurationError(f"pipeline: {settings.pipeline!r} is not registered; there are {shorten(pipelines)}")
    steps = {step.name: step for step in cut_into_steps(pipelines[settings.pipeline], cuts_of(settings.pipeline))}
    if settings.step not in steps:
        raise ConfigurationError(f"step: {settings.step!r} is none of {settings.pipeline}; there are {shorten(steps)}")
    step = steps[settings.step]
    os.environ.setdefault("SEGMENTATION_ROOT", str(ROOT))
    execution = execution_of(os.environ, step.name, steps)
    os.environ.update({} if execution is None else execution.variables())
    session = _Session.create(
        env=settings.env, conf_source=settings.conf_source, runtime_params=_parameters(settings, step, inputs)
    )
    with session:
        catalog: Any = session.load_context().catalog
        traffic = plan_traffic(tuple(steps.values()), lambda name: place_of(name, catalog))
        share = bring_in(step, traffic.into(step.name), inputs, catalog)
        nodes = [node.name for node in share.step.nodes.nodes]
        if nodes:
            session.run(pipeline_names=[settings.pipeline], node_names=nodes)
        else:
            logger.info("The instances share %s: no part is left for this one", shorten(step.shards))
        take_out(share, traffic)
        if step.kind == "training":
            _tell_metrics(step, catalog)


def _parameters(settings: JobSettings, step: Step, inputs: Path) -> dict[str, Any]:
    read = step.nodes.inputs()
    tables = {table.place: table_in(inputs / table.dataset) for table in RAW_TABLES if table.dataset in read}
    # A failed job leaves no summary to read: it is the pipeline's condition that stops.
    gate = {"drift": {"gate": {"on_trip": "record"}}}
    return {"root": str(ROOT), **settings.runtime_params(), **tables, **gate}


def _tell_metrics(step: Step, catalog: DataCatalog) -> None:
    (name,) = _EVALUATIONS & step.nodes.all_outputs()
    test = catalog.load(name).get("test") or {}
    measured = test.get("roc_auc") is not None
    click.echo(METRIC_LINE.format(name=MEASURED, value=int(measured)))
    for metric in METRICS:
        # A condition cannot read a metric that is absent: without a measure it is 0, and `measured` says so.
        click.echo(METRIC_LINE.format(name=metric, value=test.get(metric) if measured else 0.0))


def heed_stop() -> None:
    """End the job when SageMaker says so; as the first process of a container, Python would ignore the signal."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    raise StoppedError(f"the job was stopped ({signal.Signals(number).name})")


def _fail(reason: str, code: int, failure: Path) -> int:
    click.echo(f"Error: {reason}", err=True)
    try:
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(reason[:LONGEST_FAILURE], encoding="utf-8")
    except OSError as error:
        print(f"{failure}: the reason cannot be written ({error})", file=sys.stderr)
    return code
