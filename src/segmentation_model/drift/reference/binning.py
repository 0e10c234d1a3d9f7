"""Bins that are frozen with the reference, and counting against them.

Counting works on any slice of a table: the counts of the parts add up exactly to the whole's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentation_model.drift.reference.column_values import FloatArray, coarsen, resolution_of, without_missing

IntArray = npt.NDArray[np.int64]
BinRole = Literal["interval", "category", "pooled", "unseen", "missing"]

POOLED_LABEL = "(other)"
UNSEEN_LABEL = "(unseen)"
MISSING_LABEL = "(missing)"

_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class NumericBins:
    """Bins of a number: intervals between ascending edges, the outer two open, and one bin for missing, last.

    Attributes:
        edges: Values of the reference, ascending. A value that has a bin of its own appears twice.
        closed: Per edge, whether the value at the edge belongs to the interval on its left (right-closed, the rule) or
            to the one on its right (the lower end of a value's own bin).
    """

    edges: tuple[float, ...]
    closed: tuple[bool, ...]

    @property
    def roles(self) -> tuple[BinRole, ...]:
        """What each bin is, in the order of the counts."""
        intervals: tuple[BinRole, ...] = tuple("interval" for _ in range(len(self.edges) + 1))
        return (*intervals, "missing")

    @property
    def labels(self) -> tuple[str, ...]:
        """A readable name per bin, in the order of the counts.

        >>> NumericBins(edges=(0.0, 0.0, 7.5), closed=(False, True, True)).labels
        ('< 0', '0', '(0, 7.5]', '> 7.5', '(missing)')
        """
        if not self.edges:
            return ("any value", MISSING_LABEL)
        first, last = self.edges[0], self.edges[-1]
        names = [f"{'<=' if self.closed[0] else '<'} {first:.6g}"]
        for (low, low_closed), (high, high_closed) in pairwise(zip(self.edges, self.closed, strict=True)):
            own = low == high
            interval = f"{'(' if low_closed else '['}{low:.6g}, {high:.6g}{']' if high_closed else ')'}"
            names.append(f"{low:.6g}" if own else interval)
        names.append(f"{'>' if self.closed[-1] else '>='} {last:.6g}")
        return (*names, MISSING_LABEL)


def fit_numeric_bins(values: FloatArray, bins: int) -> NumericBins:
    """Quantile bins of sorted values without NaN.

    The edges are the i/bins quantiles as they occur in the data (the smallest value that at least i/bins of the rows
    do not exceed; no interpolation); tied edges merge. A value that at least 1/bins of the rows hold gets an edge on
    either side, so that a spike of zeros is seen to leave, in whichever direction.

    Args:
        values: Ascending, without NaN; may be empty (one bin for any value) and may hold infinities (their edges are
            the largest finite numbers, which tell them apart just as well).
        bins: Number of quantile bins.

    >>> import numpy as np
    >>> fit_numeric_bins(np.arange(1.0, 101.0), 4)
    NumericBins(edges=(25.0, 50.0, 75.0), closed=(True, True, True))
    >>> fit_numeric_bins(np.full(9, 5.0), 10)
    NumericBins(edges=(5.0, 5.0), closed=(False, True))
    """
    if values.size == 0:
        return NumericBins(edges=(), closed=())
    candidates = np.unique(values[quantile_positions(values.size, bins)])
    below, at_or_below = cumulative_counts(values, candidates)
    return bins_at(candidates, (at_or_below - below) * bins >= values.size)


def quantile_positions(rows: int, parts: int) -> IntArray:
    """Where the i/parts quantiles stand among sorted values, i from 1 to parts: no interpolation, the last is the end.

    >>> quantile_positions(10, 4)
    array([2, 4, 7, 9])
    """
    return (-(-np.arange(1, parts + 1) * rows // parts) - 1).astype(np.int64)


def bins_at(candidates: FloatArray, spikes: npt.NDArray[np.bool_]) -> NumericBins:
    """Bins that are cut at given values of the reference.

    Args:
        candidates: Ascending, each once; the last one is the largest value of the reference.
        spikes: Which of them hold so many rows that they have a bin of their own.
    """
    largest = candidates[-1]
    edges: set[tuple[float, bool]] = set()
    for value, spike in zip((candidates + 0.0).tolist(), spikes.tolist(), strict=True):
        if spike:
            edges.add((value, False))
        if spike or value < largest:
            edges.add((value, True))
    finite = sorted({edge for edge in map(_finite_edge, edges) if edge is not None})
    return NumericBins(edges=tuple(edge for edge, _ in finite), closed=tuple(closed for _, closed in finite))


def _finite_edge(edge: tuple[float, bool]) -> tuple[float, bool] | None:
    """The same cut with a finite number; None where nothing lies on one side of it."""
    value, closed = edge
    if value == np.inf:
        return None if closed else (_LARGEST, True)
    if value == -np.inf:
        return (-_LARGEST, False) if closed else None
    return edge


def cumulative_counts(values: FloatArray, points: FloatArray) -> tuple[IntArray, IntArray]:
    """How many of the sorted values lie below each point, and how many at or below it.

    Args:
        values: Ascending, without NaN.
        points: At the same resolution as the values.
    """
    below = values.searchsorted(points, side="left").astype(np.int64, copy=False)
    at_or_below = below.copy()
    if values.size:  # most points are no value or a value that occurs once: no second search for them
        at_or_below += values[np.minimum(below, values.size - 1)] == points
        held = np.minimum(at_or_below, values.size - 1)
        tied = (values[held] == points).nonzero()[0]
        at_or_below[tied] = values.searchsorted(points[tied], side="right")
    return below, at_or_below


def cumulative_counts_at(values: FloatArray, positions: IntArray) -> tuple[IntArray, IntArray]:
    """``cumulative_counts`` of values at some of their own positions: only ties have to be searched.

    >>> below, at_or_below = cumulative_counts_at(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 2]))
    >>> below.tolist(), at_or_below.tolist()
    ([0, 1], [1, 3])
    """
    points = values[positions]
    below, at_or_below = positions.copy(), positions + 1
    tied = (values[np.maximum(positions - 1, 0)] == points).nonzero()[0]
    below[tied] = values.searchsorted(points[tied], side="left")
    tied = (values[np.minimum(at_or_below, values.size - 1)] == points).nonzero()[0]
    at_or_below[tied] = values.searchsorted(points[tied], side="right")
    return below, at_or_below


def count_numbers(numbers: FloatArray, bins: NumericBins) -> IntArray:
    """Rows per bin of sorted numbers (NaN last) that are already at the resolution to compare at."""
    values = without_missing(numbers)
    edges = coarsen(np.asarray(bins.edges, dtype=np.float64), resolution_of(values))
    below, at_or_below = cumulative_counts(values, edges)
    passed = np.where(np.asarray(bins.closed, dtype=bool), at_or_below, below)
    return np.diff(np.concatenate([[0], passed, [values.size, numbers.size]])).astype(np.int64)


@dataclass(frozen=True)
class CategoricalBins:
    """Bins of a category: the frequent ones, the rare ones together, unseen ones together, and missing, last.

    Attributes:
        categories: Categories with a bin of their own, in the order of the text.
        pooled: Rare categories of the reference, which share one bin; there is none where nothing is rare.
    """

    categories: tuple[str, ...]
    pooled: tuple[str, ...]

    @property
    def roles(self) -> tuple[BinRole, ...]:
        """What each bin is, in the order of the counts."""
        named: tuple[BinRole, ...] = tuple("category" for _ in self.categories)
        pooled: tuple[BinRole, ...] = ("pooled",) if self.pooled else ()
        return (*named, *pooled, "unseen", "missing")

    @property
    def labels(self) -> tuple[str, ...]:
        """A readable name per bin, in the order of the counts."""
        pooled = (POOLED_LABEL,) if self.pooled else ()
        return (*self.categories, *pooled, UNSEEN_LABEL, MISSING_LABEL)


def fit_categorical_bins(counts: Mapping[str, int], rows: int, rare_share: float) -> CategoricalBins:
    """Bins of the categories that occur in the reference.

    Args:
        counts: Rows per category, missing ones not among them.
        rows: All rows of the reference, missing ones included.
        rare_share: A category held by a smaller share of the rows is pooled.

    >>> fit_categorical_bins({"a": 60, "b": 39, "c": 1}, rows=100, rare_share=0.02)
    CategoricalBins(categories=('a', 'b'), pooled=('c',))
    """
    frequent = {name for name, count in counts.items() if count >= rare_share * rows}
    return CategoricalBins(categories=tuple(sorted(frequent)), pooled=tuple(sorted(set(counts) - frequent)))


def count_categories(counts: Mapping[str, int], missing: int, bins: CategoricalBins) -> tuple[IntArray, list[str]]:
    """Rows per bin, and the categories that the reference has not seen, in the order of the text."""
    position = {name: index for index, name in enumerate(bins.categories)}
    position.update(dict.fromkeys(bins.pooled, len(bins.categories)))
    unseen_position = len(bins.categories) + bool(bins.pooled)
    result = np.zeros(unseen_position + 2, dtype=np.int64)
    unseen = sorted(set(counts) - set(position))
    for name, rows in counts.items():
        result[position.get(name, unseen_position)] += rows
    result[-1] = missing
    return result, unseen
