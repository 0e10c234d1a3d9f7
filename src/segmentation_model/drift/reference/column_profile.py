"""One column of a reference, frozen; and the counts of a current column against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_model.drift.reference.binning import (
    CategoricalBins,
    IntArray,
    NumericBins,
    count_categories,
    count_numbers,
    cumulative_counts,
    fit_categorical_bins,
    fit_numeric_bins,
)
from segmentation_model.drift.reference.column_values import (
    ColumnKind,
    ColumnValues,
    FloatArray,
    Resolution,
    coarsen,
    common_resolution,
    read_column,
    resolution_of,
    without_missing,
)
from segmentation_model.drift.reference.quantile_grid import QuantileGrid, fit_grid
from segmentation_model.drift.reference.text_dates import DATES, holds_dates
from segmentation_model.drift.settings import ProfileSettings

UNSEEN_EXAMPLES = 5
"""Unseen categories that are named in a report."""


class _Counted:
    """Reference rows per bin, of which the last one is missing."""

    counts: IntArray

    @property
    def rows(self) -> int:
        """Rows of the reference, missing ones included."""
        return int(self.counts.sum())

    @property
    def missing(self) -> int:
        """Rows without a value."""
        return int(self.counts[-1])


@dataclass(frozen=True, eq=False)
class NumericProfile(_Counted):
    """A number as the reference had it.

    Attributes:
        bins: Frozen bins.
        counts: Reference rows per bin; the last one is missing.
        grid: Frozen quantiles with their counts.
        resolution: Digits that the reference's numbers were kept with.
    """

    bins: NumericBins
    counts: IntArray
    grid: QuantileGrid
    resolution: Resolution

    @property
    def kind(self) -> ColumnKind:
        """Always numeric."""
        return "numeric"


@dataclass(frozen=True, eq=False)
class CategoricalProfile(_Counted):
    """A category as the reference had it.

    Attributes:
        bins: Frozen bins.
        counts: Reference rows per bin; the last one is missing, the one before unseen (0).
    """

    bins: CategoricalBins
    counts: IntArray

    @property
    def kind(self) -> ColumnKind:
        """Always categorical."""
        return "categorical"


ColumnProfile = NumericProfile | CategoricalProfile


@dataclass(frozen=True, eq=False)
class ColumnCounts:
    """Counts of a current column, or of a slice of it, against a frozen profile. Slices add up with ``+``.

    Attributes:
        bins: Rows per bin of the profile.
        below: Rows below each point of the grid; empty for a category.
        at_or_below: Rows at or below each point of the grid.
        unseen: The first few categories that the reference lacks, in the order of the text.
        problem: Why the column cannot be compared; its counts then say nothing.
    """

    bins: IntArray
    below: IntArray
    at_or_below: IntArray
    unseen: tuple[str, ...] = ()
    problem: str | None = None

    def __add__(self, other: ColumnCounts) -> ColumnCounts:
        """Counts of both slices together; a problem of either is a problem of the sum."""
        return ColumnCounts(
            bins=self.bins + other.bins,
            below=self.below + other.below,
            at_or_below=self.at_or_below + other.at_or_below,
            unseen=tuple(sorted({*self.unseen, *other.unseen})[:UNSEEN_EXAMPLES]),
            problem=self.problem or other.problem,
        )


def profile_values(values: ColumnValues, settings: ProfileSettings) -> ColumnProfile | str:
    """Freeze what was read from a column of the reference.

    A column without any value is a number if its dtype is one, else a category.

    Returns:
        The profile, or in words why the column cannot be one.
    """
    if values.kind == "unsupported":
        return values.unsupported
    if values.numbers is not None:
        return profile_numbers(values.numbers, settings)
    if len(values.categories) > settings.max_categories:
        return f"{len(values.categories)} distinct values; at most {settings.max_categories} can be compared"
    if holds_dates(values.categories):
        return DATES
    bins = fit_categorical_bins(values.categories, values.rows, settings.rare_share)
    return profile_categories(values.categories, values.missing, bins)


def profile_numbers(numbers: FloatArray, settings: ProfileSettings) -> NumericProfile:
    """Freeze numbers that are sorted, NaN last."""
    values = without_missing(numbers)
    bins = fit_numeric_bins(values, settings.bins)
    return NumericProfile(
        bins=bins,
        counts=_frozen(count_numbers(numbers, bins)),
        grid=fit_grid(values, settings.grid_size),
        resolution=resolution_of(numbers),
    )


def profile_categories(counts: Mapping[str, int], missing: int, bins: CategoricalBins) -> CategoricalProfile:
    """Freeze rows per category over given bins."""
    return CategoricalProfile(bins=bins, counts=_frozen(count_categories(counts, missing, bins)[0]))


def count_column(profile: ColumnProfile, column: pd.Series) -> ColumnCounts:
    """Count a current column, or a slice of it, against its profile; see ``count_values``."""
    return count_values(profile, read_column(column))


def count_values(profile: ColumnProfile, values: ColumnValues) -> ColumnCounts:
    """Count what was read from a current column against its profile; a wrong type is a problem, not an error."""
    if values.kind not in {"empty", profile.kind}:
        now = f"dtype {values.dtype}" if values.kind == "unsupported" else f"{values.kind} now (dtype {values.dtype})"
        return without_counts(profile, f"{profile.kind} in the reference, {now}")
    if isinstance(profile, CategoricalProfile):
        bins, unseen = count_categories(values.categories, values.missing, profile.bins)
        nothing = np.zeros(0, dtype=np.int64)
        return ColumnCounts(bins=bins, below=nothing, at_or_below=nothing, unseen=tuple(unseen[:UNSEEN_EXAMPLES]))
    if values.numbers is None or values.kind == "empty":
        return count_sorted_numbers(profile, np.full(values.rows, np.nan, dtype=profile.resolution))
    return count_sorted_numbers(profile, values.numbers)


def count_sorted_numbers(profile: NumericProfile, numbers: FloatArray) -> ColumnCounts:
    """Count sorted numbers (NaN last) against a profile, at the coarser of the two resolutions."""
    resolution = common_resolution(profile.resolution, resolution_of(numbers))
    numbers = coarsen(numbers, resolution)
    below, at_or_below = cumulative_counts(without_missing(numbers), coarsen(profile.grid.points, resolution))
    return ColumnCounts(bins=count_numbers(numbers, profile.bins), below=below, at_or_below=at_or_below)


def without_counts(profile: ColumnProfile, problem: str) -> ColumnCounts:
    """Counts of a column that cannot be compared, with the reason."""
    grid = len(profile.grid.points) if isinstance(profile, NumericProfile) else 0
    nothing = np.zeros(grid, dtype=np.int64)
    return ColumnCounts(
        bins=np.zeros(len(profile.bins.roles), dtype=np.int64), below=nothing, at_or_below=nothing, problem=problem
    )


def _frozen(counts: IntArray) -> IntArray:
    counts.setflags(write=False)
    return counts
