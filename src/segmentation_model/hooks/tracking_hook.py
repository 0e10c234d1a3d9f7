"""Hook that tracks a run in MLflow: what the catalog says of its outputs, and how it ended."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from segmentation_model.columns.layout import TARIFFS
from segmentation_model.hooks.code_version import code_version
from segmentation_model.registry.address import without_password
from segmentation_model.registry.datasets import RegisteredModelDataset
from segmentation_model.tracking.content import as_bytes, is_plain, saved_files
from segmentation_model.tracking.ending import DONE, INTERRUPTED, TRIPPED, Ending, begin_step, end, end_abandoned
from segmentation_model.tracking.entries import Entry, place_of, tariff_of, tracked_entry
from segmentation_model.tracking.execution import Execution
from segmentation_model.tracking.facts import TABLES, facts, shared_facts, totals
from segmentation_model.tracking.leaves import numbers, parameters_of_runs
from segmentation_model.tracking.runs import Job, RunTree
from segmentation_model.tracking.server import Server
from segmentation_model.tracking.source import run_tags, source_tags, title

logger = logging.getLogger(__name__)

_DATE = "execution_date"
_VERDICT = "drift_verdict"
#: Namespace of the nodes that work for one tariff, and name of the group of their parameters.
_TARIFFS = "modeling"
#: What of them is words for people, and makes no model.
_WORDS = "modeling.reasons"


class TrackingHook:
    """Opens an MLflow run for the job and one below it for each tariff, tells them what comes out, and ends them.

    What goes to MLflow stands in the catalog: ``metadata: {mlflow: [metrics, artifact]}``. What a tariff's entry holds,
    and what other entries hold under a tariff's name, goes to that tariff's run. Content comes from memory, so it works
    on any file system; a figure, which takes long to draw, comes from the image that its dataset has saved.

    Where MLflow cannot be used, the run goes on and says so: a month's results do not depend on it.
    """

    def __init__(self) -> None:
        """Start with no run."""
        self._context: KedroContext | None = None
        self._catalog: DataCatalog | None = None
        self._runs: RunTree | None = None
        self._lost: RunTree | None = None
        self._address = ""
        self._process = os.getpid()
        self._asked: frozenset[str] = frozenset(TARIFFS)
        self._failed: str | None = None
        self._tripped: str | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep the context for the run's beginning."""
        self._context = context

    @hook_impl(trylast=True)
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Open the runs, when all other hooks have agreed to the run; end what an interrupted one has left open."""
        self._end(INTERRUPTED)
        execution = Execution.told_by(os.environ)
        is_tracked = [tracked_entry(catalog, name) is not None for name in sorted(pipeline.all_outputs())]
        assert self._context is not None
        server = Server.configured(self._context)
        names = run_params["pipeline_names"] or ["__default__"]
        if not (any(is_tracked) or execution) or server.leaves_out(names):
            return
        self._process, self._catalog, self._failed, self._tripped = os.getpid(), catalog, None, None
        self._address = without_password(server.uri)
        parameters = self._context.config_loader["parameters"]
        self._asked = _tariffs_of(parameters)
        loader: Any = self._context.config_loader
        version, environment = code_version(), self._context.env or loader.default_run_env
        with self._tracking():
            client, experiment = server.connect(self._context)
            end_abandoned(client, experiment)
            job = Job(
                title(run_params, is_step=execution is not None),
                run_tags(run_params, environment, version, is_step=execution is not None),
                source_tags(run_params, version),
                parameters_of_runs(parameters, _read(pipeline, parameters, run_params, execution), _TARIFFS, _WORDS),
                execution,
            )
            runs = self._runs = RunTree(client, experiment, job, date=_date_given(parameters))
            runs.open()
            if execution is not None:
                begin_step(runs, execution)
        atexit.register(self._end, INTERRUPTED)

    @hook_impl
    def after_node_run(self, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """Track the outputs that the catalog says, and what is to be known of the run."""
        with self._tracking() as runs:
            for name, data in {**inputs, **outputs}.items() if runs else ():
                self._learn(runs, name, data, is_new=name in outputs)
            for name, data in outputs.items() if runs else ():
                entry = self._entry(name)
                if entry is not None:
                    self._tell(runs, entry, data)

    @hook_impl
    def before_dataset_saved(self, dataset_name: str) -> None:
        """Tell a registered model to which run its new version belongs."""
        with self._tracking() as runs:
            dataset = self._dataset(dataset_name) if runs else None
            if isinstance(dataset, RegisteredModelDataset):
                dataset.belongs_to(runs.of(tariff_of(dataset_name)))

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Track what is kept as it was saved, and the version that a model was registered as."""
        with self._tracking() as runs:
            dataset = self._dataset(dataset_name) if runs else None
            if isinstance(dataset, RegisteredModelDataset):
                runs.tag(tariff_of(dataset_name), dataset.registered())
            elif runs and not is_plain(data):
                entry = self._entry(dataset_name)
                if entry is not None and entry.path is not None:
                    for path, content in saved_files(dataset).items():
                        runs.keep(entry.tariff, place_of(path), content)

    @hook_impl
    def on_node_error(self, node: Node) -> None:
        """Remember which node failed."""
        self._failed = node.name

    @hook_impl
    def after_pipeline_run(self) -> None:
        """End the runs."""
        self._end(DONE if self._tripped is None else Ending("FAILED", TRIPPED, self._tripped))

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """End the runs as failed."""
        self._end(Ending.by(error, self._failed))

    def _learn(self, runs: RunTree, name: str, data: Any, *, is_new: bool) -> None:
        if name == _DATE:
            runs.learn_date(str(data))
        if not isinstance(data, dict):
            return
        shared = shared_facts(name, data)
        if shared:
            runs.share(shared)
        if shared and is_new:
            table, use = TABLES[name]
            assert self._catalog is not None
            address = str(self._catalog[table]._describe()["filepath"])
            runs.used(table, data["hash"], address, use)
        for tariff, tags in facts(name, data).items():
            if tariff is None or tariff in self._asked:
                runs.tag(tariff, tags)
        # An orchestrator that takes the verdict stops the job: no step comes after this one.
        if name == _VERDICT and is_new and runs.job.execution is not None and data["status"] == "tripped":
            self._tripped = data["message"]

    def _tell(self, runs: RunTree, entry: Entry, data: Any) -> None:
        if entry.prefix is not None:
            content = totals(data) if isinstance(data, pd.DataFrame) else data
            wanted = {key: value for key, value in content.items() if entry.only is None or key in entry.only}
            for tariff, found in numbers(wanted, entry.prefix).items():
                if tariff is None or tariff in self._asked:
                    runs.measure(entry.tariff or tariff, found)
        if entry.path is not None and is_plain(data):
            runs.keep(entry.tariff, place_of(entry.path), as_bytes(data))

    def _dataset(self, name: str) -> Any:
        assert self._catalog is not None
        return self._catalog[name]

    def _entry(self, name: str) -> Entry | None:
        """What is wanted of a dataset; nothing, where it is of a tariff that the run is not asked for."""
        assert self._catalog is not None
        entry = tracked_entry(self._catalog, name)
        return None if entry is None or entry.tariff not in {None, *self._asked} else entry

    @contextmanager
    def _tracking(self) -> Iterator[Any]:
        """The open runs; None where there are none, or another process has opened them. Errors end the tracking."""
        runs = self._runs if self._process == os.getpid() else None
        try:
            yield runs
        except Exception as error:  # MLflow wraps some errors of its database and of the network, not all
            self._lose(error)

    def _lose(self, error: Exception) -> None:
        logger.warning(
            "MLflow at %s cannot be used: %s; the run goes on, and MLflow is told no more of it",
            self._address,
            _in_words(error),
        )
        self._lost, self._runs = self._runs, None

    def _end(self, ending: Ending) -> None:
        """End what is open; MLflow may be there again, where it was lost."""
        runs, self._runs, lost, self._lost = self._runs, None, self._lost, None
        atexit.unregister(self._end)
        open_runs = runs or lost
        if open_runs is None or not open_runs.parent or self._process != os.getpid():
            return
        try:
            if lost is not None:
                lost.tag(None, {"incomplete": "MLflow could not be used all the time"})
            end(open_runs, ending)
        except Exception as error:  # as above
            logger.warning(
                "MLflow at %s cannot be told how the run ended: %s", self._address, " ".join(str(error).split())
            )


