"""``drift_summary.json``: the flat summary that conditions of an orchestrator read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_model.drift.judgement.gate import GateOutcome, GateStatus
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, Severity, worst
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.json_report import rounded
from segmentation_model.drift.settings import DriftSettings


def drift_summary(
    tables: Mapping[str, TableDrift], outcome: GateOutcome, settings: DriftSettings, execution_date: str
) -> dict[str, Any]:
    """The run's outcome, and the same keys per tariff under ``tariffs``.

    ``columns`` counts the columns that were compared, ``columns_drifted`` those at low or above; over the tariffs they
    add up, while ``severity`` and ``max_psi`` are the worst. What was not measured is ``"not_measured"`` or null, never
    "none" or 0.

    Args:
        tables: Drift per tariff.
        outcome: The gate's decision on them.
        settings: The rule that they were judged by.
        execution_date: ISO date of the run.
    """

    def entry(
        status: GateStatus, exit_code: int, severity: JudgedSeverity, concerned: Mapping[str, TableDrift]
    ) -> dict[str, Any]:
        psis = [table.max_psi for table in concerned.values() if table.max_psi is not None]
        return {
            "status": status,
            "exit_code": exit_code,
            "severity": severity,
            "max_psi": rounded(max(psis, default=None)),
            "columns": sum(len(table.compared) for table in concerned.values()),
            "columns_drifted": sum(len(table.drifted) for table in concerned.values()),
            "prediction_severity": _worst_prediction(concerned),
            "threshold": settings.drift_threshold,
            "fail_on_drift": outcome.fail_on_drift,
            "execution_date": execution_date,
        }

    return {
        **entry(outcome.status, outcome.exit_code, outcome.severity, tables),
        "tariffs": {
            tariff: entry(decided.status, decided.exit_code, decided.severity, {tariff: tables[tariff]})
            for tariff, decided in outcome.tariffs.items()
        },
    }


def _worst_prediction(tables: Mapping[str, TableDrift]) -> JudgedSeverity:
    measured: list[Severity] = [
        severity for table in tables.values() if (severity := table.prediction_severity) != NOT_MEASURED
    ]
    return worst(measured) if measured else NOT_MEASURED
