"""What is said while an execution runs: a line when a step starts, and when it ends."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path

import click

from segmentation_model.sagemaker.local.summary import StepRecord

_LINES_OF_LOG = 15
_COLOURS = {"succeeded": "green", "cached": "cyan", "failed": "red", "stopped": "yellow"}


class Progress:
    """Writes lines on standard error, from any thread."""

    def __init__(self, width: int) -> None:
        """Align what is said behind names of this width."""
        self._width = width
        self._lock = threading.Lock()

    def say(self, name: str, word: str, rest: str = "") -> None:
        """Write one line about a step or the execution."""
        padded = f"{word:<9}  {rest}" if rest else word
        styled = padded.replace(word, click.style(word, fg=_COLOURS.get(word)), 1)
        self._write(f"{datetime.now():%H:%M:%S}  {name:<{self._width}}  {styled}")

    def ended(self, record: StepRecord) -> None:
        """Say how a step has ended; of a failed one why, and what its container said last."""
        seconds = f"{record.seconds or 0:.1f} s"
        details = f"{seconds}  {record.reason}" if record.reason else seconds
        self.say(record.name, record.status.lower(), details)
        if record.status == "Failed" and record.log:
            for line in _last_lines(Path(record.log)):
                self._write(f"    | {line}")
            self._write(f"    {record.log}")

    def _write(self, line: str) -> None:
        with self._lock:
            click.echo(line, err=True, color=False if os.environ.get("NO_COLOR") else None)


def _last_lines(log: Path) -> list[str]:
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return text.splitlines()[-_LINES_OF_LOG:]
