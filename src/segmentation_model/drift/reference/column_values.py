"""What a column of a table holds, as the statistics see it: numbers, categories, nothing, or neither."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.extensions import ExtensionDtype

FloatArray = npt.NDArray[np.floating]
Resolution = Literal["float32", "float64"]
ColumnKind = Literal["numeric", "categorical"]
ObservedKind = Literal["numeric", "categorical", "empty", "unsupported"]

_NUMERIC_OBJECTS = {"boolean", "integer", "floating", "mixed-integer-float", "decimal"}
_LARGEST: Mapping[Resolution, float] = {
    "float32": float(np.finfo(np.float32).max),
    "float64": float(np.finfo(np.float64).max),
}


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """A column that was read once, in the form that bins, grids and distances are made from.

    Attributes:
        kind: What the column holds, as ``observed_kind`` tells it.
        dtype: Its dtype.
        rows: Its rows, missing ones included.
        numbers: Its numbers in ascending order, NaN last; None unless the values, or the dtype where there are none,
            are numbers.
        categories: Rows per category that occurs; nothing for numbers.
    """

    kind: ObservedKind
    dtype: np.dtype | ExtensionDtype
    rows: int
    numbers: FloatArray | None = None
    categories: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Rows without a value, of a column of categories."""
        return self.rows - sum(self.categories.values())

    @property
    def unsupported(self) -> str:
        """Why a column of the kind ``unsupported`` cannot be compared, in words."""
        return f"dtype {self.dtype} holds neither numbers nor categories"


def read_column(column: pd.Series) -> ColumnValues:
    """Read a column: sort its numbers, or count its categories. The column itself is not changed.

    Whether a column of a clear dtype holds any value is told from the sorted numbers or the counts, so that no further
    pass over its rows is needed.
    """
    dtype, rows = column.dtype, len(column)
    kind = _declared_kind(dtype) or observed_kind(column)
    if kind == "numeric":
        numbers = sorted_numbers(column)
        has_value = rows > 0 and not np.isnan(numbers[0])
        return ColumnValues("numeric" if has_value else "empty", dtype, rows, numbers=numbers)
    if kind == "categorical":
        counts = category_counts(column)
        return ColumnValues("categorical" if counts else "empty", dtype, rows, categories=counts)
    return ColumnValues(kind, dtype, rows)


def observed_kind(column: pd.Series) -> ObservedKind:
    """The kind of a column by its dtype, and by its values where the dtype says nothing (``object``).

    Numbers and truth values (0 and 1) are numeric; text and pandas categoricals are categorical. A column without any
    value is ``empty``: readers give it whatever dtype they like, so it fits either kind. Dates, durations, complex
    numbers, lists and mixtures of text and numbers are ``unsupported``.

    >>> observed_kind(pd.Series([True, False])), observed_kind(pd.Series(["a", None]))
    ('numeric', 'categorical')
    >>> observed_kind(pd.Series([None, None], dtype=object)), observed_kind(pd.Series([1, "a"]))
    ('empty', 'unsupported')
    """
    if not column.notna().any():
        return "empty"
    declared = _declared_kind(column.dtype)
    if declared is not None:
        return declared
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred == "string":
        return "categorical"
    return "numeric" if inferred in _NUMERIC_OBJECTS else "unsupported"


def _declared_kind(dtype: np.dtype | ExtensionDtype) -> ColumnKind | None:
    """The kind that a dtype alone gives away; None where only the values tell."""
    if isinstance(dtype, (pd.CategoricalDtype, pd.StringDtype)):
        return "categorical"
    numeric = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)
    return "numeric" if numeric else None


def sorted_numbers(column: pd.Series) -> FloatArray:
    """The column's numbers in ascending order, NaN last, as float32 where they are float32 and else float64.

    Infinite values stay: they are the largest and the smallest. The column itself is not changed.
    """
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind == "f":
        values = column.to_numpy()
        if dtype not in (np.float32, np.float64):
            values = values.astype(np.float32 if dtype.itemsize < 4 else np.float64)
    else:
        values = _as_floats(column)
    return np.sort(values)


def _as_floats(column: pd.Series) -> FloatArray:
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except OverflowError:  # integers that no float can hold
        return column.map(_nearest_float).to_numpy(dtype=np.float64, na_value=np.nan)


def _nearest_float(value: object) -> object:
    """An integer beyond the largest float as infinity, like any other number; all else as it is."""
    if isinstance(value, int) and abs(value) > _LARGEST["float64"]:
        return math.inf if value > 0 else -math.inf
    return value


def without_missing(numbers: FloatArray) -> FloatArray:
    """The part of a sorted array (NaN last) that holds values.

    >>> without_missing(np.array([1.0, 2.0, np.nan]))
    array([1., 2.])
    """
    return numbers[: np.searchsorted(numbers, numbers.dtype.type(np.nan))]


def resolution_of(values: FloatArray) -> Resolution:
    """Whether numbers are kept with 24 or 53 binary digits."""
    return "float32" if values.dtype == np.float32 else "float64"


def common_resolution(reference: Resolution, current: Resolution) -> Resolution:
    """The coarser of two resolutions."""
    return "float32" if "float32" in (reference, current) else "float64"


def coarsen(values: FloatArray, resolution: Resolution) -> FloatArray:
    """Numbers at a resolution; what the coarser one cannot hold becomes its largest finite number.

    A file that stores 0.1 with fewer digits has not drifted, so two sides meet at the coarser of their resolutions.
    """
    if resolution_of(values) == resolution:
        return values
    limit = _LARGEST[resolution]
    return np.clip(values, -limit, limit).astype(resolution)


def category_counts(column: pd.Series) -> dict[str, int]:
    """Rows per category that occurs, as text and in the order of the text; missing values are not among them.

    >>> category_counts(pd.Series(["b", "a", "b", None]))
    {'a': 1, 'b': 2}
    >>> category_counts(pd.Series([1.0, 2.0, None], dtype="category"))
    {'1': 1, '2': 1}
    """
    counts: dict[str, int] = {}
    for value, rows in _value_counts(column):
        if rows:
            label = category_label(value)
            counts[label] = counts.get(label, 0) + rows
    return dict(sorted(counts.items()))


def _value_counts(column: pd.Series) -> Iterable[tuple[object, int]]:
    """Rows per value without the missing ones, by the shortest way that the dtype offers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        categories = column.cat.categories
        return zip(categories, np.bincount(codes[codes >= 0], minlength=len(categories)).tolist(), strict=True)
    if isinstance(column.dtype, pd.StringDtype):
        counted = pc.value_counts(pa.array(column.array).drop_null())
        return zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
    return [(value, int(rows)) for value, rows in column.value_counts(sort=False).items()]


def category_label(value: object) -> str:
    """A category as text; a whole number reads the same whether it was stored as 1 or 1.0.

    Characters that no file can hold (lone surrogates of badly decoded text) become question marks.
    """
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).encode("utf-8", errors="replace").decode("utf-8")
