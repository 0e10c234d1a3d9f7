"""The columns of a table, read one at a time, in threads where wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import pandas as pd

from segmentation_model.drift.reference.column_values import ColumnValues, read_column

Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_PER_THREAD = 4


class TableColumns:
    """Columns of a table by name, as text.

    Attributes:
        rows: Rows of the table.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        """Take the columns of a table apart; no value is copied or read yet.

        That is done here, once, because it holds the interpreter's lock: threads that did it would wait for each other.
        """
        self.rows = len(table)
        self._columns: dict[str, list[pd.Series]] = {}
        for name, column in table.items():
            self._columns.setdefault(str(name), []).append(column)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name once, in the table's order."""
        return tuple(self._columns)

    def occurrences(self, name: str) -> int:
        """How many columns have the name."""
        return len(self._columns.get(name, ()))

    def read(self, name: str) -> ColumnValues:
        """Read the column of a name that occurs once."""
        (column,) = self._columns[name]
        return read_column(column)


def in_threads(task: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """Results in the order of the items, one after the other; so many per thread wait in memory, and no more.

    For long steps that let go of the interpreter's lock, as sorting and counting a column do. Threads and caller take
    turns: the caller's many small steps would hand the lock to a thread and back each time, which is slower than doing
    both in a row.

    >>> list(in_threads(abs, [-3, 2, -1], workers=2))
    [3, 2, 1]
    """
    if workers <= 1:
        yield from map(task, items)
        return
    remaining = iter(items)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        while batch := list(islice(remaining, workers * _ITEMS_PER_THREAD)):
            results = deque(pool.map(task, batch))
            while results:
                yield results.popleft()
