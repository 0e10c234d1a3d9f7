"""One cause is one alert: the monthly columns of a family roll up into one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, Severity, rank, worst

_NUMBERED = re.compile(r"(?P<stem>.*[^\W\d_].*?)[\W_]*?(?P<number>\d+)")
_FEWEST_MONTHS = 3
_MOST_MONTHS = 120


@dataclass(frozen=True)
class FamilyDrift:
    """One line of a report: a monthly family, or a column on its own.

    Attributes:
        name: Family or column.
        is_family: Whether columns are rolled up in it.
        severity: The worst of its columns.
        judged_severity: The same, ``not_measured`` where no column of it could be.
        columns: Names of its columns, in the table's order.
        drifted: Names of those at low or above.
        worst_column: The one to look at first: highest level, then largest PSI.
        max_psi: Largest PSI; None where no column is compared.
    """

    name: str
    is_family: bool
    severity: Severity
    judged_severity: JudgedSeverity
    columns: tuple[str, ...]
    drifted: tuple[str, ...]
    worst_column: str
    max_psi: float | None


def roll_up(columns: Sequence[ColumnDrift]) -> tuple[FamilyDrift, ...]:
    """Roll judged columns up into lines, the worst first: by level, then PSI, then name."""
    groups: dict[tuple[bool, str], list[ColumnDrift]] = {}
    for column in columns:
        key = (column.family is not None, column.family or column.column)
        groups.setdefault(key, []).append(column)
    lines = [_line(name, is_family, members) for (is_family, name), members in groups.items()]
    return tuple(sorted(lines, key=lambda line: (-rank(line.severity), -(line.max_psi or 0.0), line.name)))


def families_by_name(names: Iterable[str]) -> dict[str, str]:
    """Monthly families that the names of columns give away, where no layout says which there are.

    A family is at least three columns with one stem and different numbers from 0 to 120 at the end. Whether the
    newest month has the lowest number is not known.

    Returns:
        Family of a column, for the columns that belong to one.

    >>> families_by_name(["BILL_AMT1", "BILL_AMT2", "BILL_AMT3", "PAY_1", "PAY_2", "LIMIT_BAL"])
    {'BILL_AMT1': 'BILL_AMT', 'BILL_AMT2': 'BILL_AMT', 'BILL_AMT3': 'BILL_AMT'}
    >>> families_by_name(["Saldo_01", "Saldo_02", "Saldo_03", "sales_2024", "sales_2025", "sales_2026"])
    {'Saldo_01': 'Saldo', 'Saldo_02': 'Saldo', 'Saldo_03': 'Saldo'}
    """
    stems: dict[str, dict[str, int]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        if found is not None:
            stems.setdefault(found["stem"], {})[name] = int(found["number"])
    return {
        name: stem
        for stem, numbers in stems.items()
        if len(set(numbers.values())) >= _FEWEST_MONTHS and max(numbers.values()) <= _MOST_MONTHS
        for name in numbers
    }


def _line(name: str, is_family: bool, members: Sequence[ColumnDrift]) -> FamilyDrift:
    first = min(members, key=lambda member: (-rank(member.severity), -_psi(member), member.column))
    severity = worst(member.severity for member in members)
    measured = any(member.status == "measured" for member in members)
    compared = [member.drift.psi for member in members if member.drift is not None]
    return FamilyDrift(
        name=name,
        is_family=is_family,
        severity=severity,
        judged_severity=severity if measured else NOT_MEASURED,
        columns=tuple(member.column for member in members),
        drifted=tuple(member.column for member in members if member.severity != "none"),
        worst_column=first.column,
        max_psi=max(compared, default=None),
    )


def _psi(column: ColumnDrift) -> float:
    return column.drift.psi if column.drift is not None else 0.0
