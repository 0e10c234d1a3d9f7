"""What a column of a table holds, as the statistics see it: numbers, categories, nothing, or neither."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.floating]
Resolution = Literal["float32", "float64"]
ColumnKind = Literal["numeric", "categorical"]
ObservedKind = Literal["numeric", "categorical", "empty", "unsupported"]

_NUMERIC_OBJECTS = {"boolean", "integer", "floating", "mixed-integer-float", "decimal"}


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
    dtype = column.dtype
    if not column.notna().any():
        return "empty"
    if isinstance(dtype, (pd.CategoricalDtype, pd.StringDtype)):
        return "categorical"
    if pd.api.types.is_numeric_dtype(dtype):
        return "unsupported" if pd.api.types.is_complex_dtype(dtype) else "numeric"
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred == "string":
        return "categorical"
    return "numeric" if inferred in _NUMERIC_OBJECTS else "unsupported"


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
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.sort(values)


def without_missing(numbers: FloatArray) -> FloatArray:
    """The part of a sorted array (NaN last) that holds values.

    >>> without_missing(np.array([1.0, 2.0, np.nan]))
    array([1., 2.])
    """
    return numbers[: np.searchsorted(numbers, np.nan)]


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
    limit = np.finfo(resolution).max
    return np.clip(values, -limit, limit).astype(resolution)


def category_counts(column: pd.Series) -> dict[str, int]:
    """Rows per category that occurs, as text and in the order of the text; missing values are not among them.

    >>> category_counts(pd.Series(["b", "a", "b", None]))
    {'a': 1, 'b': 2}
    >>> category_counts(pd.Series([1.0, 2.0, None], dtype="category"))
    {'1': 1, '2': 1}
    """
    counts: dict[str, int] = {}
    for value, rows in column.value_counts(sort=False).items():
        if rows:
            label = category_label(value)
            counts[label] = counts.get(label, 0) + int(rows)
    return dict(sorted(counts.items()))


def category_label(value: object) -> str:
    """A category as text; a whole number reads the same whether it was stored as 1 or 1.0.

    Characters that no file can hold (lone surrogates of badly decoded text) become question marks.
    """
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).encode("utf-8", errors="replace").decode("utf-8")