def _in_words(error: Exception) -> str:
    return without_password(" ".join(str(error).split())) or type(error).__name__


def _tariffs_of(parameters: dict[str, Any]) -> frozenset[str]:
    """The tariffs that a run is asked for: a table without a tariff's role has Domestic customers only."""
    layout = parameters["columns"]["layouts"][parameters["columns"]["use"]]
    there = TARIFFS if (layout.get("roles") or {}).get("tariff") else TARIFFS[:1]
    return frozenset(one for one in there if parameters["tariffs"] in ("both", one))


def _read(
    pipeline: Pipeline, parameters: dict[str, Any], run_params: dict[str, Any], execution: Execution | None
) -> set[str]:
    """Names of the parameters that a run reads: the groups of its nodes, and what can be set at run time.

    Of the latter, a step knows only what it is told: the others have their defaults there, whatever the job's are.
    """
    groups = {name.removeprefix("params:") for name in pipeline.inputs() if name.startswith("params:")}
    settable = {name for name, value in parameters.items() if not isinstance(value, dict)}
    told = settable if execution is None else settable & set(run_params["runtime_params"] or {})
    return groups | told


def _date_given(parameters: dict[str, Any]) -> str | None:
    date = parameters[_DATE]
    return None if date is None else str(date)[:10]
