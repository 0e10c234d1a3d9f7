"""Rows that cannot be used: each leaves the table with a reason; too many of them refuse the table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.errors import InputError, shorten
from segmentation_model.pages.wording import plural
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
    usable = np.flatnonzero(_usable(rows))
    frame = rows.frame.iloc[usable]
    keys = frame[["customer_id"]]
    dated = by_month and "invoice_date" in frame
    if dated:
        keys = keys.assign(month=frame["invoice_date"].to_numpy().astype("datetime64[M]").astype(np.int64))
    repeated = keys.duplicated(keep="first").to_numpy()
    return _duplicates(column, usable[repeated], frame["customer_id"][repeated], dated=dated)


class SeenCustomers:
    """The customers of a table that is read slice by slice: who comes again, in the same slice or a later one."""

    def __init__(self, column: str) -> None:
        """Begin a table whose customer id has this raw name."""
        self._column = column
        self._seen: set[str] = set()

    def repeated(self, rows: CanonicalRows) -> Fault:
        """The next slice's rows of customers seen before; the first usable row of a customer is kept."""
        usable = np.flatnonzero(_usable(rows))
        ids = rows.frame["customer_id"].iloc[usable]
        texts = ids.tolist()
        again = ids.duplicated(keep="first").to_numpy() | np.array([text in self._seen for text in texts], dtype=bool)
        self._seen.update(texts)
        return _duplicates(self._column, usable[again], ids[again], dated=False)


class Rejection:
    """What is wrong with a table, gathered slice by slice in the order of the file."""

    def __init__(self) -> None:
        """Begin a table."""
        self._rows = self._rejected = self._left_out = 0
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, Fault] = {}
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: CanonicalRows) -> NDArray[np.bool_]:
        """Take the next slice, with all of its faults.

        Returns:
            Which of its rows can be used.
        """
        usable = _usable(rows)
        bad = np.flatnonzero(~usable)
        found = [fault for fault in rows.faults if fault.rows.size]
        for fault in found:
            name = f"{fault.column}: {fault.what}"
            self._counts[name] += int(fault.rows.size)
            self._examples.setdefault(name, fault)
            self._left_out += 0 if fault.unusable else int(fault.rows.size)
        rejected = rejected_rows(rows.frame.iloc[bad], bad, found)
        self._parts.append(rejected.assign(file_row=rejected["file_row"] + self._rows))
        self._rows += len(usable)
        self._rejected += len(bad)
        return usable

    def close(self, table: str, max_rejected_share: float) -> tuple[pd.DataFrame, dict[str, Any]]:
        """End the table.

        Args:
            table: Name of the table, for messages.
            max_rejected_share: Share of unusable rows above which the table is refused; rows that the run was not asked
                for count on neither side.

        Returns:
            The rejected rows, as in ``Intake``, and the record of rows and faults.

        Raises:
            InputError: More rows are unusable than allowed; names the worst column, a value and what is allowed. Or the
                run was asked for none of the rows.
        """
        asked_for, unusable = self._rows - self._left_out, self._rejected - self._left_out
        if not asked_for:
            told = shorten(name for name, fault in self._examples.items() if not fault.unusable)
            raise InputError(f"{table}: the run is asked for none of its {self._rows} rows: {told}")
        share = unusable / asked_for
        if share > max_rejected_share:
            name, rows = next(pair for pair in self._counts.most_common() if self._examples[pair[0]].unusable)
            worst = self._examples[name]
            raise InputError(
                f"{table}: {unusable} of {asked_for} rows cannot be used ({share:.1%}; at most "
                f"{max_rejected_share:.1%} may be rejected, feature_engineering.intake.max_rejected_share). Most "
                f"frequent: column {worst.column!r} ({worst.source}), {plural(rows, 'row')}, {worst.what}, for example "
                f"{shorten(dict.fromkeys(map(str, worst.values)), 3)}; allowed: {worst.allowed}"
            )
        record = {
            "rows": self._rows,
            "accepted": self._rows - self._rejected,
            "rejected": self._rejected,
            "faults": dict(self._counts),
            "not_asked_for": self._left_out,
        }
        filled = [part for part in self._parts if len(part)] or self._parts[:1]
        return pd.concat(filled, ignore_index=True), record


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
    rejection = Rejection()
    usable = rejection.add(rows)
    rejected, record = rejection.close(table, max_rejected_share)
    return Intake(accepted=accepted_rows(rows.frame, usable), rejected=rejected, record=record)


def accepted_rows(canonical: pd.DataFrame, usable: NDArray[np.bool_]) -> pd.DataFrame:
    """The usable rows; all of them as they are, where none is left out."""
    return canonical if usable.all() else canonical[usable].reset_index(drop=True)


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


def _duplicates(column: str, rows: NDArray[np.intp], customers: pd.Series, *, dated: bool) -> Fault:
    what = "duplicate customer of the same invoice month" if dated else "duplicate customer"
    allowed = "one row per customer and invoice month" if dated else "one row per customer"
    return Fault(column, "roles.customer_id", what, allowed, rows, tuple(customers.tolist()))


def _usable(rows: CanonicalRows) -> NDArray[np.bool_]:
    usable = np.ones(len(rows.frame), dtype=bool)
    for fault in rows.faults:
        usable[fault.rows] = False
    return usable
