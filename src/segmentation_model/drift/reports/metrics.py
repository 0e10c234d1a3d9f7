"""Drift as a few dozen numbers for an experiment tracker: one name, one number, run after run."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from segmentation_model.drift.judgement.gate import GateOutcome
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, rank
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.judgement.verdict import Verdict
from segmentation_model.drift.reports.findings import Findings

_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def drift_metrics(findings: Findings) -> dict[str, float]:
    """The run, then each tariff: its verdict, its prediction signals and its monthly families.

    Levels are numbers, 0 for none to 3 for high, under names that end in ``level``. What was not measured has no
    number, so that a chart shows a gap and never a 0. Single columns are left to the tidy table.

    Returns:
        Finite numbers under lower-case names such as ``domestic.max_psi``; where two names become one, the larger.
    """
    named = [*_run(findings.tables, findings.outcome, findings.windows)]
    for tariff, table in findings.tables.items():
        named += [(f"{tariff}.{name}", value) for name, value in _table(table)]
    result: dict[str, float] = {}
    for name, value in named:
        if value is not None and math.isfinite(value):
            key = metric_name(name)
            result[key] = max(float(value), result.get(key, -math.inf))
    return result


def metric_name(name: str) -> str:
    """A name that trackers accept: lower case; whatever is neither letter, digit, dot nor dash becomes one ``_``.

    >>> metric_name("Domestic.share: Cliente Nuevo")
    'domestic.share_cliente_nuevo'
    """
    return _NOT_IN_A_NAME.sub("_", name).lower()


_Named = Iterator[tuple[str, float | None]]


def _run(tables: Mapping[str, TableDrift], outcome: GateOutcome, windows: WindowCheck | None) -> _Named:
    yield "exit_code", outcome.exit_code
    yield "severity_level", _level(outcome.severity)
    yield "max_psi", max((table.max_psi for table in tables.values() if table.max_psi is not None), default=None)
    if windows is not None and windows.status == "checked":
        yield "windows.customers", windows.customers
        yield "windows.families", len(windows.families)
        yield "windows.mis_rolled", len(windows.mis_rolled)


def _table(table: TableDrift) -> _Named:
    yield "severity_level", _level(table.severity)
    if table.status == "skipped":
        return
    yield "reference_rows", table.reference_rows
    yield "current_rows", table.current_rows
    yield "max_psi", table.max_psi
    yield "columns_compared", len(table.compared)
    yield "columns_drifted", len(table.drifted)
    yield "columns_not_measurable", sum(column.status == "not_measurable" for column in table.columns)
    yield "columns_not_compared", sum(column.status == "not_compared" for column in table.columns)
    if table.verdict is not None:
        yield from _verdict(table.verdict)
    for signal in table.signals:
        yield signal.name, signal.value
        yield f"{signal.name}_level", _level(signal.judged_severity)
    for line in table.lines:
        if line.is_family:
            yield f"family.{line.name}.max_psi", line.max_psi
            yield f"family.{line.name}.level", _level(line.judged_severity)


def _verdict(verdict: Verdict) -> _Named:
    yield "prediction_level", _level(verdict.prediction)
    yield "features_level", rank(verdict.features)
    yield "counts_level", rank(verdict.counts)
    for level, weight in verdict.weight_at.items():
        yield f"weight_at_or_above.{level}", weight
    for level, columns in verdict.columns_at.items():
        yield f"columns_at.{level}", columns


def _level(severity: JudgedSeverity) -> int | None:
    return None if severity == NOT_MEASURED else rank(severity)
