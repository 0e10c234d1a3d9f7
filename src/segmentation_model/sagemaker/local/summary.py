"""What came of an execution: for machines as JSON, for people as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import click

StepStatus = Literal["NotRun", "Executing", "Succeeded", "Cached", "Failed", "Stopped"]
_LONGEST_REASON = 100
_WORDS = {"NotRun": "not run"}
_COLOURS = {"Succeeded": "green", "Cached": "cyan", "Failed": "red", "Stopped": "yellow"}


@dataclass
class StepRecord:
    """What came of a step.

    Attributes:
        name: The step.
        type: Its type.
        status: Succeeded, Cached (an earlier result was used), Failed, Stopped, NotRun, or still Executing.
        seconds: How long it took; None where it did not run.
        job_name: Name of its job; of the earlier one where that was used.
        reason: Why it has this status, where there is something to say.
        outputs: Where its outputs are, by name.
        log: File with what its containers said.
    """

    name: str
    type: str
    status: StepStatus = "NotRun"
    seconds: float | None = None
    job_name: str | None = None
    reason: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    log: str | None = None


@dataclass
class Summary:
    """What came of an execution.

    Attributes:
        execution_id: Its id.
        pipeline: The pipeline's name.
        definition: Where the definition lay.
        parameters: Value by name.
        status: Executing until it has ended.
        failure_reason: Why it did not succeed.
        started: When, ISO 8601, UTC.
        seconds: How long it took.
        steps: All steps of the definition.
    """

    execution_id: str
    pipeline: str
    definition: str
    parameters: dict[str, Any]
    started: str
    steps: list[StepRecord]
    status: Literal["Executing", "Succeeded", "Failed", "Stopped"] = "Executing"
    failure_reason: str = ""
    seconds: float = 0.0

    def as_json(self) -> str:
        """All of it."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    def write(self, folder: Path) -> None:
        """Write ``summary.json``: readers find the old content or the new."""
        new = folder / ".summary.json"
        new.write_text(self.as_json(), encoding="utf-8")
        new.replace(folder / "summary.json")


def in_words(summary: Summary, folder: Path) -> Iterator[str]:
    """The lines of a table for people."""
    colour = _COLOURS.get(summary.status, "white")
    reason = f"  {summary.failure_reason}" if summary.failure_reason else ""
    yield f"{click.style(summary.status.upper(), fg=colour, bold=True)}{reason}"
    yield ""
    wide = max(len(step.name) for step in summary.steps)
    for step in summary.steps:
        status = click.style(f"{_WORDS.get(step.status, step.status.lower()):<9}", fg=_COLOURS.get(step.status))
        seconds = f"{step.seconds:8.1f} s" if step.seconds is not None else " " * 10
        said = " ".join(step.reason.split())
        short = said if len(said) <= _LONGEST_REASON else f"{said[:_LONGEST_REASON]}…"
        yield f"  {step.name:<{wide}}  {step.type:<13}  {status}  {seconds}  {short}".rstrip()
    outputs = [(step.name, name, address) for step in summary.steps for name, address in step.outputs.items()]
    if outputs:
        yield ""
        yield "Outputs:"
        for step_name, name, address in outputs:
            yield f"  {step_name:<{wide}}  {name}: {address}"
    yield ""
    yield f"Execution {summary.execution_id} of {summary.pipeline}: {summary.seconds:.1f} s; {folder}/summary.json"
