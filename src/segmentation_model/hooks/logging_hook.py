"""Hook that applies the environment's logging and tells how a run proceeds."""

import logging
import os
from datetime import datetime
from inspect import isgeneratorfunction
from typing import Any, cast

import click
from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from segmentation_model.logging.configuration import apply_logging, environment_logging, user_chose_logging
from segmentation_model.logging.node_clock import NodeClock
from segmentation_model.logging.process_memory import resident_mb
from segmentation_model.logging.resume_advice import leave_out_useless_advice
from segmentation_model.logging.run_context import RunContext, enter_node, enter_run, know_execution_date
from segmentation_model.pages.wording import plural

logger = logging.getLogger(__name__)

EXECUTION_DATE = "execution_date"


class LoggingHook:
    """One line when a run starts, when each node has saved its last output, and when the run ends or fails.

    Durations reach from the loading of a node's first input to the saving of its last output. A node that yields its
    outputs in pieces ends when the next one starts. Under ``ParallelRunner`` every process logs its own nodes, without
    the count, and the run's table of durations stays empty.
    """

    def __init__(self, clock: NodeClock) -> None:
        """Take the clock to feed; the run's record reads the same one."""
        self._clock = clock
        self._environment: str | None = None
        self._execution_date: str | None = None
        self._unsaved: dict[str, set[str]] = {}
        self._streaming: set[str] = set()
        self._failed: str | None = None
        self._width = 0
        self._total: int | None = None
        self._process = os.getpid()

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Apply the environment's ``logging.yml`` before other hooks have anything to say."""
        leave_out_useless_advice()
        loader = cast(OmegaConfigLoader, context.config_loader)
        self._environment = context.env or loader.default_run_env
        self._execution_date = _configured_date(loader)
        if user_chose_logging():
            return
        config = environment_logging(loader)
        if config:
            apply_logging(config)

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Start the clock and say what is going to run."""
        names = ",".join(sorted(run_params["pipeline_names"] or ["__default__"]))
        given = (run_params["runtime_params"] or {}).get(EXECUTION_DATE)
        enter_run(
            RunContext(
                run_id=run_params["run_id"],
                pipeline=names,
                environment=self._environment,
                execution_date=_iso_date(given) if given else self._execution_date,
            )
        )
        self._clock.start_run(run_params["run_id"])
        self._unsaved, self._streaming, self._failed = {}, set(), None
        self._process = os.getpid()
        self._width = max((len(node.name) for node in pipeline.nodes), default=0)
        # With --only-missing-outputs the runner drops nodes after this hook, and nobody can say how many.
        self._total = None if run_params["only_missing_outputs"] else len(pipeline.nodes)
        logger.info(
            "Run %s: pipeline %s, %s, environment %s",
            run_params["run_id"],
            names,
            plural(len(pipeline.nodes), "node"),
            self._environment,
        )

    @hook_impl(tryfirst=True)
    def before_dataset_loaded(self, node: Node) -> None:
        """Start the node with its first input."""
        self._start(node)

    @hook_impl(tryfirst=True)
    def before_node_run(self, node: Node) -> None:
        """Start a node that has no inputs."""
        self._start(node)

    @hook_impl(trylast=True)
    def after_node_run(self, node: Node, outputs: dict[str, Any]) -> None:
        """Learn the execution date from the node that finds it, and end a node that saves nothing."""
        if outputs.get(EXECUTION_DATE) is not None:
            know_execution_date(_iso_date(outputs[EXECUTION_DATE]))
        if not node.outputs:
            self._finish(node.name)

    @hook_impl(trylast=True)
    def after_dataset_saved(self, dataset_name: str, node: Node) -> None:
        """End the node with its last output."""
        unsaved = self._unsaved[node.name]
        unsaved.discard(dataset_name)
        if not unsaved and node.name not in self._streaming:
            self._finish(node.name)

    @hook_impl
    def on_node_error(self, node: Node) -> None:
        """Remember which node failed: of several that run at once, only this hook knows."""
        self._failed = node.name

    @hook_impl(tryfirst=True)
    def on_pipeline_error(self, error: Exception) -> None:
        """Name the node that failed; the error itself goes on to whoever started the run."""
        running = self._clock.running
        failed = self._failed or (running[0] if running else None)
        expected = isinstance(error, click.ClickException)
        details: dict[str, Any] = {
            "node": failed,
            "error_type": type(error).__name__,
            "error": error.format_message() if isinstance(error, click.ClickException) else str(error),
            "traceback_follows": True,
        }
        if failed in running:
            details["duration_s"] = self._clock.stop(failed)
        logger.error(
            "%s failed (%s)",
            f"Node {failed}" if failed else "The run",
            type(error).__name__,
            extra=details,
            exc_info=None if expected else error,
        )
        enter_node(None)

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline) -> None:
        """Say how long all of it took."""
        self._finish_streams()
        seconds, memory = self._clock.total(), resident_mb()
        ran = len(self._clock.seconds) if self._total is None else self._total
        logger.info(
            "Finished %d of %d nodes in %.1f s, %.0f MB%s",
            ran,
            len(pipeline.nodes),
            seconds,
            memory,
            "; the outputs of the others were there" if ran < len(pipeline.nodes) else "",
            extra={"duration_s": seconds},
        )

    def _start(self, node: Node) -> None:
        if node.name in self._unsaved:
            return
        self._finish_streams()
        self._clock.start(node.name)
        self._unsaved[node.name] = set(node.outputs)
        if isgeneratorfunction(node.func):
            self._streaming.add(node.name)
        enter_node(node.name)

    def _finish(self, name: str) -> None:
        seconds, memory = self._clock.stop(name), resident_mb()
        logger.info(
            "%s%-*s %7.1f s %7.0f MB",
            self._progress(),
            self._width,
            name,
            seconds,
            memory,
            extra={"duration_s": seconds, "node": name},
        )
        enter_node(None)

    def _finish_streams(self) -> None:
        for name in sorted(self._streaming):
            self._streaming.discard(name)
            self._finish(name)

    def _progress(self) -> str:
        """``[ 3/24]``, or what of it is known: a process of ``ParallelRunner`` sees its own nodes only."""
        if os.getpid() != self._process:
            return ""
        done = len(self._clock.seconds)
        if self._total is None:
            return f"[{done}] "
        return f"[{done:>{len(str(self._total))}}/{self._total}] "


def _configured_date(loader: OmegaConfigLoader) -> str | None:
    """The execution date that the environment's globals give, if they give one."""
    try:
        date = loader["globals"].get(EXECUTION_DATE)
    except MissingConfigException:
        return None
    return _iso_date(date) if date else None


def _iso_date(date: object) -> str:
    """Write a date, a timestamp or the text of one as ``2026-01-31``."""
    return date.date().isoformat() if isinstance(date, datetime) else str(date)
