"""Rows that cannot be used: each leaves the table with a reason; too many of them refuse the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.errors import InputError, shorten
from segmentation_model.pipelines.feature_engineering.canonical import CanonicalRows, Fault, select_columns

#: What is told of a rejected row: canonical column and dtype.
_TOLD = {
    "customer_id": ("customer_id", "str"),
    "invoice_date": ("invoice_date", "datetime64[s]"),
    "tariff": ("tariff", "str"),
    "invoice_amount": ("invoice_amount_01", "float64"),
}


@dataclass(frozen=True)
class Intake:
    """A table taken in.

    Attributes:
        accepted: Canonical rows that can be used.
        rejected: One row per rejected raw row: ``file_row`` (1 = first), ``customer_id``, ``invoice_date``,
            ``tariff``, ``invoice_amount`` (null where absent or unreadable), ``reason``.
        record: What is worth knowing about the table, JSON-able.
    """

    accepted: pd.DataFrame
    rejected: pd.DataFrame
    record: dict[str, Any]


def duplicate_fault(rows: CanonicalRows, column: str, *, by_month: bool) -> Fault:
    """Find the rows that repeat a customer (of the same invoice month); the first usable one in the file is kept.

    Args:
        rows: The whole table under canonical names, with its faults so far.
        column: Raw name of the customer id.
        by_month: A customer may come once per invoice month instead of once.

    Returns:
        The fault, perhaps without rows.
    """
    usable = np.flatnonzero(_usable(len(rows.frame), rows.faults))
    frame = rows.frame.iloc[usable]
    keys = frame[["customer_id"]]
    dated = by_month and "invoice_date" in frame
    if dated:
        keys = keys.assign(month=frame["invoice_date"].to_numpy().astype("datetime64[M]").astype(np.int64))
    repeated = keys.duplicated(keep="first").to_numpy()
    what = "duplicate customer of the same invoice month" if dated else "duplicate customer"
    allowed = "one row per customer and invoice month" if dated else "one row per customer"
    values = tuple(frame["customer_id"][repeated].tolist())
    return Fault(column, "roles.customer_id", what, allowed, usable[repeated], values)


def reject_rows(rows: CanonicalRows, table: str, max_rejected_share: float) -> Intake:
    """Part the usable rows from the unusable ones.

    Args:
        rows: The whole table under canonical names, with its faults.
        table: Name of the table, for messages.
        max_rejected_share: Share of unusable rows above which the table is refused.

    Returns:
        Accepted and rejected rows; together they are all rows.

    Raises:
        InputError: More rows are unusable than allowed; names the worst column, a value and what is allowed.
    """
    frame = rows.frame
    faults = [fault for fault in rows.faults if fault.rows.size]
    bad = ~_usable(len(frame), faults)
    if bad.mean() > max_rejected_share:
        worst = max(faults, key=lambda fault: fault.rows.size)
        raise InputError(
            f"{table}: {int(bad.sum())} of {len(frame)} rows cannot be used ({bad.mean():.1%}; at most "
            f"{max_rejected_share:.1%} may be rejected, feature_engineering.intake.max_rejected_share). Most frequent: "
            f"column {worst.column!r} ({worst.source}), {worst.rows.size} rows, {worst.what}, for example "
            f"{shorten(dict.fromkeys(map(str, worst.values)), 3)}; allowed: {worst.allowed}"
        )
    record = {
        "rows": len(frame),
        "accepted": int((~bad).sum()),
        "rejected": int(bad.sum()),
        "faults": {f"{fault.column}: {fault.what}": int(fault.rows.size) for fault in faults},
    }
    return Intake(
        accepted=frame[~bad].reset_index(drop=True) if bad.any() else frame,
        rejected=rejected_rows(frame[bad], np.flatnonzero(bad), faults),
        record=record,
    )


def rejected_rows(canonical: pd.DataFrame, positions: NDArray[np.intp], faults: Sequence[Fault]) -> pd.DataFrame:
    """Tell of rejected rows, each with all its reasons.

    Args:
        canonical: The rejected rows, perhaps none.
        positions: Their positions in the file, 0 = first.
        faults: Faults of the file's rows.

    Returns:
        One row per rejected row, as in ``Intake``.
    """
    reasons: dict[int, list[str]] = {position: [] for position in positions.tolist()}
    for fault in faults:
        for position, value in zip(fault.rows.tolist(), fault.values, strict=True):
            said = "" if pd.isna(value) else f" {value!r}"  # type: ignore[call-overload]
            reasons[position].append(f"{fault.column}: {fault.what}{said}")
    told = select_columns(canonical, _TOLD)
    told.insert(0, "file_row", positions + 1)
    told["reason"] = pd.array(["; ".join(texts) for texts in reasons.values()], dtype="str")
    return told


def _usable(rows: int, faults: Sequence[Fault]) -> NDArray[np.bool_]:
    usable = np.ones(rows, dtype=bool)
    for fault in faults:
        usable[fault.rows] = False
    return usable
