"""What of the tables could not be judged is said beside the judgement, and never dropped in silence."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.families import roll_up
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift_check.table_roles import TableRoles
from segmentation_model.errors import shorten

logger = logging.getLogger(__name__)

_NO_ROWS = "the tariff has no rows, neither in the reference nor now"


@dataclass(frozen=True)
class Leftovers:
    """What of one table could not be judged.

    Attributes:
        table: What messages call the table.
        unknown: Rows that are in no tariff, per value of the tariff column.
        unread: Columns that cannot be read, each with the reason.
    """

    table: str
    unknown: Counter[str] = field(default_factory=Counter)
    unread: Mapping[str, str] = field(default_factory=dict)

    def in_words(self) -> str | None:
        """How many rows are in no tariff; None where all are in one.

        >>> Leftovers("current table", Counter({"X": 3, "(missing)": 2})).in_words()
        "rows of the current table that are in neither tariff: 5, for their value of it: 'X', '(missing)'"
        """
        if not self.unknown.total():
            return None
        values = shorten(value for value, _ in self.unknown.most_common())
        rows = f"{self.unknown.total():,}, for their value of it: {values}"
        return f"rows of the {self.table} that are in neither tariff: {rows}"


def with_leftovers(
    tables: Mapping[str, TableDrift], reference: Leftovers, current: Leftovers, roles: TableRoles
) -> dict[str, TableDrift]:
    """The judgements, with rows of no tariff, which might have been of any, and with columns that cannot be read.

    A tariff without rows on either side is skipped where another has some and all rows have a tariff; else it could
    not be measured.

    Args:
        tables: Drift per tariff.
        reference: What is left over of the reference.
        current: The same of the current table.
        roles: What the columns mean.
    """
    words = [said for said in (reference.in_words(), current.in_words()) if said is not None]
    for said in words:
        logger.warning(said)
    empty = {tariff for tariff, drift in tables.items() if drift.reference_rows == 0 and drift.current_rows == 0}
    without_rows = unmeasured_table if words or len(empty) == len(tables) else skipped_table
    result = {}
    for tariff, drift in tables.items():
        judged = without_rows(_NO_ROWS) if tariff in empty else _with_unread(drift, reference, current, roles)
        result[tariff] = replace(judged, reason="; ".join(filter(None, (judged.reason, *words))) or None)
    return result


def _with_unread(drift: TableDrift, reference: Leftovers, current: Leftovers, roles: TableRoles) -> TableDrift:
    """A judgement that names the columns that cannot be read; they take no other down."""
    families = roles.families(reference.unread)
    judged = [
        replace(column, reason=f"in the {current.table}: {current.unread[column.column]}")
        if column.status == "not_compared" and column.column in current.unread
        else column
        for column in drift.columns
    ]
    unread = [
        ColumnDrift(
            column=name,
            kind=None,
            family=families.get(name),
            status="not_compared",
            reason=f"in the {reference.table}: {reason}",
            severity="none",
            reference_rows=drift.reference_rows,
            current_rows=drift.current_rows,
            reference_missing=0,
            current_missing=0,
        )
        for name, reason in reference.unread.items()
    ]
    columns = (*judged, *unread)
    extra = tuple(name for name in drift.extra_columns if name not in reference.unread)
    return replace(drift, columns=columns, lines=roll_up(columns), extra_columns=extra)
