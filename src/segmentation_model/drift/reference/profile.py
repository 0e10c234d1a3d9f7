"""The reference profile: what a training table looked like, without any of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from segmentation_model.drift.reference.column_profile import (
    ColumnCounts,
    ColumnProfile,
    count_values,
    profile_values,
    without_counts,
)
from segmentation_model.drift.reference.column_values import ColumnValues
from segmentation_model.drift.reference.prediction_reference import PredictionReference, Share
from segmentation_model.drift.reference.table_columns import TableColumns, in_threads
from segmentation_model.drift.settings import ProfileSettings


@dataclass(frozen=True, eq=False)
class ReferenceProfile:
    """A table of features, frozen column by column.

    Attributes:
        rows: Rows of the reference.
        columns: Frozen columns, in the table's order.
        settings: How they were frozen.
        left_out: Columns that cannot be compared, each with the reason.
        shares: Segment shares of the reference ("Cliente Nuevo", "Incorriente").
        prediction: Frozen scores; None where there is no model.
        about: What the owner wants to remember (tariff, months, ...), as text.
        quantile_error: By how much of the rows an edge or a grid point may miss the quantile that it stands for; 0
            where the table was frozen as a whole. Counts are exact either way.
    """

    rows: int
    columns: Mapping[str, ColumnProfile]
    settings: ProfileSettings
    left_out: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, Share] = field(default_factory=dict)
    prediction: PredictionReference | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    quantile_error: float = 0.0

    def with_prediction(self, prediction: PredictionReference) -> ReferenceProfile:
        """The same profile with the scores of a model that was trained since."""
        return replace(self, prediction=prediction)


@dataclass(frozen=True, eq=False)
class TableCounts:
    """A current table, or a slice of it, counted against a profile. Slices add up with ``+``, exactly.

    Attributes:
        rows: Rows counted.
        columns: Counts of every column of the profile.
        extra: Columns that the profile does not have.
    """

    rows: int
    columns: Mapping[str, ColumnCounts]
    extra: tuple[str, ...] = ()

    def __add__(self, other: TableCounts) -> TableCounts:
        """Counts of both slices together; they must be counted against one profile."""
        return TableCounts(
            rows=self.rows + other.rows,
            columns={name: counts + other.columns[name] for name, counts in self.columns.items()},
            extra=tuple(sorted({*self.extra, *other.extra})),
        )


def build_profile(
    features: pd.DataFrame,
    settings: ProfileSettings,
    *,
    shares: Mapping[str, Share] | None = None,
    about: Mapping[str, str] | None = None,
    workers: int = 1,
) -> ReferenceProfile:
    """Freeze a table of features.

    Args:
        features: One row per customer and invoice. Numbers and truth values become numeric columns; text and
            categoricals become categorical ones; what is neither is left out with a reason. May be empty.
        settings: Bins, pooling, grid.
        shares: Segment shares of the same rows.
        about: Free text to keep with the profile.
        workers: Threads; the result does not depend on it.
    """
    columns = TableColumns(features)
    read = in_threads(lambda name: read_reference(columns, name), columns.names, workers)
    frozen = {name: freeze_column(values, settings) for name, values in zip(columns.names, read, strict=True)}
    return freeze_table(columns.rows, frozen, settings, shares=shares, about=about)


def freeze_column(values: ColumnValues | str, settings: ProfileSettings) -> ColumnProfile | str:
    """Profile of a column as ``read_reference`` gives it, or in words why there is none."""
    return values if isinstance(values, str) else profile_values(values, settings)


def freeze_table(
    rows: int,
    frozen: Mapping[str, ColumnProfile | str],
    settings: ProfileSettings,
    *,
    shares: Mapping[str, Share] | None = None,
    about: Mapping[str, str] | None = None,
) -> ReferenceProfile:
    """Put the profiles of a table's columns together.

    Args:
        rows: Rows of the table.
        frozen: Profile of every column; in words why there is none where it cannot be compared.
        settings: Those that the columns were frozen with.
        shares: Segment shares of the same rows.
        about: Free text to keep with the profile.
    """
    return ReferenceProfile(
        rows=rows,
        columns={name: column for name, column in frozen.items() if not isinstance(column, str)},
        settings=settings,
        left_out={name: reason for name, reason in frozen.items() if isinstance(reason, str)},
        shares=dict(shares or {}),
        about=dict(about or {}),
    )


def read_reference(columns: TableColumns, name: str) -> ColumnValues | str:
    """A column of the reference, or in words why it cannot be read."""
    occurs = columns.occurrences(name)
    return columns.read(name) if occurs == 1 else f"the name occurs {occurs} times"


def count_table(profile: ReferenceProfile, current: pd.DataFrame, *, workers: int = 1) -> TableCounts:
    """Count a current table, or a slice of it, against a profile.

    A column that is absent, occurs twice or has the wrong type is a problem of that column and of no other. Memory:
    sorted copies of four columns per thread.

    Args:
        profile: The reference.
        current: The same features, in any order; further columns are only listed.
        workers: Threads; the counts do not depend on it.
    """
    columns = TableColumns(current)
    read = in_threads(lambda name: read_current(columns, name), profile.columns, workers)
    counts = {
        name: count_current(column, values)
        for (name, column), values in zip(profile.columns.items(), read, strict=True)
    }
    return TableCounts(columns.rows, counts, extra_columns(profile, columns))


def read_current(columns: TableColumns, name: str) -> ColumnValues | str:
    """A column of the current table, or in words why it cannot be read."""
    occurs = columns.occurrences(name)
    if occurs == 1:
        return columns.read(name)
    return f"occurs {occurs} times in the current table" if occurs else "absent from the current table"


def count_current(profile: ColumnProfile, values: ColumnValues | str) -> ColumnCounts:
    """Counts of a column as ``read_current`` gives it; that it could not be read is a problem of the counts."""
    return without_counts(profile, values) if isinstance(values, str) else count_values(profile, values)


def no_rows(profile: ReferenceProfile) -> TableCounts:
    """Counts of nothing against a profile, to add counts of slices to."""
    return count_table(profile, pd.DataFrame({name: [] for name in profile.columns}))


def extra_columns(profile: ReferenceProfile, columns: TableColumns) -> tuple[str, ...]:
    """Columns of the current table that the reference does not have, in the order of the text."""
    return tuple(sorted({*columns.names} - {*profile.columns, *profile.left_out}))
