"""``drift_summary.json``: the flat summary that conditions of an orchestrator read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_model.drift.judgement.gate import GateStatus
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, Severity, worst
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.json_report import rounded


def drift_summary(findings: Findings) -> dict[str, Any]:
    """The run's outcome with its mis-rolled families, and the outcome of each tariff under ``tariffs``.

    ``columns`` counts the columns that were compared, ``columns_drifted`` those at low or above; over the tariffs they
    add up, while ``severity`` and ``max_psi`` are the worst. What was not measured is ``"not_measured"`` or null, never
    "none", 0 or empty. ``message`` is what the gate says, as one line. The result conforms to
    ``schema.report_schema("drift_summary")``.
    """
    outcome = findings.outcome

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
            "threshold": findings.settings.drift_threshold,
            "fail_on_drift": outcome.fail_on_drift,
            "execution_date": findings.execution_date,
        }

    return {
        **entry(outcome.status, outcome.exit_code, outcome.severity, findings.tables),
        "message": " ".join(outcome.message.split()),
        "misrolled_families": _mis_rolled(findings.windows),
        "tariffs": {
            tariff: entry(decided.status, decided.exit_code, decided.severity, {tariff: findings.tables[tariff]})
            for tariff, decided in outcome.tariffs.items()
        },
    }


def _mis_rolled(windows: WindowCheck | None) -> list[str] | None:
    if windows is None or windows.status == "not_checked":
        return None
    return [window.family for window in windows.mis_rolled]


def _worst_prediction(tables: Mapping[str, TableDrift]) -> JudgedSeverity:
    measured: list[Severity] = [
        severity for table in tables.values() if (severity := table.prediction_severity) != NOT_MEASURED
    ]
    return worst(measured) if measured else NOT_MEASURED
