"""The table of a stored profile: one row per grid point and per bin of every column, as counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.drift.reference.binning import IntArray
from segmentation_model.drift.reference.column_profile import ColumnProfile, NumericProfile
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.quantile_grid import QuantileGrid

TABLE_SCHEMA = pa.schema(
    [
        pa.field("scope", pa.string(), nullable=False),  # feature or prediction
        pa.field("column", pa.string(), nullable=False),
        pa.field("part", pa.string(), nullable=False),  # grid or bin
        pa.field("position", pa.int32(), nullable=False),
        pa.field("value", pa.float64()),  # grid point; null for a bin
        pa.field("below", pa.int64()),  # reference values below the grid point; null for a bin
        pa.field("at_or_below", pa.int64()),  # reference values at or below it; null for a bin
        pa.field("count", pa.int64()),  # reference rows in the bin; null for a grid point
    ]
)
MARGIN = "margin"
CATEGORIES = "categories"

FrozenRows = tuple[IntArray, QuantileGrid]
"""Rows per bin, and the grid (without points for a category)."""


def _scoped(profile: ReferenceProfile) -> Iterator[tuple[str, str, ColumnProfile]]:
    for name, column in profile.columns.items():
        yield "feature", name, column
    if profile.prediction is not None:
        yield "prediction", MARGIN, profile.prediction.margin
        yield "prediction", CATEGORIES, profile.prediction.categories


def profile_table(profile: ReferenceProfile) -> pa.Table:
    """Grids and counts of a profile, column by column in its order, the prediction reference last."""
    return pa.concat_tables([TABLE_SCHEMA.empty_table(), *(_column_table(*entry) for entry in _scoped(profile))])


def _column_table(scope: str, name: str, column: ColumnProfile) -> pa.Table:
    points = column.grid.points.size if isinstance(column, NumericProfile) else 0
    bins = column.counts.size
    grid_null, bin_null = pa.nulls(points, pa.int64()), pa.nulls(bins, pa.int64())
    if isinstance(column, NumericProfile):
        value, below, at_or_below = column.grid.points, column.grid.below, column.grid.at_or_below
    else:
        value, below, at_or_below = np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return pa.table(
        [
            pa.repeat(pa.scalar(scope), points + bins),
            pa.repeat(pa.scalar(name), points + bins),
            pa.concat_arrays([pa.repeat(pa.scalar("grid"), points), pa.repeat(pa.scalar("bin"), bins)]),
            pa.array(np.concatenate([np.arange(points), np.arange(bins)]).astype(np.int32)),
            pa.concat_arrays([pa.array(value), pa.nulls(bins, pa.float64())]),
            pa.concat_arrays([pa.array(below), bin_null]),
            pa.concat_arrays([pa.array(at_or_below), bin_null]),
            pa.concat_arrays([grid_null, pa.array(column.counts)]),
        ],
        schema=TABLE_SCHEMA,
    )


def rows_by_column(table: pa.Table) -> dict[tuple[str, str], FrozenRows]:
    """Counts and grid of every column; rows of a column and part lie together, in the order of their position."""
    scope, column, part = (_encoded(table[name]) for name in ("scope", "column", "part"))
    changes = np.any([np.diff(codes) != 0 for _, codes in (scope, column, part)], axis=0)
    starts = [0, *(np.flatnonzero(changes) + 1).tolist()] if table.num_rows else []
    value = table["value"].fill_null(0.0).to_numpy()
    below, at_or_below, count = (
        table[name].fill_null(0).to_numpy().astype(np.int64) for name in ("below", "at_or_below", "count")
    )
    nothing = np.zeros(0, dtype=np.int64)
    result: dict[tuple[str, str], FrozenRows] = {}
    for start, stop in pairwise([*starts, table.num_rows]):
        key = (scope[0][scope[1][start]], column[0][column[1][start]])
        rows = slice(start, stop)
        counts, grid = result.get(key, (nothing, QuantileGrid(np.zeros(0), nothing, nothing)))
        if part[0][part[1][start]] == "bin":
            counts = count[rows]
        else:
            grid = QuantileGrid(points=value[rows], below=below[rows], at_or_below=at_or_below[rows])
        result[key] = (counts, grid)
    return result


def table_digest(table: pa.Table) -> str:
    """Checksum of what a table of ``TABLE_SCHEMA`` holds, whatever file it came from."""
    digest = hashlib.sha256()
    for field in TABLE_SCHEMA:
        column = table[field.name]
        if pa.types.is_string(field.type):
            names, codes = _encoded(column)
            digest.update(repr(names).encode())
            digest.update(codes.tobytes())
        else:
            digest.update(pc.is_valid(column).to_numpy().tobytes())
            digest.update(column.fill_null(0).to_numpy().astype(field.type.to_pandas_dtype()).tobytes())
    return digest.hexdigest()


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], IntArray]:
    """The distinct texts of a column in the order of their first appearance, and the position of each row's."""
    encoded = column.fill_null("").combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)
