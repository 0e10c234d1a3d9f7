"""What a payment analyst reads off a monthly family: averages, spread, trend, the last month against the usual.

All functions take arrays of shape (rows, months), newest month first, NaN = no bill that month (a customer younger
than the window); every result has one value per row and is NaN where there is nothing to take it from. Sums are taken
in float64 and month by month, so that a row's figures do not depend on the rows beside it.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Months = NDArray[np.float32]
Values = NDArray[np.float32]
_Exact = NDArray[np.float64]


def mean(months: Months) -> Values:
    """Mean of the months that are there.

    >>> mean(np.array([[1, 3, np.nan]], np.float32)).tolist()
    [2.0]
    """
    return _mean(months)[0].astype(np.float32)


def spread(months: Months) -> Values:
    """Standard deviation (n - 1) of the months that are there; NaN under two.

    >>> spread(np.array([[1, 3, np.nan], [1, np.nan, np.nan]], np.float32)).round(3).tolist()
    [1.4140000343322754, nan]
    """
    centre, count = _mean(months)
    squares = _sum((month - centre) ** 2 for month in months.T)
    return np.sqrt(_ratio(squares, count - 1)).astype(np.float32)


def trend(months: Months) -> Values:
    """Least-squares slope per month over the months that are there, positive when rising; NaN under two.

    >>> trend(np.array([[3, 2, 1], [3, np.nan, 1]], np.float32)).tolist()
    [1.0, 1.0]
    """
    centre, count = _mean(months)
    # The newest month is time 0, the one before it -1. Deviations from the mean add up to nothing, so time need not be
    # centred in the products; sums of time are whole numbers, so they are exact.
    times = [np.int16(-age) * ~np.isnan(month) for age, month in enumerate(months.T)]
    products = _sum(-age * (month - centre) for age, month in enumerate(months.T))
    squares = _sum(time * time for time in times) - _ratio(_sum(times) ** 2, count)
    return _ratio(products, squares).astype(np.float32)


def last_to_usual(months: Months) -> Values:
    """The newest month over the mean of the months before it; NaN where that mean is not positive.

    >>> last_to_usual(np.array([[6, 2, 4], [6, 0, 0]], np.float32)).tolist()
    [2.0, nan]
    """
    return _ratio(months[:, 0], _mean(months[:, 1:])[0]).astype(np.float32)


def months_above_zero(months: Months) -> Values:
    """Number of months with a positive figure (months late); NaN where no month is there.

    >>> months_above_zero(np.array([[5, 0, np.nan], [np.nan] * 3], np.float32)).tolist()
    [1.0, nan]
    """
    positive = (months > 0).sum(axis=1).astype(np.float32)
    return np.where(np.isnan(months).all(axis=1), np.float32(np.nan), positive)


def months_since_positive(months: Months) -> Values:
    """Months since the figure was last positive, 0 = the newest month; NaN where no month is there.

    Where it never was, it is the width of the window: the longest time that the window can tell of, and a number, so
    that a model can hold that it only gets shorter when a month turns positive.

    >>> months_since_positive(np.array([[0, 0, 5], [0, np.nan, 0], [np.nan] * 3], np.float32)).tolist()
    [2.0, 3.0, nan]
    """
    positive = months > 0
    since = np.where(positive.any(axis=1), positive.argmax(axis=1), months.shape[1]).astype(np.float32)
    return np.where(np.isnan(months).all(axis=1), np.float32(np.nan), since)


def maximum(months: Months) -> Values:
    """Largest month; NaN where no month is there.

    >>> maximum(np.array([[1, 5, np.nan]], np.float32)).tolist()
    [5.0]
    """
    largest: Values = np.fmax.reduce(months, axis=1)
    return largest


def paid_share(paid: Months, invoiced: Months) -> Values:
    """Money paid over money invoiced, over the months where both are there; NaN where nothing was invoiced.

    Credits count: a negative bill lessens what was invoiced.

    >>> paid_share(np.array([[50, 100, 7]], np.float32), np.array([[100, 100, np.nan]], np.float32)).tolist()
    [0.75]
    """
    both = [~(np.isnan(money) | np.isnan(bill)) for money, bill in zip(paid.T, invoiced.T, strict=True)]
    paid_sum = _sum(np.where(there, money, 0) for there, money in zip(both, paid.T, strict=True))
    invoiced_sum = _sum(np.where(there, bill, 0) for there, bill in zip(both, invoiced.T, strict=True))
    return _ratio(paid_sum, invoiced_sum).astype(np.float32)


def _sum(months: Iterable[NDArray[Any]]) -> _Exact:
    """Sum per row, one month after the other; a missing one counts as nothing."""
    total: _Exact | None = None
    for month in months:
        there = np.where(np.isnan(month), 0, month)
        if total is None:
            total = there.astype(np.float64)
        else:
            total += there
    assert total is not None
    return total


def _mean(months: Months) -> tuple[_Exact, _Exact]:
    """Mean per row of the months that are there, and their number."""
    count = (~np.isnan(months)).sum(axis=1).astype(np.float64)
    return _ratio(_sum(months.T), count), count


def _ratio(numerator: NDArray[np.floating], denominator: NDArray[np.floating]) -> _Exact:
    """The quotient, NaN where the denominator is not positive."""
    quotient = np.full(len(numerator), np.nan, dtype=np.float64)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient
