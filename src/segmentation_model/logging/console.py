"""Log lines for people: short, aligned, coloured only on a terminal."""

import logging
import os
import sys
from typing import TextIO

import click

COLOURS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}
OWN_LOGGERS = "segmentation_model"


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what ``sys.stderr`` is at the moment of writing.

    Standard output stays free for what a command answers. The stream is looked up each time because test runners,
    notebooks and Click exchange it under a handler that was made once.
    """

    def __init__(self, level: int | str = logging.NOTSET) -> None:
        """Make a handler that lets everything from ``level`` on pass."""
        logging.Handler.__init__(self, level)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error as it is now."""
        return sys.stderr


class ConsoleFormatter(logging.Formatter):
    """``14:03:09 WARNING kedro.io: message``; level and logger are left out where they say nothing.

    The level shows from WARNING on, the logger where it is not this package's. The environment variable ``NO_COLOR``
    switches the colours off on a terminal, too.
    """

    default_time_format = "%H:%M:%S"
    default_msec_format = None

    def format(self, record: logging.LogRecord) -> str:
        """Lay a record out on one line, its traceback below unless Python will print the same one at exit."""
        colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        time = self.formatTime(record, self.datefmt)
        parts = [click.style(time, dim=True) if colour else time]
        if record.levelno != logging.INFO:
            level = record.levelname
            parts.append(click.style(level, fg=COLOURS.get(level), bold=True) if colour else level)
        if record.name.partition(".")[0] != OWN_LOGGERS:
            parts.append(f"{record.name}:")
        parts.append(record.getMessage().rstrip())
        line = " ".join(parts)
        if record.exc_info and not getattr(record, "traceback_follows", False):
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line
