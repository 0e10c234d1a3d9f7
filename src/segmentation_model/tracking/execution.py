"""Several processes that are one job: what they are told of it, and which MLflow run is the job's.

MLflow cannot make a run only if there is none, and steps of a job may begin at the same time. So who finds no run of
the job makes a candidate and looks again: alone, it is elected; with others beside it, it is taken back, and all try
again. Nobody can have been elected unseen, because everyone makes a candidate before looking.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentation_model.errors import ConfigurationError

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

#: Tag of the run that all steps of a job share.
EXECUTION = "execution"
_CANDIDATE = "execution_candidate"
_ATTEMPTS = 20
_NAME = re.compile(r"[\w.:/-]+")
_WHAT = {"id": "job", "step": "step of it"}
_VARIABLES = {"id": "SEGMENTATION_EXECUTION", "step": "SEGMENTATION_STEP", "steps": "SEGMENTATION_STEPS"}


@dataclass(frozen=True)
class Execution:
    """A job of which this process is one step.

    Attributes:
        id: What all its processes, and no others, are told.
        step: This process.
        steps: All of them, in their order, so that the last one can tell which ones did not run.
    """

    id: str
    step: str
    steps: tuple[str, ...] = ()

    @property
    def is_last(self) -> bool:
        """Whether the job is done when this step is."""
        return self.steps[-1:] == (self.step,)

    def variables(self) -> dict[str, str]:
        """The environment variables that tell a process of it."""
        values = {"id": self.id, "step": self.step, "steps": ",".join(self.steps)}
        return {_VARIABLES[name]: value for name, value in values.items()}

    @classmethod
    def told_by(cls, environ: Mapping[str, str]) -> Execution | None:
        """What the environment tells; None: this process is a job of its own.

        Raises:
            ConfigurationError: It names a job, but not the step; or in a way that MLflow cannot search for.

        >>> Execution.told_by({"SEGMENTATION_EXECUTION": "july", "SEGMENTATION_STEP": "train"}).step
        'train'
        >>> Execution.told_by({}) is None
        True
        """
        told = {name: environ.get(variable, "") for name, variable in _VARIABLES.items()}
        if not told["id"]:
            return None
        for name in ("id", "step"):
            if not _NAME.fullmatch(told[name]):
                raise ConfigurationError(
                    f"{_VARIABLES[name]}: {told[name]!r} is no name of a {_WHAT[name]}; letters, digits and ._:/- are "
                    "allowed"
                )
        return cls(told["id"], told["step"], tuple(filter(None, told["steps"].split(","))))


def find_or_create(
    client: MlflowClient, experiment: str, execution: str, create: Callable[[dict[str, str]], str]
) -> tuple[str, bool]:
    """The run of a job that several processes share.

    Args:
        client: MLflow's client.
        experiment: Id of the experiment.
        execution: Id of the job.
        create: Makes a run with these tags, and gives its id.

    Returns:
        The run's id, and whether it was made here. Should a process have died between making a candidate and electing
        it, the others wait a few seconds for it, then take its candidate: the oldest one, all the same one.
    """
    for attempt in range(_ATTEMPTS):
        if elected := _runs(client, experiment, EXECUTION, execution):
            return elected[0].info.run_id, False
        if not _runs(client, experiment, _CANDIDATE, execution):
            mine = create({_CANDIDATE: execution})
            if [run.info.run_id for run in _runs(client, experiment, _CANDIDATE, execution)] == [mine]:
                _elect(client, mine, execution)
                return mine, True
            _withdraw(client, mine)
        time.sleep(random.uniform(0.02, 0.05 * (attempt + 2)))  # noqa: S311  (no secret: they must not stay in step)
    if left := _runs(client, experiment, _CANDIDATE, execution):
        _elect(client, left[0].info.run_id, execution)
        return left[0].info.run_id, False
    return create({EXECUTION: execution}), True


def _withdraw(client: MlflowClient, run_id: str) -> None:
    """Take a candidate back. Who may not delete runs, as jobs in the cloud may not, leaves it as a killed one."""
    from mlflow.exceptions import MlflowException

    client.set_tag(run_id, _CANDIDATE, "")
    try:
        client.delete_run(run_id)
    except MlflowException:
        client.set_tag(run_id, "outcome", "withdrawn: another step of the job has made its run")
        client.set_terminated(run_id, "KILLED")


def _elect(client: MlflowClient, run_id: str, execution: str) -> None:
    client.set_tag(run_id, EXECUTION, execution)


def _runs(client: MlflowClient, experiment: str, tag: str, execution: str) -> list[Run]:
    """The runs with this tag, the oldest first; of those of one moment always the same one first."""
    found = client.search_runs([experiment], f"tags.{tag} = '{execution}'")
    return sorted(found, key=lambda run: (run.info.start_time, run.info.run_id))
