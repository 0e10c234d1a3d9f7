"""Which row of an earlier table a row of the current one continues: the same customer, some months later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.drift.reference.column_values import category_label

Positions = npt.NDArray[np.intp]
Integers = npt.NDArray[np.int64]

#: Formats of dates in text, tried in order.
_DATE_FORMATS = ("ISO8601", "%d/%m/%Y")
#: What numpy makes of a missing date, as a number.
_NO_MONTH = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class RowPairs:
    """Rows of two tables that belong to one customer each.

    Attributes:
        customers: Customers that both tables have.
        reference: Positions of rows in the reference.
        current: Positions of the rows that continue them, each at most once.
        months: Calendar months from the one to the other, at least 0.
    """

    customers: int
    reference: Positions
    current: Positions
    months: Integers

    @property
    def usual_months(self) -> int:
        """Months that lie between most of the pairs; the smaller number of two."""
        return int(np.bincount(self.months).argmax())


def pair_rows(
    reference: pd.DataFrame, current: pd.DataFrame, *, customer_id: str, invoice_date: str | None
) -> RowPairs:
    """Give every current row the newest reference row of its customer from an earlier month.

    Where there is none, it is the one of the same month, if there is that. Rows without an id or a readable date
    belong to nobody. A customer with several rows in one month of a table is left out for that month: it is not known
    which of them the other table continues.

    Args:
        reference: The earlier table, of one or several months.
        current: The current table.
        customer_id: Column of both; ids are compared as text without outer spaces, whole numbers without a fraction.
        invoice_date: Column of both: timestamps, or text as year-month-day or day/month/year. None: each table is
            taken for one month, and the current one for the month that follows.
    """
    ids = _customer_codes(reference[customer_id], current[customer_id])
    if invoice_date is None:
        months = (np.zeros(len(reference), np.int64), np.ones(len(current), np.int64))
    else:
        months = (_month_numbers(reference[invoice_date]), _month_numbers(current[invoice_date]))
    usable = [(code >= 0) & (month != _NO_MONTH) for code, month in zip(ids, months, strict=True)]
    dated = np.concatenate([month[use] for month, use in zip(months, usable, strict=True)])
    first, last = (int(dated.min()), int(dated.max())) if dated.size else (0, 0)
    # One number for customer and month: in their order, the row before a customer's own is that of the month before.
    (known, known_rows), (asked, asked_rows) = (
        _occurring_once(code * (last - first + 1) + (month - first), use)
        for code, month, use in zip(ids, months, usable, strict=True)
    )
    place = np.searchsorted(known, asked)
    same_month = _at(known, place) == asked
    month_of = asked - asked % (last - first + 1)  # the customer's first possible number
    earlier = (place > 0) & (_at(known, place - 1) >= month_of)
    found = np.where(earlier, place - 1, place)
    paired = np.flatnonzero(earlier | same_month)
    return RowPairs(
        customers=_customers_of_both(*ids),
        reference=known_rows[found[paired]],
        current=asked_rows[paired],
        months=asked[paired] - known[found[paired]],
    )


def _occurring_once(keys: Integers, usable: npt.NDArray[np.bool_]) -> tuple[Integers, Positions]:
    """The usable keys that occur once, in ascending order, and the rows that have them."""
    rows = np.flatnonzero(usable)
    distinct, first, counts = np.unique(keys[rows], return_index=True, return_counts=True)
    return distinct[counts == 1], rows[first[counts == 1]]


def _at(values: Integers, places: Positions) -> Integers:
    """Values at places; -1, which no key is, beyond either end."""
    inside = (places >= 0) & (places < values.size)
    return np.where(inside, values[np.where(inside, places, 0)] if values.size else -1, -1)


def _customers_of_both(reference: Integers, current: Integers) -> int:
    """How many ids, given by their codes, both tables have."""
    size = max(reference.max(initial=-1), current.max(initial=-1)) + 1
    known, asked = (np.bincount(codes[codes >= 0], minlength=size) > 0 for codes in (reference, current))
    return int(np.count_nonzero(known & asked))


def _customer_codes(reference: pd.Series, current: pd.Series) -> tuple[Integers, Integers]:
    """A number from 0 on for every id, the same in both tables; -1 where it is missing."""
    both = pa.chunked_array([_ids(reference), _ids(current)])
    codes = both.dictionary_encode().combine_chunks().indices.fill_null(-1).to_numpy().astype(np.int64)
    return codes[: len(reference)], codes[len(reference) :]


def _ids(values: pd.Series) -> pa.Array:
    """Ids as text, null where missing or empty.

    >>> _ids(pd.Series([7.0, None])).to_pylist(), _ids(pd.Series([" 7 ", " "])).to_pylist()
    (['7', None], ['7', None])
    """
    if not isinstance(values.dtype, pd.StringDtype) and not pd.api.types.is_integer_dtype(values.dtype):
        values = values.astype(object).map(category_label, na_action="ignore").astype("str")
    array = pa.array(values)
    text = (array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array).cast(pa.large_string())
    trimmed = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _month_numbers(values: pd.Series) -> Integers:
    """Months since January 1970; ``_NO_MONTH`` where a date is missing or unreadable.

    >>> _month_numbers(pd.Series(["1970-02-28", "05/03/1970"])).tolist()
    [1, 2]
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    if values.dtype.kind != "M":
        codes, distinct = pd.factorize(values.astype("str").str.strip().str[:10])
        text = pd.Series(distinct, dtype="str")
        dates = pd.Series(pd.NaT, index=text.index, dtype="datetime64[s]")
        for pattern in _DATE_FORMATS:
            dates = dates.fillna(pd.to_datetime(text, format=pattern, errors="coerce").astype("datetime64[s]"))
        return np.append(_month_numbers(dates), _NO_MONTH)[codes]
    return values.to_numpy().astype("datetime64[M]").astype(np.int64)
