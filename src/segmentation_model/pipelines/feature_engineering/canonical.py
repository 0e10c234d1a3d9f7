"""From one utility's raw table to canonical names and types. Row by row: any slice gives the same as the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns import Layout, MappedColumn, normalise_text
from segmentation_model.errors import InputError, shorten
from segmentation_model.pipelines.feature_engineering.absent_columns import explain_absent
from segmentation_model.pipelines.feature_engineering.raw_values import (
    Reading,
    has_decimal_comma,
    read_dates,
    read_numbers,
    read_text,
)

#: Money that is reported to the cent; every other number is kept as float32.
_TO_THE_CENT = frozenset({"invoice_amount_01", "overdue_balance"})
#: Up to here whole cents survive float64 (exactly: up to 2**51 cents).
_LARGEST_MONEY = 1e13
#: Beyond it, figures built from a number would leave float32; nothing that is counted or measured is as large.
_LARGEST_NUMBER = 1e15
#: Unusable values that are looked at to guess how they came about.
_LOOKED_AT = 100


@dataclass(frozen=True)
class Fault:
    """A fault that some rows of a raw table have in one column.

    Attributes:
        column: Raw name of the column.
        source: Key of the parameters that maps it.
        what: What is wrong, without the value.
        allowed: What would have been right.
        rows: Positions of the rows in the slice.
        values: Raw values of these rows.
        unusable: False where nothing is wrong with the rows: the run was not asked for them.
    """

    column: str
    source: str
    what: str
    allowed: str
    rows: NDArray[np.intp]
    values: tuple[object, ...]
    unusable: bool = True


@dataclass(frozen=True)
class CanonicalRows:
    """A slice of a table under canonical names, all rows kept, with the faults that make rows unusable."""

    frame: pd.DataFrame
    faults: tuple[Fault, ...]


def check_columns(raw: pd.DataFrame, layout: Layout, table: str, *, with_target: bool) -> list[str]:
    """Check that the table has rows, and every mapped column once and with plain values.

    Args:
        raw: The raw table.
        layout: The layout in use.
        table: Name of the table, for messages.
        with_target: Whether the target must be there.

    Returns:
        Columns of the file that nothing names.

    Raises:
        InputError: A mapped column is absent, there twice, or holds lists or bytes; or the table is empty.
    """
    if with_target and not layout.has("target"):
        raise InputError(f"{table}: the layout maps no target (columns: roles.target), so no model can be trained")
    present = [str(name) for name in raw.columns]
    mapped = [column for column in layout.table() if with_target or column.kind != "target"]
    absent = [column for column in mapped if column.raw not in present]
    if absent:
        raise InputError(f"{table}: {explain_absent(absent, present, layout)}")
    if raw.empty:
        raise InputError(f"{table}: the table has no rows; at least one is needed")
    for column in mapped:
        values = raw[column.raw]
        if isinstance(values, pd.DataFrame):
            raise InputError(
                f"{table}: column {column.raw!r} ({column.source}) is there {values.shape[1]} times; once is allowed"
            )
        example = values.dropna().head(1).tolist() if values.dtype == object else []
        if any(isinstance(value, bytes) or pd.api.types.is_list_like(value) for value in example):
            raise InputError(
                f"{table}: column {column.raw!r} ({column.source}) holds {shorten(example)}; text, numbers and dates "
                "are allowed"
            )
    named = {column.raw for column in layout.table()} | set(layout.ignore)
    return [name for name in present if name not in named]


def canonicalise(
    raw: pd.DataFrame, layout: Layout, *, with_target: bool, reference_date: pd.Timestamp | None = None
) -> CanonicalRows:
    """Give a slice of a raw table its canonical names and types.

    Text is normalised (case, accents, outer and repeated spaces), dates become ``datetime64[s]``, numbers float32
    (float64 for the money that is reported), the tariff one of ``Domestic`` / ``Industrial``. A stratum that is no
    number is missing. A table without the tariff role is all Domestic. A missing tenure is computed from the contract
    start where there is one; ``tenure_known`` says whether it is known in the end.

    Args:
        raw: A slice of the raw table, one row per customer and reference invoice.
        layout: The layout in use.
        with_target: Whether to read the target; the current table's is ignored.
        reference_date: Stands in for the invoice date in a table without that role.

    Returns:
        One canonical row per raw row, in the same order, and the faults found.
    """
    columns: dict[str, object] = {}
    faults: list[Fault] = []
    for column in layout.table():
        if column.kind == "target" and not with_target:
            continue
        columns[column.name], unusable = _read(raw[column.raw], column, layout)
        if unusable.any():
            rows = np.flatnonzero(unusable)
            values = tuple(raw[column.raw].iloc[rows].tolist())
            what, allowed = _words(column, layout, values)
            faults.append(Fault(column.raw, column.source, what, allowed, rows, values))
    if "tariff" not in columns:
        columns["tariff"] = pd.array(np.full(len(raw), "Domestic", dtype=object), dtype="str")
    if "tenure_months" in columns or "contract_start_date" in columns:
        columns.update(_tenure(columns, reference_date, len(raw)))
    return CanonicalRows(pd.DataFrame(columns, copy=False), tuple(faults))


def select_columns(canonical: pd.DataFrame, wanted: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Take columns of canonical rows, perhaps under other names; what the table lacks is all missing (False if bool).

    Args:
        canonical: Canonical rows.
        wanted: Name wanted: canonical column and dtype.

    Returns:
        One row per canonical row, same order.
    """
    columns: dict[str, object] = {}
    for name, (source, dtype) in wanted.items():
        missing = [False if dtype == "bool" else None] * len(canonical)
        values = canonical[source] if source in canonical else pd.Series(missing, dtype=object)
        columns[name] = values.astype(dtype).array  # type: ignore[call-overload]
    return pd.DataFrame(columns)


