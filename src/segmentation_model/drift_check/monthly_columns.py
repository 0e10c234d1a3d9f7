"""The monthly columns of both tables, read for the check of their windows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from segmentation_model.drift.judgement.monthly_windows import WindowCheck, check_windows
from segmentation_model.drift.settings import WindowSettings
from segmentation_model.drift_check.table_roles import TableRoles
from segmentation_model.drift_check.tables.source_table import SourceTable

logger = logging.getLogger(__name__)


class MonthlyColumns:
    """What the check of the windows needs of two tables.

    Attributes:
        customer_id: Column that identifies the customer; None where a table has none.
        invoice_date: Column that dates a row; None where a table has none.
        families: Columns of the monthly families that are in both tables, newest month first; a table may lack some
            months, and the check then says so.
    """

    def __init__(self, roles: TableRoles, reference: SourceTable, current: SourceTable) -> None:
        """Find them by the names of both tables' columns."""
        names = (reference.names, current.names)
        self.customer_id = _same(roles.column_of("customer_id", one) for one in names)
        self.invoice_date = _same(roles.column_of("invoice_date", one) for one in names)
        both = set(reference.names) & set(current.names)
        self.families: Mapping[str, tuple[str, ...]] = {
            family: columns for family, columns in roles.windows.items() if not both.isdisjoint(columns)
        }
        self._known = bool(roles.windows)

    def columns_of(self, table: SourceTable) -> list[str]:
        """Those that a table has; none where the windows cannot be checked."""
        if self.why_not is not None:
            return []
        months = (name for columns in self.families.values() for name in columns)
        return [name for name in (self.customer_id, self.invoice_date, *months) if name in table.names]

    @property
    def why_not(self) -> str | None:
        """Why the windows cannot be checked; None where they can."""
        if not self._known:
            return "no monthly families are named (--columns, `monthly`), so the order of the months is not known"
        if not self.families:
            return "no monthly family has columns in both tables"
        if self.customer_id is None:
            return "no column identifies the customer in both tables (--columns, `roles.customer_id`)"
        return None

    def check(self, reference: pd.DataFrame, current: pd.DataFrame) -> WindowCheck:
        """Check the windows of tables that hold these columns."""
        if self.why_not is not None or self.customer_id is None:
            return not_checked(self.why_not or "")
        return check_windows(
            reference,
            current,
            self.families,
            customer_id=self.customer_id,
            invoice_date=self.invoice_date,
            settings=WindowSettings(),
        )

    def check_read(self, reference: SourceTable, current: SourceTable, limit: int) -> WindowCheck:
        """Check the windows of tables that are read for it, of all customers or of as many as the memory holds.

        Args:
            reference: The earlier table.
            current: The current table.
            limit: Bytes that the columns of both may take.
        """
        if self.why_not is not None:
            return not_checked(self.why_not)
        size = sum(
            table.arrow_bytes * len(self.columns_of(table)) // max(len(table.names), 1)
            for table in (reference, current)
        )
        one_of = -(-size // max(limit, 1))
        result = self.check(self._read(reference, one_of), self._read(current, one_of))
        if one_of <= 1:
            return result
        note = f"checked on one customer of {one_of}, by a hash of the id, to save memory"
        logger.info("Monthly windows: %s", note)
        return replace(result, reason=f"{result.reason}; {note}" if result.reason else note)

    def _read(self, table: SourceTable, one_of: int) -> pd.DataFrame:
        columns = self.columns_of(table)
        if one_of <= 1:
            return table.read(columns=columns)
        return pd.concat([self._some(rows, one_of) for rows in table.batches(columns=columns)], ignore_index=True)

    def _some(self, rows: pd.DataFrame, one_of: int) -> pd.DataFrame:
        """The rows of one customer of so many: the same customers in every table."""
        hashes = pd.util.hash_pandas_object(rows[self.customer_id].astype("str"), index=False)
        return rows.loc[(hashes % one_of == 0).to_numpy()]


def not_checked(reason: str) -> WindowCheck:
    """The windows were not checked, and why."""
    return WindowCheck("not_checked", reason)


def _same(found: Iterable[str | None]) -> str | None:
    """The one name that both tables use; None where they differ."""
    names = set(found)
    return names.pop() if len(names) == 1 else None
