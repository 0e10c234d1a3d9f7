"""The values of one raw column, read: text, numbers, dates as exports hold them. Value by value: slices may be read."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

Flags = NDArray[np.bool_]

#: Points in front of thousands, a comma in front of the decimals; "1,234" is more likely a comma in front of thousands.
_DECIMAL_COMMA = re.compile(r"[-+]?(?![1-9]\d{0,2},\d{3}$)(\d{1,3}(\.\d{3})+|\d+),\d+")


class Reading(NamedTuple):
    """A column that was read.

    Attributes:
        values: One value per row, missing where the raw one is missing or unusable.
        unusable: Which rows hold a raw value that cannot be used.
    """

    values: NDArray[np.generic] | ExtensionArray
    unusable: Flags


def read_text(values: pd.Series, transform: Callable[[str], str | None]) -> ExtensionArray:
    """Text after a transformation, which may give None; only the distinct values are transformed.

    >>> list(read_text(pd.Series([7.0, None]), str.strip))
    ['7', nan]
    """
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    texts = [transform(_as_text(value)) or None for value in distinct.tolist()]
    return pd.array(np.array([*texts, None], dtype=object)[codes], dtype="str")


def read_numbers(values: pd.Series, largest: float) -> tuple[NDArray[np.float64], Flags]:
    """Numbers from numbers, booleans or text.

    Args:
        values: The raw column.
        largest: Magnitude beyond which a number is unusable.

    Returns:
        The numbers, NaN where missing or unusable, and which rows are unusable: no number, or none within bounds.
    """
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) == "boolean":
        values = values.astype("boolean")
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        unusable = np.abs(numbers) > largest
    else:
        text = values.astype("str").str.strip()
        numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        given = (text.notna() & (text != "")).to_numpy(dtype=bool)
        unusable = given & ~(np.abs(numbers) <= largest)
    return (np.where(unusable, np.nan, numbers) if unusable.any() else numbers), unusable


def read_dates(values: pd.Series, formats: Sequence[str]) -> Reading:
    """Dates from timestamps (a time zone is dropped, the local time kept) or from text.

    Args:
        values: The raw column.
        formats: Formats of dates in text, tried in order.

    Returns:
        ``datetime64[s]``; unusable is text in none of the formats.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        naive = values.dt.tz_localize(None) if values.dt.tz is not None else values
        return Reading(naive.astype("datetime64[s]").array, np.zeros(len(values), dtype=bool))
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    text = pd.Series([_as_text(value).strip() for value in distinct.tolist()], dtype="str")
    parsed = pd.Series(pd.NaT, index=text.index, dtype="datetime64[s]")
    for pattern in formats:
        left = parsed.isna() & (text != "")
        parsed[left] = pd.to_datetime(text[left], format=pattern, errors="coerce").astype("datetime64[s]")
    unreadable = (parsed.isna() & (text != "")).to_numpy()
    lookup = np.append(parsed.to_numpy(), np.datetime64("NaT", "s"))
    return Reading(lookup[codes], np.append(unreadable, False)[codes])


def has_decimal_comma(value: object) -> bool:
    """Whether a raw value is a number as most of Europe and South America writes it.

    >>> [has_decimal_comma(text) for text in ("255,92", "-1.234.567,8", "0,125", "1,234", "12 días", 3.5)]
    [True, True, True, False, False, False]
    """
    return isinstance(value, str) and _DECIMAL_COMMA.fullmatch(value.strip()) is not None


def _as_text(value: object) -> str:
    """Text of a raw value; whole numbers without a fraction, so that a column with gaps reads like one without."""
    if isinstance(value, float | Decimal) and value % 1 == 0:
        return str(int(value))
    return value.isoformat() if type(value) is dt.date else str(value)
