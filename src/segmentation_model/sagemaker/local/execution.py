"""An execution of a pipeline: which step runs when, and what ends it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType

from segmentation_model.sagemaker.local.conditions import ConditionError
from segmentation_model.sagemaker.local.container import Halt
from segmentation_model.sagemaker.local.definition import FailStep
from segmentation_model.sagemaker.local.expressions import ExpressionError
from segmentation_model.sagemaker.local.graph import Node, predecessors
from segmentation_model.sagemaker.local.job import JobFailedError, JobStoppedError
from segmentation_model.sagemaker.local.object_store import ObjectStoreError
from segmentation_model.sagemaker.local.paths import PathError
from segmentation_model.sagemaker.local.progress import Progress
from segmentation_model.sagemaker.local.requests import RequestError
from segmentation_model.sagemaker.local.step import Finished, StepRunner
from segmentation_model.sagemaker.local.summary import StepStatus, Summary

# What is the step's own failure; everything else is the runner's.
_OF_THE_STEP = (JobFailedError, ObjectStoreError, ExpressionError, PathError, ConditionError, RequestError, OSError)


class Execution:
    """Runs the steps of a graph, side by side where they do not wait for each other.

    A step that fails lets those that run already come to their end, and none start; a Fail step stops them.
    """

    def __init__(
        self,
        nodes: dict[str, Node],
        runner: StepRunner,
        finished: Finished,
        summary: Summary,
        progress: Progress,
    ) -> None:
        """Prepare to run all steps; nothing starts yet."""
        self._waiting, self._left_out = dict(nodes), set[str]()
        self._runner, self._finished = runner, finished
        self._summary, self._progress = summary, progress
        self._records = {record.name: record for record in summary.steps}
        self._halt: Halt = runner.site.halt

    def run(self, jobs: int) -> None:
        """Run until all is done, or the execution ends.

        Args:
            jobs: How many steps at a time.
        """
        begun = time.monotonic()
        self._summary.write(self._runner.site.folder)
        running: dict[Future[None], Node] = {}
        with _signals_end(self._halt), ThreadPoolExecutor(jobs) as pool:
            try:
                while True:
                    for node in self._ready():
                        running[pool.submit(self._run_step, node)] = node
                    if not running:
                        break
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        del running[future]
                        future.result()
                    self._summary.write(self._runner.site.folder)
            except BaseException:
                self._halt.now("the runner itself failed")
                raise
        self._summary.seconds = round(time.monotonic() - begun, 3)
        self._close()

    def _ready(self) -> Iterator[Node]:
        """The steps that can start now; those that never can are sorted out."""
        if self._halt or self._summary.failure_reason:
            return
        for name, node in list(self._waiting.items()):  # in an order in which they could run
            if reason := self._never(node):
                del self._waiting[name]
                self._left_out.add(name)
                self._records[name].reason = reason
            elif all(self._records[one].status in ("Succeeded", "Cached") for one in predecessors(node)):
                del self._waiting[name]
                yield node

    def _never(self, node: Node) -> str:
        """Why a step can no longer run; empty if it can."""
        if node.decision and self._records[node.decision].status == "Succeeded":
            outcome = self._finished.property(node.decision, "Outcome")
            if outcome != str(node.branch):
                return f"{node.decision} decided otherwise"
        missing = sorted(predecessors(node) & self._left_out)
        return f"{missing[0]} did not run" if missing else ""

    def _run_step(self, node: Node) -> None:
        record, begun = self._records[node.step.name], time.monotonic()
        if self._halt or self._summary.failure_reason:  # since it was submitted
            return
        record.status = "Executing"
        self._progress.say(record.name, "started")
        status: StepStatus = "Failed"
        failure = ""
        try:
            status = self._runner.run(node.step, record)
            failure = record.reason
        except JobStoppedError:
            status, record.reason = "Stopped", self._halt.reason
        except _OF_THE_STEP as error:
            record.reason = str(error) or type(error).__name__
            failure = f"Step {record.name}: {record.reason}"
        if status == "Failed":
            self._summary.failure_reason = self._summary.failure_reason or failure
        record.seconds = round(time.monotonic() - begun, 3)
        record.status = status
        self._progress.ended(record)
        if isinstance(node.step, FailStep):
            self._halt.now(f"{record.name} ended the execution")

    def _close(self) -> None:
        for record in self._records.values():
            if record.status == "NotRun" and not record.reason:
                record.reason = "the execution ended before"
        summary = self._summary
        if summary.failure_reason:
            summary.status = "Failed"
        elif self._halt:
            summary.status, summary.failure_reason = "Stopped", self._halt.reason
        else:
            summary.status = "Succeeded"
        summary.write(self._runner.site.folder)


@contextmanager
def _signals_end(halt: Halt) -> Iterator[None]:
    """Let Ctrl-C and a polite kill end the execution in order."""

    def end(number: int, _frame: FrameType | None) -> None:
        halt.now(f"stopped by {signal.Signals(number).name}")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
