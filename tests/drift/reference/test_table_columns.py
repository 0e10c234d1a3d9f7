"""Columns are found by name, and read when asked for."""

import threading

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.reference.table_columns import TableColumns, in_threads


def test_a_name_is_counted_as_often_as_it_occurs_and_named_once() -> None:
    columns = TableColumns(pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", 7, "a"]))
    assert columns.names == ("a", "7")
    assert [columns.occurrences(name) for name in ("a", "7", "b")] == [2, 1, 0]
    assert columns.rows == 1


def test_a_column_is_read_by_its_name_as_text() -> None:
    values = TableColumns(pd.DataFrame({7: [2.0, 1.0], "a": ["x", "y"]})).read("7")
    assert values.numbers is not None
    assert values.numbers.tolist() == [1.0, 2.0]


def test_results_come_in_the_order_of_the_items_from_the_threads_that_were_asked_for() -> None:
    used: set[str] = set()

    def square(value: int) -> int:
        used.add(threading.current_thread().name)
        return value**2

    squares = np.square(np.arange(50)).tolist()
    assert list(in_threads(square, range(50), 1)) == squares
    assert used == {threading.current_thread().name}
    used.clear()
    assert list(in_threads(square, range(50), 3)) == squares
    assert 1 <= len(used) <= 3
    assert threading.current_thread().name not in used


@pytest.mark.parametrize("workers", [2, 3])
def test_at_most_four_results_per_thread_wait_and_none_before_it_is_asked_for(workers: int) -> None:
    begun: list[int] = []

    def begin(item: int) -> int:
        begun.append(item)
        return item

    for asked, result in enumerate(in_threads(begin, range(50), workers), start=1):
        assert result == asked - 1
        assert len(begun) < asked + 4 * workers
    assert sorted(begun) == list(range(50))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda item: 1 // item, [1, 0, 1], workers))
