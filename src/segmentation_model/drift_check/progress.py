"""How far a long check is: a bar on a terminal, log lines elsewhere."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

import click

from segmentation_model.pages.wording import plural

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LINES = 10.0

Part = TypeVar("Part", bound=Sized)


class Progress:
    """Tells how far a check is.

    Attributes:
        bars: Draw bars on standard error; else write log lines.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        """Draw bars where somebody looks at a terminal, and wants to."""
        self.bars = not quiet and sys.stderr.isatty()

    def follow(self, parts: Iterable[Part], label: str, rows: int) -> Iterator[Part]:
        """The same parts of a table, counted as they go by.

        Args:
            parts: Slices of a table.
            label: What is being done.
            rows: Rows of the whole table.
        """
        if self.bars:
            yield from _with_bar(parts, label, rows)
        else:
            yield from _with_lines(parts, label, rows)


def _with_bar(parts: Iterable[Part], label: str, rows: int) -> Iterator[Part]:
    with click.progressbar(length=rows, label=label, file=sys.stderr) as bar:
        for part in parts:
            yield part
            bar.update(len(part))


def _with_lines(parts: Iterable[Part], label: str, rows: int) -> Iterator[Part]:
    """A line when the work begins, and one every so often."""
    logger.info("%s: %s", label, plural(rows, "row"))
    done, spoken = 0, time.monotonic()
    for part in parts:
        yield part
        done += len(part)
        if time.monotonic() - spoken >= _SECONDS_BETWEEN_LINES:
            spoken = time.monotonic()
            logger.info("%s: %s of %s", label, f"{done:,}", plural(rows, "row"))
