"""The reference profile: what a training table looked like, without any of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import pandas as pd

from segmentation_model.drift.reference.column_profile import (
    ColumnCounts,
    ColumnProfile,
    count_column,
    profile_column,
    without_counts,
)
from segmentation_model.drift.reference.prediction_reference import PredictionReference, Share
from segmentation_model.drift.settings import ProfileSettings

Item = TypeVar("Item")
Result = TypeVar("Result")


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
    """

    rows: int
    columns: Mapping[str, ColumnProfile]
    settings: ProfileSettings
    left_out: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, Share] = field(default_factory=dict)
    prediction: PredictionReference | None = None
    about: Mapping[str, str] = field(default_factory=dict)

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
    names = [str(name) for name in features.columns]

    def freeze(position: int) -> ColumnProfile | str:
        if names.count(names[position]) > 1:
            return f"the name occurs {names.count(names[position])} times"
        return profile_column(features.iloc[:, position], settings)

    frozen = dict(zip(names, _in_threads(freeze, range(len(names)), workers), strict=True))
    return ReferenceProfile(
        rows=len(features),
        columns={name: column for name, column in frozen.items() if not isinstance(column, str)},
        settings=settings,
        left_out={name: reason for name, reason in frozen.items() if isinstance(reason, str)},
        shares=dict(shares or {}),
        about=dict(about or {}),
    )


def count_table(profile: ReferenceProfile, current: pd.DataFrame, *, workers: int = 1) -> TableCounts:
    """Count a current table, or a slice of it, against a profile.

    A column that is absent, occurs twice or has the wrong type is a problem of that column and of no other.

    Args:
        profile: The reference.
        current: The same features, in any order; further columns are only listed.
        workers: Threads; the counts do not depend on it.
    """
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(current.columns):
        positions.setdefault(str(name), []).append(position)

    def count(name: str) -> ColumnCounts:
        found = positions.get(name, [])
        if len(found) == 1:
            return count_column(profile.columns[name], current.iloc[:, found[0]])
        problem = f"occurs {len(found)} times in the current table" if found else "absent from the current table"
        return without_counts(profile.columns[name], problem)

    known = {*profile.columns, *profile.left_out}
    return TableCounts(
        rows=len(current),
        columns=dict(zip(profile.columns, _in_threads(count, profile.columns, workers), strict=True)),
        extra=tuple(sorted(set(positions) - known)),
    )


def _in_threads(task: Callable[[Item], Result], items: Iterable[Item], workers: int) -> list[Result]:
    """Results in the order of the items; sorting and searching let other threads run."""
    if workers <= 1:
        return [task(item) for item in items]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(task, items))
