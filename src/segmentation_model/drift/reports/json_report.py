"""Drift as data: the full report as JSON and as a tidy table. Finite, in a stable order, 10 significant digits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segmentation_model.drift.judgement.binned_drift import BinnedDrift
from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.families import FamilyDrift
from segmentation_model.drift.judgement.gate import GateOutcome
from segmentation_model.drift.judgement.prediction import PredictionSignal
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.judgement.verdict import Verdict
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.windows_json import windows_to_json

REPORT_SCHEMA_VERSION = 1
LONGEST_LABEL = 120
TIDY_COLUMNS = ("tariff", "column", "family", "kind", "status", "severity", "statistic", "value")

Json = dict[str, Any]


def drift_report(findings: Findings) -> Json:
    """Everything that is known, as plain values for ``json.dumps(..., allow_nan=False)``.

    The result conforms to ``schema.report_schema("drift_report")``.
    """
    outcome = findings.outcome
    return {
        "schema_version": REPORT_SCHEMA_VERSION,
        "execution_date": findings.execution_date,
        "status": outcome.status,
        "exit_code": outcome.exit_code,
        "severity": outcome.severity,
        "fail_on_drift": outcome.fail_on_drift,
        "message": outcome.message,
        "settings": findings.settings.model_dump(mode="json"),
        "windows": None if findings.windows is None else windows_to_json(findings.windows),
        "tariffs": {tariff: _table(table, outcome, tariff) for tariff, table in findings.tables.items()},
    }


def drift_columns(tables: Mapping[str, TableDrift]) -> pd.DataFrame:
    """One row per tariff, column and statistic that has a value; prediction signals are of kind ``prediction``.

    Returns:
        Text columns ``tariff, column, family, kind, status, severity, statistic`` and the number ``value``. ``family``
        is missing for a column on its own, ``kind`` for one that the profile had to leave out.
    """
    rows = [row for tariff, table in tables.items() for row in _tidy_rows(tariff, table)]
    frame = pd.DataFrame(rows, columns=list(TIDY_COLUMNS))
    text = dict.fromkeys(TIDY_COLUMNS[:-1], "str")
    return frame.astype({**text, "value": "float64"})


def rounded(value: float | None) -> float | None:
    """A number as the reports give it: 10 significant digits; None for what is not finite.

    >>> rounded(1 / 3), rounded(float("inf"))
    (0.3333333333, None)
    """
    return float(f"{value:.10g}") if value is not None and math.isfinite(value) else None


def readable(text: str) -> str:
    """A category as the reports give it: free text of any length is cut.

    >>> len(readable("x" * 1_000))
    120
    """
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def column_statistics(column: ColumnDrift) -> dict[str, float | None]:
    """The statistics of a column by name; None where one is not defined."""
    compared = column.drift is not None
    return {
        "reference_rows": column.reference_rows,
        "current_rows": column.current_rows,
        "reference_missing_share": column.reference_missing / column.reference_rows if compared else None,
        "current_missing_share": column.current_missing / column.current_rows if compared else None,
        **_binned(column.drift),
        "adjusted_p_value": rounded(column.adjusted_p_value),
        "ks": rounded(column.ks),
        "ks_p_value": rounded(column.ks_p_value),
    }


def _binned(drift: BinnedDrift | None) -> dict[str, float | None]:
    if drift is None:
        return dict.fromkeys(_BINNED_STATISTICS)
    values = (
        drift.psi,
        drift.psi_corrected,
        drift.noise_floor,
        float(drift.degrees_of_freedom),
        drift.minimum_detectable,
        drift.test.statistic,
        float(drift.test.degrees_of_freedom),
        drift.test.p_value,
        drift.test.cramers_v,
    )
    return {name: rounded(value) for name, value in zip(_BINNED_STATISTICS, values, strict=True)}


_BINNED_STATISTICS = (
    "psi",
    "psi_corrected",
    "noise_floor",
    "degrees_of_freedom",
    "minimum_detectable_psi",
    "chi_squared",
    "chi_squared_degrees_of_freedom",
    "p_value",
    "cramers_v",
)


def _table(table: TableDrift, outcome: GateOutcome, tariff: str) -> Json:
    decided = outcome.tariffs.get(tariff)
    return {
        "status": table.status if decided is None else decided.status,
        "severity": table.severity,
        "reason": table.reason,
        "prediction_severity": table.prediction_severity,
        "max_psi": rounded(table.max_psi),
        "reference_rows": table.reference_rows,
        "current_rows": table.current_rows,
        "ks_error": rounded(table.ks_error),
        "verdict": None if table.verdict is None else _verdict(table.verdict),
        "prediction": [signal_to_json(signal) for signal in table.signals],
        "families": [_line(line) for line in table.lines],
        "columns": [_column(column) for column in table.columns],
        "extra_columns": list(table.extra_columns),
    }


def _verdict(verdict: Verdict) -> Json:
    return {
        "severity": verdict.severity,
        "prediction": verdict.prediction,
        "features": verdict.features,
        "counts": verdict.counts,
        "weight_at_or_above": {level: rounded(weight) for level, weight in verdict.weight_at.items()},
        "columns_at": dict(verdict.columns_at),
        "reasons": list(verdict.reasons),
    }


def signal_to_json(signal: PredictionSignal) -> Json:
    """A prediction signal with its statistics, as plain values."""
    return {
        "signal": signal.name,
        "source": signal.source,
        "status": signal.status,
        "reason": signal.reason,
        "severity": signal.judged_severity,
        **_signal_statistics(signal),
    }


def _signal_statistics(signal: PredictionSignal) -> dict[str, float | None]:
    return {
        "value": rounded(signal.value),
        **_binned(signal.drift),
        "p_value": rounded(signal.p_value),
        "adjusted_p_value": rounded(signal.adjusted_p_value),
        "reference": rounded(signal.reference),
        "current": rounded(signal.current),
        "z": rounded(signal.z),
    }


def _line(line: FamilyDrift) -> Json:
    return {
        "name": line.name,
        "is_family": line.is_family,
        "severity": line.judged_severity,
        "columns": len(line.columns),
        "columns_drifted": len(line.drifted),
        "worst_column": line.worst_column,
        "max_psi": rounded(line.max_psi),
        "members": list(line.columns),
    }


def _column(column: ColumnDrift) -> Json:
    return {
        "column": column.column,
        "kind": column.kind,
        "family": column.family,
        "status": column.status,
        "reason": column.reason,
        "severity": column.judged_severity,
        "statistics": {
            name: value if isinstance(value, int) else rounded(value)
            for name, value in column_statistics(column).items()
        },
        "bins": [
            {"label": readable(one.label), "role": one.role, "reference": one.reference, "current": one.current}
            for one in column.bins
        ],
        "unseen": [readable(category) for category in column.unseen],
    }


def _tidy_rows(tariff: str, table: TableDrift) -> Iterator[tuple[object, ...]]:
    for column in table.columns:
        head = (tariff, column.column, column.family, column.kind, column.status, column.judged_severity)
        for statistic, value in column_statistics(column).items():
            if value is not None:
                yield (*head, statistic, value)
    for signal in table.signals:
        signal_head = (tariff, signal.name, None, "prediction", signal.status, signal.judged_severity)
        for statistic, value in _signal_statistics(signal).items():
            if value is not None:
                yield (*signal_head, statistic, value)
