"""The distribution of a number at frozen points, with the counts that make ties exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_model.drift.reference.binning import IntArray, cumulative_counts
from segmentation_model.drift.reference.column_values import FloatArray


@dataclass(frozen=True, eq=False)
class QuantileGrid:
    """The distribution of a number at frozen points.

    Attributes:
        points: Quantiles of the reference as they occur in it, ascending, each once; finite.
        below: Rows of the reference that lie below each point.
        at_or_below: Rows that lie at or below each point; with ``below`` it makes ties exact.
    """

    points: FloatArray
    below: IntArray
    at_or_below: IntArray


def fit_grid(values: FloatArray, size: int) -> QuantileGrid:
    """Freeze sorted values (no NaN) at the i/size quantiles, i from 1 to size; the last is the largest value."""
    if values.size == 0:
        empty = np.zeros(0, dtype=np.int64)
        return QuantileGrid(points=np.zeros(0), below=empty, at_or_below=empty)
    ranks = -(-np.arange(1, size + 1) * values.size // size) - 1
    limit = np.finfo(values.dtype).max
    points = np.unique(np.clip(values[ranks], -limit, limit))
    below, at_or_below = cumulative_counts(values, points)
    return QuantileGrid(points=points.astype(np.float64), below=below, at_or_below=at_or_below)
