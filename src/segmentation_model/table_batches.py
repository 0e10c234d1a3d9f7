"""A table as batches of rows, for tables of any size: read as often as wanted, written as it comes.

A node takes one, goes through its batches, and gives one whose batches are computed while they are written. What it
holds at a time is a batch, and whatever it keeps of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pandas as pd

#: Rows of a batch. Figures that are summed batch by batch depend on it in their last digits.
BATCH_ROWS = 65_536
_VALUES_AT_A_TIME = 1 << 26

Start = Callable[[], Iterator[pd.DataFrame]]
Item = TypeVar("Item")


class TableBatches:
    """Batches of rows in their order, all with the same columns and types; at least one, which may have no rows.

    Every iteration begins anew. The object itself is no iterator: Kedro would take that for a node that yields.
    """

    def __init__(self, start: Start) -> None:
        """Take what begins to read or to compute the batches; it yields one at least."""
        self._start = start

    @classmethod
    def of(cls, frame: pd.DataFrame, rows: int = BATCH_ROWS) -> TableBatches:
        """The batches of a table in memory, of so many rows each."""
        starts = range(0, max(len(frame), 1), rows)
        return cls(lambda: (frame.iloc[start : start + rows].reset_index(drop=True) for start in starts))

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Begin with the first batch."""
        return self._start()

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return next(iter(self)).columns.tolist()

    @property
    def has_rows(self) -> bool:
        """Whether there is any row; computes batches up to the first one."""
        return any(len(batch) for batch in self)

    def map(self, function: Callable[[pd.DataFrame], pd.DataFrame]) -> TableBatches:
        """The table that a function makes of every batch, computed when it is gone through."""
        return TableBatches(lambda: map(function, self))

    def select(self, columns: Sequence[str]) -> TableBatches:
        """Some of the columns, in the order given; of a stored table, no others are read."""
        return self.map(lambda batch: batch[list(columns)])

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        return pd.concat(list(self), ignore_index=True)

    def column_blocks(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Some of the columns, a few at a time with all of their rows, for what needs a column as a whole.

        A block has 67 million values at most, 256 MB as numbers, and one column at least.
        """
        rows = sum(len(batch) for batch in self.select(columns[:1])) if columns else 0
        width = max(1, _VALUES_AT_A_TIME // max(rows, 1))
        for start in range(0, len(columns), width):
            yield self.select(columns[start : start + width]).read()


def ahead(batches: Iterator[Item]) -> Iterator[Item]:
    """The same, each made in a thread while the one before is used; the second only when it is asked for.

    What goes wrong in the thread goes wrong here.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as thread:
        waiting = thread.submit(next, batches, None)
        first = waiting.result()
        if first is None:
            return
        yield first
        waiting = thread.submit(next, batches, None)
        while (item := waiting.result()) is not None:
            waiting = thread.submit(next, batches, None)
            yield item


class RowQueue:
    """The rows of a table from the first to the last, as many at a time as are asked for."""

    def __init__(self, table: TableBatches) -> None:
        """Stand before the first row."""
        self._batches = iter(table)
        self._waiting = next(self._batches)

    def take(self, rows: int) -> pd.DataFrame:
        """The next rows; fewer where the table ends."""
        parts = [self._waiting.iloc[:rows]]
        self._waiting = self._waiting.iloc[rows:]
        missing = rows - len(parts[0])
        while missing and (batch := next(self._batches, None)) is not None:
            parts.append(batch.iloc[:missing])
            self._waiting = batch.iloc[missing:]
            missing -= len(parts[-1])
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)

    @property
    def ended(self) -> bool:
        """Whether every row was taken."""
        return not len(self._waiting) and not any(len(batch) for batch in self._batches)
