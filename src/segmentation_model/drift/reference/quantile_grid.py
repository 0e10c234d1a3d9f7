"""The distribution of a number at frozen points, with the counts that make ties exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_model.drift.reference.binning import (
    IntArray,
    cumulative_counts,
    cumulative_counts_at,
    quantile_positions,
)
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
    positions = quantile_positions(values.size, size)
    quantiles = values[positions]
    points = grid_points(quantiles)
    distinct = np.array_equal(points, quantiles)  # no quantile twice and none infinite: each stands where it was taken
    below, at_or_below = cumulative_counts_at(values, positions) if distinct else cumulative_counts(values, points)
    return QuantileGrid(points=points.astype(np.float64), below=below, at_or_below=at_or_below)


def grid_points(quantiles: FloatArray) -> FloatArray:
    """Points of a grid at given quantiles: ascending, each once, infinite ones at the largest finite number."""
    limit = np.finfo(quantiles.dtype).max
    return np.unique(np.clip(quantiles, -limit, limit))
