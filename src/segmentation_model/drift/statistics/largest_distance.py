"""The largest distance between two empirical distributions, without looking at every value.

Between two values at which both distributions are known, they are apart by at most what either gains in between. So
some evenly spaced values are looked up first, then only those gaps that could still hold a larger distance are searched
more closely, and so on, until there is none; the result is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_model.drift.reference.binning import IntArray, cumulative_counts, cumulative_counts_at
from segmentation_model.drift.reference.column_values import FloatArray

_VALUES_A_ROUND = 500
_CLOSER_BY = 8  # at least, from round to round, where too many gaps remain for that number


@dataclass(frozen=True, eq=False)
class CountsAtPoints:
    """How many values of two samples lie below, and at or below, each of some ascending points."""

    below: IntArray
    at_or_below: IntArray
    other_below: IntArray
    other_at_or_below: IntArray

    def swapped(self) -> CountsAtPoints:
        """The same with the samples in the other order."""
        return CountsAtPoints(self.other_below, self.other_at_or_below, self.below, self.at_or_below)


def largest_distance(fewer: FloatArray, more: FloatArray, known: CountsAtPoints | None = None) -> float:
    """Largest distance between the empirical distributions of two samples, either way.

    Only the smaller sample's values need looking at: between them its own distribution stands still, so the largest
    distance is found at one of them, or just before it. Distances are compared as whole numbers, ``|a m - b n|`` for
    a of the n values and b of the m values, and rounded once, at the end.

    Args:
        fewer: Ascending, without NaN, at least one value.
        more: The same, at the same resolution; not fewer values, or the search takes longer.
        known: Counts of both samples at some points, at least one, where they are at hand; spares the first round.

    >>> largest_distance(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0]))
    0.333...
    """
    n, m = fewer.size, more.size
    if np.array_equal(fewer, more):  # the one case in which no gap can be ruled out
        return 0.0
    low, high, left, right = (np.array([bound]) for bound in (0, n, 0, m))  # a gap: fewer[low:high], more[left:right]
    largest, step = 0, n
    while low.size:
        if known is None:
            step = max(1, min(step // _CLOSER_BY, -(-int((high - low).sum()) // _VALUES_A_ROUND)))
            positions = _every(step, low, high)
            own, others = cumulative_counts_at(fewer, positions), cumulative_counts(more, fewer[positions])
            known = CountsAtPoints(*own, *others)
        before = np.abs(known.below * m - known.other_below * n)
        after = np.abs(known.at_or_below * m - known.other_at_or_below * n)
        largest = max(largest, int(before.max()), int(after.max()))
        # Every point ends one gap and begins the next; in order, beginnings and ends belong together.
        low, left = _in_order(low, known.at_or_below), _in_order(left, known.other_at_or_below)
        high, right = _in_order(high, known.below), _in_order(right, known.other_below)
        open_gap = (low < high) & (np.maximum(high * m - left * n, right * n - low * m) > largest)
        low, high, left, right = (bound[open_gap] for bound in (low, high, left, right))
        known = None
    return largest / (n * m)


def _every(step: int, low: IntArray, high: IntArray) -> IntArray:
    """Positions ``step`` apart, counted through all ranges as if they were one; at 1, all of them."""
    ends = np.cumsum(high - low)
    passed = np.arange((step - 1) // 2, ends[-1], step)
    gap = ends.searchsorted(passed, side="right")
    positions: IntArray = high[gap] - ends[gap] + passed
    return positions


def _in_order(one: IntArray, other: IntArray) -> IntArray:
    bounds: IntArray = np.concatenate([one, other])
    bounds.sort()
    return bounds
