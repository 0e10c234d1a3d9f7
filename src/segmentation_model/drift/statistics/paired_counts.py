"""Counts of two samples over the same bins, for many columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class PairedCounts:
    """Counts of both samples over the bins of all columns, one column after the other.

    Bins that are empty on both sides are left out: they are no bins of these two samples.

    Attributes:
        reference: Counts of the reference.
        current: Counts of the current side.
        owner: Position of the column that each bin belongs to.
        columns: Number of columns; one may be without any bin.
    """

    reference: FloatArray
    current: FloatArray
    owner: IntArray
    columns: int

    def per_column(self, values: npt.NDArray[np.float64 | np.bool_]) -> FloatArray:
        """Sums over the bins of each column, of one value a bin."""
        return np.bincount(self.owner, weights=values, minlength=self.columns).astype(np.float64)


def pair_counts(reference: Sequence[npt.ArrayLike], current: Sequence[npt.ArrayLike]) -> PairedCounts:
    """Put the counts of columns behind one another.

    Args:
        reference: Counts of the reference per column, one per bin (not negative); columns may differ in bins.
        current: Counts of the current side over the same bins.

    >>> pairs = pair_counts([[3, 0], [1, 0, 2]], [[4, 1], [5, 0, 6]])
    >>> pairs.per_column(pairs.current).tolist()
    [5.0, 11.0]
    """
    before, now = (_in_a_row(side) for side in (reference, current))
    owner = np.repeat(np.arange(len(reference)), [np.size(counts) for counts in reference])
    filled = (before > 0) | (now > 0)
    return PairedCounts(before[filled], now[filled], owner[filled], len(reference))


def _in_a_row(columns: Sequence[npt.ArrayLike]) -> FloatArray:
    return np.concatenate([np.zeros(0), *columns]).astype(np.float64, copy=False)
