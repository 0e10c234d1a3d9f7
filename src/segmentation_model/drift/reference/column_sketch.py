"""One column of a table that is read part by part: enough of it, in bounded memory, to freeze its bins and grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segmentation_model.drift.reference.binning import (
    bins_at,
    cumulative_counts,
    fit_categorical_bins,
    quantile_positions,
)
from segmentation_model.drift.reference.column_profile import (
    ColumnProfile,
    NumericProfile,
    profile_categories,
    profile_numbers,
)
from segmentation_model.drift.reference.column_values import (
    ColumnValues,
    FloatArray,
    Resolution,
    common_resolution,
    resolution_of,
    without_missing,
)
from segmentation_model.drift.reference.quantile_grid import QuantileGrid, grid_points
from segmentation_model.drift.reference.quantile_sketch import QuantileSketch
from segmentation_model.drift.reference.text_dates import DATES, holds_dates
from segmentation_model.drift.settings import ProfileSettings

MIXED = "numbers in one part of the table, categories in another"
ABSENT = "absent from a part of the table"


@dataclass(frozen=True, eq=False)
class NumberSketch:
    """Numbers of a column.

    Attributes:
        numbers: Those that are not missing; infinite ones are among them.
        resolution: Digits of the part that keeps the fewest.
    """

    numbers: QuantileSketch
    resolution: Resolution

    @property
    def is_empty(self) -> bool:
        """Whether there is no value yet."""
        return self.numbers.size == 0


@dataclass(frozen=True)
class CategorySketch:
    """Categories of a column, all of them, with their rows; missing values are not among them."""

    counts: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is no value yet."""
        return not self.counts


@dataclass(frozen=True)
class LeftOut:
    """A column that cannot be compared, with the reason in words; where there are several, any one of them."""

    reason: str


ColumnSketch = NumberSketch | CategorySketch | LeftOut


def sketch_values(values: ColumnValues, max_categories: int) -> ColumnSketch:
    """Sketch what was read from a column of one part.

    A column without any value is a number if its dtype is one, else a category; beside a part that has values it is
    whatever these are.
    """
    if values.kind == "unsupported":
        return LeftOut(values.unsupported)
    if values.numbers is not None:
        present = QuantileSketch.of_numbers(without_missing(values.numbers))
        return NumberSketch(present, resolution_of(values.numbers))
    return _within(values.categories, max_categories)


def no_values() -> NumberSketch:
    """The sketch that changes no other one that it is added to: of a part without rows that lacks the column."""
    return NumberSketch(QuantileSketch.of_numbers(np.zeros(0)), "float64")


def add_columns(one: ColumnSketch, other: ColumnSketch, max_categories: int) -> ColumnSketch:
    """Sketch of a column in both parts together; neither of the two is changed."""
    if isinstance(one, LeftOut) or isinstance(other, LeftOut):
        return min((sketch for sketch in (one, other) if isinstance(sketch, LeftOut)), key=lambda left: left.reason)
    if isinstance(one, NumberSketch) and isinstance(other, NumberSketch):
        if one.is_empty != other.is_empty:  # a part without values says nothing about their digits
            return other if one.is_empty else one
        return NumberSketch(one.numbers + other.numbers, common_resolution(one.resolution, other.resolution))
    if isinstance(one, CategorySketch) and isinstance(other, CategorySketch):
        names = sorted({*one.counts, *other.counts})
        return _within({name: one.counts.get(name, 0) + other.counts.get(name, 0) for name in names}, max_categories)
    if one.is_empty and other.is_empty:
        return one if isinstance(one, CategorySketch) else other
    if one.is_empty or other.is_empty:
        return other if one.is_empty else one
    return LeftOut(MIXED)


def freeze_column(sketch: ColumnSketch, rows: int, settings: ProfileSettings) -> ColumnProfile | str:
    """The profile of a column of so many rows, with bins and grid but nothing counted; or why it cannot be one."""
    if isinstance(sketch, LeftOut):
        return sketch.reason
    if isinstance(sketch, NumberSketch):
        return _freeze_numbers(sketch, settings)
    within = _within(sketch.counts, settings.max_categories)
    if isinstance(within, LeftOut):
        return within.reason
    if holds_dates(sketch.counts):
        return DATES
    return profile_categories({}, 0, fit_categorical_bins(sketch.counts, rows, settings.rare_share))


def _freeze_numbers(sketch: NumberSketch, settings: ProfileSettings) -> NumericProfile:
    """Bins and grid by the rules of the whole column, from the numbers that were kept and their ranks."""
    size = sketch.numbers.size
    if size == 0:
        return profile_numbers(np.zeros(0, dtype=sketch.resolution), settings)
    kept, at_or_below = sketch.numbers.kept()
    largest = np.array([sketch.numbers.largest])
    with np.errstate(over="ignore"):  # what the coarser resolution cannot hold is infinite there
        kept, largest = kept.astype(sketch.resolution), largest.astype(sketch.resolution)

    def quantiles(parts: int) -> FloatArray:
        inner = np.searchsorted(at_or_below, quantile_positions(size, parts)[:-1], side="right")
        return np.unique(np.concatenate([kept[inner], largest]))

    candidates = quantiles(settings.bins)
    first, last = cumulative_counts(kept, candidates)
    passed = np.concatenate([[0], at_or_below])
    bins = bins_at(candidates, (passed[last] - passed[first]) * settings.bins >= size)
    points = grid_points(quantiles(settings.grid_size)).astype(np.float64)
    return NumericProfile(
        bins=bins,
        counts=np.zeros(len(bins.roles), dtype=np.int64),
        grid=QuantileGrid(points, np.zeros(points.size, dtype=np.int64), np.zeros(points.size, dtype=np.int64)),
        resolution=sketch.resolution,
    )


def _within(counts: Mapping[str, int], max_categories: int) -> CategorySketch | LeftOut:
    """The categories, unless there are more than can be compared: then not one of them is kept."""
    if len(counts) > max_categories:
        return LeftOut(f"more than {max_categories} distinct values; at most {max_categories} can be compared")
    return CategorySketch(counts)
