"""The one type that a column of a table has, whatever its files say; and its values in that type."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.drift.reference.column_values import category_label
from segmentation_model.drift_check.tables.number_text import numbers_of


def is_text(kind: pa.DataType) -> bool:
    """Whether a type holds categories: text, or whatever a dictionary numbers."""
    types = pa.types
    return bool(
        types.is_dictionary(kind) or types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    )


def is_number(kind: pa.DataType) -> bool:
    """Whether a type holds numbers or truth values."""
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_boolean(kind))


def is_time(kind: pa.DataType) -> bool:
    """Whether a type holds dates, points in time or durations."""
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_duration(kind))


def common_type(types: Collection[pa.DataType]) -> pa.DataType | None:
    """The type that a column is read as, given its types in all files that have values; None where there is none.

    Truth values become 0 and 1, numbers of different types float64; what has no values at all is a number.

    >>> common_type([pa.int64(), pa.float32()]), common_type([pa.bool_()]), common_type([])
    (DataType(double), DataType(float), DataType(double))
    >>> common_type([pa.float64(), pa.string()]), common_type([pa.list_(pa.int64())])
    (None, None)
    """
    distinct = set(types)
    if not distinct:
        return pa.float64()
    only = next(iter(distinct)) if len(distinct) == 1 else None
    if all(map(is_number, distinct)):
        if only is None or pa.types.is_decimal(only):
            return pa.float64()
        return pa.float32() if pa.types.is_boolean(only) else only
    if all(map(is_text, distinct)):
        return only or pa.string()
    if all(map(is_time, distinct)):
        return only
    return None


def values_as(values: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """Values in another type; None where text is to be a number and is not.

    >>> values_as(pa.array([1.0, 2.5, None]), pa.string()).to_pylist()
    ['1', '2.5', None]
    >>> values_as(pa.array(["1", "x"]), pa.float64()) is None
    True
    """
    if values.type == kind:
        return values
    if is_text(kind):
        text = text_of(values)
        return text.dictionary_encode() if pa.types.is_dictionary(kind) else pc.cast(text, kind)
    if is_text(values.type):
        return numbers_of(text_of(values), "point")
    return pc.cast(values, kind, safe=False)


def text_of(values: pa.Array) -> pa.Array:
    """Values as the labels of categories: a whole number reads the same whether it was stored as 1 or 1.0."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return text_of(values.dictionary).take(values.indices)
    if not is_number(kind):
        return pc.cast(values, pa.string())
    if pa.types.is_decimal(kind):
        values = pc.cast(values, pa.float64())
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
    distinct = values.dictionary_encode()
    numbers = distinct.dictionary
    if pa.types.is_float32(kind):  # 0.1, and not the number next to it that float32 has
        numbers = pc.cast(pc.cast(numbers, pa.string()), pa.float64())
    labels = pa.array([category_label(number) for number in numbers.to_pylist()], pa.string())
    return labels.take(distinct.indices)
