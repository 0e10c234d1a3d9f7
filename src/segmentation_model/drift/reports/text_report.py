"""The drift report as a page of text: the verdict first, then what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from segmentation_model.drift.judgement.families import FamilyDrift
from segmentation_model.drift.judgement.monthly_windows import WindowCheck, WindowStatus
from segmentation_model.drift.judgement.prediction import PredictionSignal
from segmentation_model.drift.judgement.severity import NOT_MEASURED
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.headline import drift_headline
from segmentation_model.errors import shorten

LINES_PER_TARIFF = 15

_RULE = "=" * 78
_WINDOW_WORDS: Mapping[WindowStatus, str] = {
    "mis_rolled": "MIS-ROLLED",
    "changed": "changed",
    "not_measurable": "not measurable",
    "rolled": "rolled as they should",
}


def drift_page(findings: Findings) -> str:
    """A page to read.

    First how large the drift is and what the gate made of it, then the monthly windows, then per tariff the verdict,
    why, and what drifted.
    """
    outcome, bounds = findings.outcome, findings.settings.psi_bounds
    lines = [
        f"DRIFT REPORT  {findings.execution_date}",
        _RULE,
        f"{drift_headline(outcome)}: exit code {outcome.exit_code}",
        outcome.message,
        f"PSI from {bounds.low:g} low, {bounds.moderate:g} moderate, {bounds.high:g} high (without sampling noise).",
        *([] if findings.windows is None else _windows(findings.windows)),
    ]
    for tariff, table in findings.tables.items():
        lines += [
            "",
            f"{tariff}: {'skipped' if table.status == 'skipped' else _words(table.severity)}",
            "-" * 78,
            *_table(table),
        ]
    return "\n".join(lines) + "\n"


def _windows(windows: WindowCheck) -> Iterator[str]:
    """How many families rolled; those that did not one by one, the mis-rolled first."""
    if windows.status == "not_checked":
        yield f"monthly windows not checked{_because(windows.reason)}"
        return
    number = Counter(window.status for window in windows.families)
    told = [f"{number[status]} {words}" for status, words in _WINDOW_WORDS.items() if number[status]]
    yield f"monthly windows, {windows.customers:,} customers in both tables: {', '.join(told)}"
    if windows.reason is not None:
        yield f"  ({windows.reason})"
    apart = [window for window in windows.families if window.status != "rolled"]
    apart.sort(key=lambda window: list(_WINDOW_WORDS).index(window.status))
    for window in apart[:LINES_PER_TARIFF]:
        yield f"  - {window.family}{_because(window.reason)}"
    if len(apart) > LINES_PER_TARIFF:
        yield f"  and {len(apart) - LINES_PER_TARIFF} more"


def _table(table: TableDrift) -> Iterator[str]:
    if table.reason is not None:
        yield table.reason
    if table.status == "skipped":
        return
    yield f"rows: {table.reference_rows:,} in the reference, {table.current_rows:,} now"
    yield _counts(table)
    if table.verdict is not None:
        yield (
            f"prediction {_words(table.verdict.prediction)} | features {table.verdict.features} | "
            f"counts {table.verdict.counts}"
        )
        yield from (f"  - {reason}" for reason in table.verdict.reasons)
    yield from _drifted(table.lines)
    yield from _signals(table.signals)
    yield from _apart(table)


def _counts(table: TableDrift) -> str:
    not_measurable = sum(column.status == "not_measurable" for column in table.columns)
    not_compared = len(table.columns) - len(table.compared)
    words = f"columns: {len(table.compared)} compared, {len(table.drifted)} drifted"
    if not_measurable:
        words += f", {not_measurable} not measurable (too few rows)"
    return words + (f", {not_compared} not compared" if not_compared else "")


def _drifted(lines: Sequence[FamilyDrift]) -> Iterator[str]:
    drifted = [line for line in lines if line.severity != "none"]
    if not drifted:
        return
    yield ""
    yield f"{'severity':<10}{'PSI':>8}  column or family"
    for line in drifted[:LINES_PER_TARIFF]:
        psi = "" if line.max_psi is None else f"{line.max_psi:.3f}"
        members = f" ({len(line.drifted)} of {len(line.columns)} columns, worst {line.worst_column})"
        yield f"{line.severity:<10}{psi:>8}  {line.name}{members if line.is_family else ''}"
    if len(drifted) > LINES_PER_TARIFF:
        yield f"{'':<20}and {len(drifted) - LINES_PER_TARIFF} more"


def _signals(signals: Sequence[PredictionSignal]) -> Iterator[str]:
    if not signals:
        return
    yield ""
    yield f"{'severity':<14}{'value':>8}  prediction signal"
    for signal in signals:
        value = "" if signal.value is None else f"{signal.value:.3f}"
        sides = ""
        if signal.reference is not None and signal.current is not None:
            sides = f" ({signal.reference:.3f} before, {signal.current:.3f} now)"
        yield f"{_words(signal.judged_severity):<14}{value:>8}  {signal.name}{sides}{_because(signal.reason)}"


def _apart(table: TableDrift) -> Iterator[str]:
    """What could not be compared, by reason."""
    by_reason: dict[str, list[str]] = {}
    for column in table.columns:
        if column.status == "not_compared":
            by_reason.setdefault(column.reason or "", []).append(column.column)
    if by_reason and table.current_rows and table.reference_rows:
        yield ""
        reasons = list(by_reason.items())
        for reason, names in reasons[:LINES_PER_TARIFF]:
            yield f"not compared: {shorten(names)}: {reason}"
        if len(reasons) > LINES_PER_TARIFF:
            yield f"and {len(reasons) - LINES_PER_TARIFF} more reasons"
    if table.extra_columns:
        yield f"not in the reference: {shorten(table.extra_columns)}"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def _words(severity: str) -> str:
    return "not measured" if severity == NOT_MEASURED else severity