def _read(values: pd.Series, column: MappedColumn, layout: Layout) -> Reading:
    """Read one raw column by its kind."""
    nothing = np.zeros(len(values), dtype=bool)
    match column.kind:
        case "key":
            keys = read_text(values, str.strip)
            return Reading(keys, np.asarray(keys.isna()))
        case "date":
            return read_dates(values, layout.date_formats)
        case "category":
            return Reading(read_text(values, normalise_text), nothing)
        case "tariff":
            codes = layout.tariff_codes()
            tariffs = read_text(values, lambda text: codes.get(normalise_text(text)))
            return Reading(tariffs, np.asarray(tariffs.isna()))
        case "target":
            return _read_target(values, layout.target_codes())
        case "ordinal":
            return Reading(read_numbers(values, _LARGEST_NUMBER)[0].astype(np.float32), nothing)
        case "number":
            numbers, unusable = read_numbers(values, _largest(column))
            return Reading(numbers if column.name in _TO_THE_CENT else numbers.astype(np.float32), unusable)


def _read_target(values: pd.Series, codes: Mapping[str, int]) -> Reading:
    """1 unpaid, 0 paid, NaN not known yet: by the layout's codes where it names some, else as 0 and 1 already."""
    if codes:
        texts = pd.Series(read_text(values, normalise_text))
        targets = texts.map(codes).astype(np.float32)
        return Reading(targets.array, np.asarray(texts.notna() & targets.isna()))
    numbers, unusable = read_numbers(values, _LARGEST_NUMBER)
    unusable |= ~(np.isnan(numbers) | np.isin(numbers, (0, 1)))
    return Reading(np.where(unusable, np.nan, numbers).astype(np.float32), unusable)


def _words(column: MappedColumn, layout: Layout, values: Sequence[object]) -> tuple[str, str]:
    """What is wrong with unusable values, and what is allowed."""
    match column.kind:
        case "key":
            return "missing", "an identifier in every row"
        case "date":
            return "unreadable date", f"a date or text as {shorten(layout.date_formats)}"
        case "tariff":
            codes = shorten(sorted(layout.tariff_codes()), 12)
            return "unknown tariff", f"{codes}, as values.tariff of the layout names them"
        case "target":
            return "no target value", _target_words(layout.target_codes())
        case _:
            commas = any(has_decimal_comma(value) for value in values[:_LOOKED_AT])
            hint = "; decimal commas? read the CSV with decimal=',' and thousands='.'" if commas else ""
            return "no usable number", f"a number up to {_largest(column):g} or null{hint}"


def _target_words(codes: Mapping[str, int]) -> str:
    if not codes:
        return "0 (paid), 1 (unpaid) or null, or what values.target of the layout names"
    paid, unpaid = (shorten(text for text, target in codes.items() if target == meant) for meant in (0, 1))
    return f"{paid} (paid), {unpaid} (unpaid), as values.target of the layout names them, or null"


def _largest(column: MappedColumn) -> float:
    return _LARGEST_MONEY if column.name in _TO_THE_CENT else _LARGEST_NUMBER


def _tenure(columns: dict[str, object], reference: pd.Timestamp | None, rows: int) -> dict[str, object]:
    """Months as a customer; where missing, whole months from the contract start to the invoice, at least 0."""
    tenure = np.asarray(columns.get("tenure_months", np.full(rows, np.nan)), dtype=np.float32)
    start = columns.get("contract_start_date")
    invoice = columns.get("invoice_date", None if reference is None else np.full(rows, reference.to_datetime64()))
    if start is not None and invoice is not None:
        months = _whole_months(np.asarray(start, "datetime64[D]"), np.asarray(invoice, "datetime64[D]"))
        tenure = np.where(np.isnan(tenure), np.maximum(months, 0), tenure).astype(np.float32)
    return {"tenure_months": tenure, "tenure_known": ~np.isnan(tenure)}


def _whole_months(start: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Whole calendar months, complete on the start's day of the month; NaN where a date is missing."""
    first, last = start.astype("datetime64[M]"), end.astype("datetime64[M]")
    unfinished = (end - last) < (start - first)
    months = (last - first).astype(np.float64) - unfinished
    return np.where(np.isnat(start) | np.isnat(end), np.nan, months)
