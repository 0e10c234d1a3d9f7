"""What a column holds is told by its dtype, and by its values where the dtype says nothing."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from segmentation_model.drift.reference.column_values import (
    category_counts,
    category_label,
    coarsen,
    observed_kind,
    read_column,
    sorted_numbers,
    without_missing,
)

COLUMNS: dict[str, tuple[pd.Series, str]] = {
    "float32": (pd.Series([1.0, 2.0], dtype="float32"), "numeric"),
    "float16": (pd.Series([1.0, 2.0], dtype="float16"), "numeric"),
    "int64": (pd.Series([1, 2]), "numeric"),
    "nullable integer": (pd.Series([1, None], dtype="Int64"), "numeric"),
    "bool": (pd.Series([True, False]), "numeric"),
    "nullable bool": (pd.Series([True, None], dtype="boolean"), "numeric"),
    "arrow double": (pd.Series([1.5, None], dtype=pd.ArrowDtype(pa.float64())), "numeric"),
    "arrow decimal": (pd.Series([Decimal("1.5"), None], dtype=pd.ArrowDtype(pa.decimal128(5, 2))), "numeric"),
    "objects that are numbers": (pd.Series([1, 2.5, None], dtype=object), "numeric"),
    "objects that are decimals": (pd.Series([Decimal("1.5"), None], dtype=object), "numeric"),
    "objects that are truth values": (pd.Series([True, None], dtype=object), "numeric"),
    "str": (pd.Series(["a", None], dtype="str"), "categorical"),
    "objects that are text": (pd.Series(["a", None], dtype=object), "categorical"),
    "arrow text": (pd.Series(["a", None], dtype=pd.ArrowDtype(pa.string())), "categorical"),
    "categorical": (pd.Series(["a", None], dtype="category"), "categorical"),
    "categorical of truth values": (pd.Series([True, False], dtype="category"), "categorical"),
    "all missing numbers": (pd.Series([np.nan, np.nan]), "empty"),
    "all missing objects": (pd.Series([None, None], dtype=object), "empty"),
    "no rows": (pd.Series([], dtype="str"), "empty"),
    "dates": (pd.Series(pd.to_datetime(["2024-01-01"])), "unsupported"),
    "complex": (pd.Series([1 + 2j]), "unsupported"),
    "text and numbers": (pd.Series(["a", 1], dtype=object), "unsupported"),
    "lists": (pd.Series([[1], [2]]), "unsupported"),
}


@pytest.mark.parametrize(("column", "kind"), COLUMNS.values(), ids=COLUMNS.keys())
def test_the_kind_of_a_column(column: pd.Series, kind: str) -> None:
    assert observed_kind(column) == kind


@pytest.mark.parametrize(("column", "kind"), COLUMNS.values(), ids=COLUMNS.keys())
def test_a_column_that_is_read_at_once_is_of_that_kind_and_holds_what_its_parts_say(
    column: pd.Series, kind: str
) -> None:
    before = column.copy()
    values = read_column(column)
    assert (values.kind, values.dtype, values.rows) == (kind, column.dtype, len(column))
    if kind == "numeric":
        assert values.numbers is not None
        np.testing.assert_array_equal(values.numbers, sorted_numbers(column))
    else:
        assert values.categories == (category_counts(column) if kind == "categorical" else {})
    pd.testing.assert_series_equal(column, before)


def test_an_all_missing_column_keeps_its_numbers_only_where_its_dtype_has_some() -> None:
    for dtype in ("float32", "Int64", "boolean"):
        numbers = read_column(pd.Series([None, None], dtype=dtype)).numbers
        assert numbers is not None
        assert np.isnan(numbers).all()
    for dtype in ("object", "str", "category", "datetime64[ns]", "complex128"):
        values = read_column(pd.Series([None, None], dtype=dtype))
        assert (values.kind, values.numbers, values.missing) == ("empty", None, 2)


@pytest.mark.parametrize("dtype", ["str", "category", "object", pd.ArrowDtype(pa.string()), pd.StringDtype("python")])
def test_categories_are_counted_alike_whatever_keeps_them(dtype: object) -> None:
    column = pd.Series(["b", None, "a", "ñ", "b", "(missing)"], dtype=dtype)
    assert list(category_counts(column).items()) == [("(missing)", 1), ("a", 1), ("b", 2), ("ñ", 1)]
    assert category_counts(column[1:2]) == {}
    assert category_counts(column[3:]) == {"(missing)": 1, "b": 1, "ñ": 1}


@pytest.mark.parametrize("name", [name for name, (_, kind) in COLUMNS.items() if kind == "numeric"])
def test_numbers_come_sorted_with_missing_last_and_the_column_is_left_alone(name: str) -> None:
    column = COLUMNS[name][0]
    before = column.copy()
    numbers = sorted_numbers(column)
    assert numbers.dtype in (np.float32, np.float64)
    values = without_missing(numbers)
    assert values.tolist() == sorted(float(value) for value in column.dropna())
    assert numbers.size == len(column)
    pd.testing.assert_series_equal(column, before)


def test_categories_that_are_declared_and_do_not_occur_are_not_counted() -> None:
    column = pd.Series(pd.Categorical(["b", "b", None], categories=["a", "b"]))
    assert category_counts(column) == {"b": 2}


@pytest.mark.parametrize(
    ("value", "label"),
    [("a", "a"), (1, "1"), (1.0, "1"), (np.float32(2.0), "2"), (1.5, "1.5"), (True, "True"), ("\ud800x", "?x")],
)
def test_a_category_reads_the_same_however_it_was_stored(value: object, label: str) -> None:
    assert category_label(value) == label


def test_a_number_too_large_for_the_coarser_resolution_becomes_its_largest() -> None:
    largest = float(np.finfo(np.float32).max)
    coarse = coarsen(np.array([-1e300, 0.1, np.inf]), "float32")
    assert coarse.tolist() == [-largest, float(np.float32(0.1)), largest]
