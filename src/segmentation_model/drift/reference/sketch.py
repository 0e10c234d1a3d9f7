"""A reference profile from parts, for a table that is larger than memory or that several machines share.

Two passes. The first sketches every part in bounded memory (``sketch_table``); sketches add up to the whole's, in any
order and from any machine, and it is frozen into bins and a grid (``profile_from_sketch``). The second counts every
part against them (``count_table``), and the sum becomes the profile's own counts (``with_counts``).

The counts are exact: a current table equal to the reference has a PSI and a KS statistic of 0. Only where the edges lie
is within ``quantile_error`` (eps, see ``QuantileSketch.rank_error`` for its source): the edge that stands for the
quantile q is a value that occurs in the column, the share of its values below the edge is at most q + eps and the share
at or below it at least q - eps. So at most 1/grid_size + 2 eps of them lie between two points of the grid, and no KS
statistic against it is further off than that. A value may have a bin of its own from 1/bins - 2 eps of them, and has
one from 1/bins + 2 eps.

Up to 8,000 values a column everything is kept, and parts of the whole's dtypes give the whole's profile byte for byte.
Beyond that the sketch throws coins that cannot be seeded: another run gives other edges, and so another file, within
the same eps (measured on lognormal, normal, tied and zero-inflated columns: PSI within 0.0001 of the exact profile's).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import pandas as pd

from segmentation_model.drift.reference.column_profile import (
    CategoricalProfile,
    ColumnCounts,
    ColumnProfile,
)
from segmentation_model.drift.reference.column_sketch import (
    ABSENT,
    ColumnSketch,
    LeftOut,
    NumberSketch,
    add_columns,
    freeze_column,
    no_values,
    sketch_values,
)
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reference.profile import ReferenceProfile, TableCounts, count_table, no_rows
from segmentation_model.drift.reference.table_columns import TableColumns, in_threads
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.errors import InputError, shorten


@dataclass(frozen=True, eq=False)
class TableSketch:
    """What is to be remembered of a part of a table so that the whole can be frozen. Parts add up with ``+``.

    Attributes:
        rows: Rows of the part; those that a column's sketch does not hold lack a value.
        columns: Sketch of every column, in the table's order.
        max_categories: Distinct values up to which a category is collected.
    """

    rows: int
    columns: Mapping[str, ColumnSketch]
    max_categories: int

    def __add__(self, other: TableSketch) -> TableSketch:
        """Sketch of both parts together; neither of the two is changed.

        A column that only one of them has is left out, unless the other has no rows at all.

        Raises:
            InputError: They collect categories up to different numbers.
        """
        if self.max_categories != other.max_categories:
            raise InputError(
                f"table sketches: max_categories is {self.max_categories!r} in one and {other.max_categories!r} in "
                "another; sketch all parts with the same settings"
            )

        def column_of(sketch: TableSketch, name: str) -> ColumnSketch:
            return sketch.columns.get(name, LeftOut(ABSENT) if sketch.rows else no_values())

        columns = {
            name: add_columns(column_of(self, name), column_of(other, name), self.max_categories)
            for name in dict.fromkeys([*self.columns, *other.columns])
        }
        return TableSketch(self.rows + other.rows, columns, self.max_categories)


def no_part(settings: ProfileSettings) -> TableSketch:
    """The sketch of nothing, to add the sketches of parts to."""
    return TableSketch(rows=0, columns={}, max_categories=settings.max_categories)


def sketch_table(frame: pd.DataFrame, settings: ProfileSettings, *, workers: int = 1) -> TableSketch:
    """Sketch a part of a table.

    Args:
        frame: Any rows of the table; may be empty. Columns are told apart as in ``build_profile``.
        settings: Those that the profile will be frozen with.
        workers: Threads; the error of the sketch does not depend on it.
    """
    table = TableColumns(frame)

    def sketch(name: str) -> ColumnSketch:
        if table.occurrences(name) > 1:
            return LeftOut(f"the name occurs {table.occurrences(name)} times")
        return sketch_values(table.read(name), settings.max_categories)

    columns = dict(zip(table.names, in_threads(sketch, table.names, workers), strict=True))
    return TableSketch(rows=table.rows, columns=columns, max_categories=settings.max_categories)


def profile_from_sketch(sketch: TableSketch, settings: ProfileSettings) -> ReferenceProfile:
    """Freeze bins and grid of the table that was sketched; its rows are still to be counted (``with_counts``).

    Args:
        sketch: The sum of all parts.
        settings: Bins, pooling, grid.
    """
    frozen = {name: freeze_column(column, sketch.rows, settings) for name, column in sketch.columns.items()}
    return ReferenceProfile(
        rows=0,
        columns={name: column for name, column in frozen.items() if not isinstance(column, str)},
        settings=settings,
        left_out={name: reason for name, reason in frozen.items() if isinstance(reason, str)},
        quantile_error=max(
            (column.numbers.rank_error for column in sketch.columns.values() if isinstance(column, NumberSketch)),
            default=0.0,
        ),
    )


def with_counts(
    profile: ReferenceProfile,
    counts: TableCounts,
    *,
    shares: Mapping[str, Share] | None = None,
    about: Mapping[str, str] | None = None,
) -> ReferenceProfile:
    """The profile with the counts of the rows that it was frozen from.

    A column that could not be counted, or that holds categories that were not sketched, is left out with the reason.

    Args:
        profile: From ``profile_from_sketch``.
        counts: The sum of ``count_table`` over all parts.
        shares: Segment shares of the same rows.
        about: Free text to keep with the profile.
    """
    counted = {name: _counted(column, counts.columns[name]) for name, column in profile.columns.items()}
    problems = {name: reason for name, reason in counted.items() if isinstance(reason, str)}
    return replace(
        profile,
        rows=counts.rows,
        columns={name: column for name, column in counted.items() if not isinstance(column, str)},
        left_out={**profile.left_out, **problems},
        shares=dict(shares or {}),
        about=dict(about or {}),
    )


def build_profile_from_parts(
    parts: Callable[[], Iterable[pd.DataFrame]],
    settings: ProfileSettings,
    *,
    shares: Mapping[str, Share] | None = None,
    about: Mapping[str, str] | None = None,
    workers: int = 1,
) -> ReferenceProfile:
    """Freeze a table that is read part by part; see the module for how close it is to ``build_profile``.

    Memory: one part, a sorted copy of a column per thread, and less than 1 MB per column.

    Args:
        parts: Starts to read the table, once per pass; parts may be empty, and there may be none.
        settings: Bins, pooling, grid.
        shares: Segment shares of the same rows.
        about: Free text to keep with the profile.
        workers: Threads per part; the counts do not depend on it.

    Raises:
        InputError: The second pass gave another number of rows than the first.
    """

    def sketched(part: pd.DataFrame) -> TableSketch:
        return sketch_table(part, settings, workers=workers)

    sketch = reduce(add, map(sketched, parts()), no_part(settings))  # a map lets go of a part before the next is read
    profile = profile_from_sketch(sketch, settings)
    nothing = no_rows(profile)

    def counted(part: pd.DataFrame) -> TableCounts:
        return count_table(profile, part, workers=workers) if len(part) else nothing  # it may lack columns

    counts = reduce(add, map(counted, parts()), nothing)
    if counts.rows != sketch.rows:
        raise InputError(
            f"reference table: the second pass over its parts gave {counts.rows} rows, the first {sketch.rows}; "
            "parts must start the same table again at every call"
        )
    return with_counts(profile, counts, shares=shares, about=about)


def _counted(column: ColumnProfile, counts: ColumnCounts) -> ColumnProfile | str:
    if counts.problem is not None:
        return counts.problem
    if isinstance(column, CategoricalProfile):
        if counts.unseen:
            return f"categories {shorten(counts.unseen)} were counted but not sketched"
        return replace(column, counts=counts.bins)
    grid = replace(column.grid, below=counts.below, at_or_below=counts.at_or_below)
    return replace(column, counts=counts.bins, grid=grid)
