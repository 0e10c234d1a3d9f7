"""The runs of one job in MLflow: the job's own, and one below it for each tariff that there is something to tell of."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from segmentation_model.tracking.execution import Execution, find_or_create

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

#: Between date and what it is, in names: sorted by name, the months are in order.
SEPARATOR = " · "
#: Beginnings of the tags that all runs of a job have.
_SHARED = ("execution_date", "data_hash.")
_PARENT = "mlflow.parentRunId"
_MOST_PARAMETERS = 100  # in a request
_MOST_METRICS = 1000
_LONGEST_TAG = 500
_DIGITS = 12  # of a hash, where people read it


@dataclass(frozen=True)
class Job:
    """What is known of a job when it begins.

    Attributes:
        title: What it is called, after the date.
        tags: Of all its runs.
        source: Tags by which MLflow tells where a run comes from.
        parameters: Of the runs, by tariff; under None those of the job.
        execution: The job of which this process is one step, if it is one.
    """

    title: str
    tags: Mapping[str, str]
    source: Mapping[str, str]
    parameters: Mapping[str | None, Mapping[str, Any]]
    execution: Execution | None = None


@dataclass
class RunTree:
    """The runs. Whatever MLflow answers goes up: who tracks decides what it means.

    Attributes:
        client: MLflow's client.
        experiment: Id of the experiment.
        job: What is tracked.
        parent: Id of the job's run.
        joined: Whether another process has made that run.
        date: Execution date, as soon as it is known.
    """

    client: MlflowClient
    experiment: str
    job: Job
    parent: str = ""
    joined: bool = False
    date: str | None = None
    _children: dict[str, str] = field(default_factory=dict)
    _shared: dict[str, str] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)  # nodes may run in threads

    def open(self) -> None:
        """Make the job's run, or find the one that its other steps use."""
        if self.job.execution is None:
            self.parent = self._make(self.job.title, {})
        else:
            self.parent, self.joined = self._join(self.job.execution)
        self._tell_parameters(self.parent, self.job.parameters.get(None, {}))

    @property
    def ids(self) -> list[str]:
        """All runs that this process has told something, the job's last."""
        return [*self._children.values(), self.parent]

    def of(self, tariff: str | None) -> str:
        """Id of a tariff's run, which is made when it is first asked for; of None: the job's."""
        if tariff is None:
            return self.parent
        with self._lock:
            if tariff not in self._children:
                self._children[tariff] = self._find_child(tariff) or self._make(
                    tariff, {"tariff": tariff, _PARENT: self.parent}
                )
                self._tell_parameters(self._children[tariff], self.job.parameters.get(tariff, {}))
            return self._children[tariff]

    def learn_date(self, date: str) -> None:
        """Name the runs after the execution date."""
        with self._lock:
            if self.date is not None:
                return
            self.date = date
            for name, run_id in ((self.job.title, self.parent), *self._children.items()):
                self.client.update_run(run_id, name=self._name(name))
            self.share({"execution_date": date})

    def share(self, tags: Mapping[str, str]) -> None:
        """Set tags of all runs, those to come included."""
        with self._lock:
            self._shared.update(tags)
            for tariff in (None, *self._children):
                self.tag(tariff, tags)

    def tag(self, tariff: str | None, tags: Mapping[str, object]) -> None:
        """Set tags; None is left out, long text cut."""
        from mlflow.entities import RunTag

        told = [RunTag(key, str(value)[:_LONGEST_TAG]) for key, value in tags.items() if value is not None]
        if told:
            self.client.log_batch(self.of(tariff), tags=told)

    def measure(self, tariff: str | None, numbers: Mapping[str, float]) -> None:
        """Log numbers. They have no step, so that MLflow draws a bar for each run, whose name is the month."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = iter([Metric(name, value, now, 0) for name, value in numbers.items()])
        while batch := list(islice(metrics, _MOST_METRICS)):
            self.client.log_batch(self.of(tariff), metrics=batch)

    def keep(self, tariff: str | None, place: str, content: bytes) -> None:
        """Keep a file."""
        path = PurePosixPath(place)
        folder = None if path.parent == PurePosixPath() else str(path.parent)
        with tempfile.TemporaryDirectory() as beside:
            file = Path(beside, path.name)
            file.write_bytes(content)
            self.client.log_artifact(self.of(tariff), str(file), folder)

    def used(self, table: str, digest: str, address: str, context: str) -> None:
        """Say what table the job has read."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        kind = "s3" if address.startswith("s3:") else "local"
        dataset = Dataset(table, digest[:_DIGITS], kind, json.dumps({"uri": address}))
        self.client.log_inputs(self.parent, [DatasetInput(dataset, [InputTag("mlflow.data.context", context)])])

    def _join(self, execution: Execution) -> tuple[str, bool]:
        run_id, made = find_or_create(
            self.client, self.experiment, execution.id, lambda tags: self._make(self.job.title, tags)
        )
        if not made:
            known = self.client.get_run(run_id).data.tags
            self.date = known.get("execution_date", self.date)
            self._shared |= {name: said for name, said in known.items() if name.startswith(_SHARED)}
            self.client.update_run(run_id, status="RUNNING")
        return run_id, not made

    def _find_child(self, tariff: str) -> str | None:
        """The tariff's run that another step has made. Two steps side by side never make one: each has its tariff."""
        if not self.joined:
            return None
        found = self.client.search_runs(
            [self.experiment], f"tags.`{_PARENT}` = '{self.parent}' AND tags.tariff = '{tariff}'"
        )
        for run in sorted(found, key=lambda run: (run.info.start_time, run.info.run_id)):
            run_id: str = run.info.run_id
            self.client.update_run(run_id, status="RUNNING")
            return run_id
        return None

    def _make(self, name: str, tags: Mapping[str, str]) -> str:
        dated = {} if self.date is None else {"execution_date": self.date}
        known = {**self.job.source, **self.job.tags, **self._shared, **dated}
        run: Run = self.client.create_run(self.experiment, run_name=self._name(name), tags={**known, **tags})
        run_id: str = run.info.run_id
        return run_id

    def _name(self, name: str) -> str:
        return name if self.date is None else f"{self.date}{SEPARATOR}{name}"

    def _tell_parameters(self, run_id: str, parameters: Mapping[str, Any]) -> None:
        """Log what the run does not know yet: a step that is started anew tells the same again."""
        from mlflow.entities import Param

        known = self.client.get_run(run_id).data.params if self.joined else {}
        told = iter([Param(name, str(value)) for name, value in parameters.items() if name not in known])
        while batch := list(islice(told, _MOST_PARAMETERS)):
            self.client.log_batch(run_id, params=batch)


def children_of(client: MlflowClient, experiment: str, parent: str) -> Iterator[Run]:
    """The runs below a run, by their names."""
    found = client.search_runs([experiment], f"tags.`{_PARENT}` = '{parent}'")
    yield from sorted(found, key=lambda run: run.data.tags.get("tariff", ""))
