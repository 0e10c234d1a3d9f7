"""How runs end: each with a status, a word for what came of it, and the reason if it came to nothing."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import click
import psutil

from segmentation_model.errors import DriftGateError, StoppedError
from segmentation_model.tracking.execution import Execution
from segmentation_model.tracking.note import write_notes
from segmentation_model.tracking.runs import RunTree

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_STEP = "step."
_RUNNING = "running"
_FINISHED = "finished"
_REUSED = "reused"
_LONGEST_REASON = 500
_PROCESS = "process"
#: Tag that all runs of this hook have.
OURS = "code_version"
#: SageMaker lets no job run longer, unless somebody has a higher quota.
_LONGEST_JOB = timedelta(days=5)


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    Attributes:
        status: MLflow's word.
        outcome: Ours, for people.
        reason: Why it came to nothing; None: it did not.
        node: The node that failed, if one did.
    """

    status: Literal["FINISHED", "FAILED", "KILLED"]
    outcome: str
    reason: str | None = None
    node: str | None = None

    @classmethod
    def by(cls, error: BaseException, node: str | None) -> Ending:
        """What an error makes of a run."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, click.ClickException):
            cause = cause.__cause__
        known = cause or error
        reason = known.message if isinstance(known, click.ClickException) else f"{type(known).__name__}: {known}"
        if isinstance(known, StoppedError):
            return cls("KILLED", "stopped", reason, node)
        return cls("FAILED", TRIPPED if isinstance(known, DriftGateError) else "failed", reason, node)


TRIPPED = "drift gate tripped"
DONE = Ending("FINISHED", _FINISHED)
INTERRUPTED = Ending("KILLED", "interrupted", "it was interrupted before its end")
#: Of a job of which steps are still to come; nobody may ever start them.
_TO_GO_ON = Ending("FINISHED", "unfinished")
_ABANDONED = Ending("KILLED", "abandoned", "its process ended without a word: killed, or out of memory")


def identity() -> dict[str, str]:
    """Tag by which a later run finds out whether this process is still there; not for runs that processes share."""
    return {_PROCESS: f"{socket.gethostname()} {os.getpid()} {psutil.Process().create_time():.2f}"}


def begin_step(tree: RunTree, execution: Execution) -> None:
    """Say on the job's run that a step is at work; of steps that came before the last one and did not, that too."""
    known = tree.client.get_run(tree.parent).data.tags
    reused = [step for step in execution.steps if f"{_STEP}{step}" not in known] if execution.is_last else []
    told = {f"{_STEP}{step}": f"{_REUSED}: an earlier execution had done it" for step in reused}
    tree.tag(None, {**told, f"{_STEP}{execution.step}": _RUNNING})


def end(tree: RunTree, ending: Ending) -> None:
    """End all runs that this process has told something.

    A job of several processes is at an end when none of its steps is at work: each says that it is done before it looks
    at the others, so that of two that end at once one sees both.
    """
    whole = ending if tree.job.execution is None else _end_step(tree, tree.job.execution, ending)
    endings = {run_id: whole if run_id == tree.parent else ending for run_id in tree.ids}
    for run_id, one in endings.items():
        if one is not None:
            _tag(tree.client, run_id, one)
    write_notes(tree.client, tree.experiment, tree.parent)
    for run_id, one in endings.items():
        if one is not None:
            tree.client.set_terminated(run_id, one.status)


def end_abandoned(client: MlflowClient, experiment: str) -> list[str]:
    """End the runs whose process has died without a word, on this machine, or very long ago; their ids."""
    ended = []
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'"):
        if _is_abandoned(run):
            _tag(client, run.info.run_id, _ABANDONED)
            client.set_terminated(run.info.run_id, _ABANDONED.status)
            ended.append(run.info.run_id)
    return ended


def _end_step(tree: RunTree, execution: Execution, ending: Ending) -> Ending | None:
    """What a step's end makes of the whole job; None: another step is at work, or has ended it already."""
    said = _FINISHED if ending.reason is None else f"{ending.outcome}: {ending.reason}"
    tree.tag(None, {f"{_STEP}{execution.step}": said})
    if ending.reason is not None:
        return ending
    tags = tree.client.get_run(tree.parent).data.tags
    others = [said.split(":")[0] for key, said in tags.items() if key.startswith(_STEP)]
    if any(other not in (_FINISHED, _REUSED) for other in others):
        return None
    return DONE if execution.is_last or not execution.steps else _TO_GO_ON


def _tag(client: MlflowClient, run_id: str, ending: Ending) -> None:
    """Say how a run ended, and no longer how a step ended that has been started anew: jobs may not delete a tag."""
    told = {"outcome": ending.outcome, "reason": ending.reason, "failed_node": ending.node}
    known = client.get_run(run_id).data.tags
    for key, value in told.items():
        if value is not None or key in known:
            client.set_tag(run_id, key, (value or "")[:_LONGEST_REASON])


def _is_abandoned(run: Run) -> bool:
    if OURS not in run.data.tags:
        return False
    if datetime.now(UTC) - datetime.fromtimestamp(run.info.start_time / 1000, UTC) > _LONGEST_JOB:
        return True
    host, pid, since = run.data.tags.get(_PROCESS, "? 0 0").split()
    if host != socket.gethostname():
        return False
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" != since
    except psutil.NoSuchProcess:
        return True
