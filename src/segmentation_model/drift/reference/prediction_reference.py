"""What a model's scores and the segment shares looked like when it was frozen, and counting against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation_model.drift.reference.binning import fit_categorical_bins
from segmentation_model.drift.reference.column_profile import (
    CategoricalProfile,
    ColumnCounts,
    NumericProfile,
    count_column,
    profile_categories,
    profile_numbers,
)
from segmentation_model.drift.reference.column_values import category_counts, sorted_numbers
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.errors import InputError


@dataclass(frozen=True)
class Share:
    """A segment's part of a table, such as "Cliente Nuevo".

    Attributes:
        count: Customers in the segment.
        rows: Customers of the table.
    """

    count: int
    rows: int

    def __post_init__(self) -> None:
        """Refuse a part that is larger than its whole."""
        if not 0 <= self.count <= self.rows:
            raise InputError(f"a share of {self.count!r} in {self.rows!r} rows; 0 <= count <= rows is allowed")

    def __add__(self, other: Share) -> Share:
        """The share of two tables together."""
        return Share(count=self.count + other.count, rows=self.rows + other.rows)


@dataclass(frozen=True, eq=False)
class Scores:
    """A model's scores of some rows. The three may have different lengths.

    Attributes:
        margins: Raw margins before calibration (log odds); NaN counts as missing.
        probabilities: Calibrated probabilities; NaN is left out of the mean.
        categories: Risk category of the rows that have one (by the frozen cut-offs).
    """

    margins: npt.ArrayLike
    probabilities: npt.ArrayLike
    categories: Iterable[str | None]


@dataclass(frozen=True)
class MeanOf:
    """Sums that give a mean and its standard error, and add up over slices.

    Attributes:
        rows: Values counted.
        total: Their sum.
        squares: The sum of their squares.
    """

    rows: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; needs a row."""
        return self.total / self.rows

    @property
    def variance(self) -> float:
        """Sample variance (n - 1); needs two rows; never negative."""
        return max(self.squares - self.total * self.mean, 0.0) / (self.rows - 1)

    def __add__(self, other: MeanOf) -> MeanOf:
        """The sums of two slices together."""
        return MeanOf(self.rows + other.rows, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True, eq=False)
class PredictionReference:
    """Scores of the calibration part: out of sample, because scores of the training part are too sure of themselves.

    Attributes:
        margin: Raw margin, frozen like a feature.
        categories: Risk categories, none of them pooled.
        probability: Calibrated probability.
    """

    margin: NumericProfile
    categories: CategoricalProfile
    probability: MeanOf


@dataclass(frozen=True, eq=False)
class PredictionCounts:
    """Current scores, or a slice of them, counted against a ``PredictionReference``. Slices add up with ``+``."""

    margin: ColumnCounts
    categories: ColumnCounts
    probability: MeanOf

    def __add__(self, other: PredictionCounts) -> PredictionCounts:
        """Counts of both slices together."""
        return PredictionCounts(
            margin=self.margin + other.margin,
            categories=self.categories + other.categories,
            probability=self.probability + other.probability,
        )


def build_prediction_reference(scores: Scores, settings: ProfileSettings) -> PredictionReference:
    """Freeze the scores of the calibration part."""
    categories = _category_column(scores)
    counts = category_counts(categories)
    bins = fit_categorical_bins(counts, len(categories), rare_share=0.0)
    return PredictionReference(
        margin=profile_numbers(sorted_numbers(_number_column(scores.margins)), settings),
        categories=profile_categories(counts, len(categories) - sum(counts.values()), bins),
        probability=_mean_of(scores.probabilities),
    )


def count_scores(reference: PredictionReference, scores: Scores) -> PredictionCounts:
    """Count current scores, or a slice of them, against the reference."""
    return PredictionCounts(
        margin=count_column(reference.margin, _number_column(scores.margins)),
        categories=count_column(reference.categories, _category_column(scores)),
        probability=_mean_of(scores.probabilities),
    )


def shares_of(segments: pd.Series, names: Mapping[str, Iterable[str]]) -> dict[str, Share]:
    """Shares of named groups of segments.

    Args:
        segments: Segment of each row; a missing one belongs to no group.
        names: Name of a share and the segments that belong to it.

    >>> shares_of(pd.Series(["new", "old", "due 1", "due 4"]), {"Incorriente": ["due 1", "due 4"]})
    {'Incorriente': Share(count=2, rows=4)}
    """
    return {
        name: Share(count=int(segments.isin(list(members)).sum()), rows=len(segments))
        for name, members in names.items()
    }


def _number_column(values: npt.ArrayLike) -> pd.Series:
    numbers = np.asarray(values)
    return pd.Series(numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64))


def _category_column(scores: Scores) -> pd.Series:
    categories = scores.categories
    return pd.Series(categories if isinstance(categories, pd.Series) else list(categories), dtype="str")


def _mean_of(values: npt.ArrayLike) -> MeanOf:
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    return MeanOf(rows=int(numbers.size), total=float(numbers.sum()), squares=float(np.square(numbers).sum()))
