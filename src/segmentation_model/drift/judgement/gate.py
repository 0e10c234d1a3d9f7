"""The gate: from the drift of every tariff to one outcome, an exit code and a line that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, Severity, rank, worst
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.errors import ConfigurationError

FailOnDrift = bool | Literal["low", "moderate", "high"]
GateStatus = Literal["clean", "tripped", "skipped", "not_measured", "error"]
EXIT_CODES: Mapping[GateStatus, int] = {"clean": 0, "skipped": 0, "tripped": 1, "error": 2, "not_measured": 3}

_LEVELS: Mapping[str, FailOnDrift] = {
    "true": True,
    "false": False,
    "low": "low",
    "moderate": "moderate",
    "high": "high",
}
_WORST_FIRST: tuple[GateStatus, ...] = ("error", "tripped", "not_measured", "clean", "skipped")


@dataclass(frozen=True)
class TariffOutcome:
    """What the gate says about one tariff."""

    status: GateStatus
    exit_code: int
    severity: JudgedSeverity
    reason: str | None


@dataclass(frozen=True)
class GateOutcome:
    """What the gate says about the run: the worst of its tariffs.

    Attributes:
        status: ``clean``, ``tripped``, ``skipped``, ``not_measured`` or ``error``.
        exit_code: 0 clean or skipped, 1 tripped, 2 error of usage or configuration, 3 could not measure.
        severity: The worst level of a tariff; ``not_measured`` where none has one.
        fail_on_drift: What trips the gate.
        message: One line for people.
        tariffs: The outcome per tariff.
    """

    status: GateStatus
    exit_code: int
    severity: JudgedSeverity
    fail_on_drift: FailOnDrift
    message: str
    tariffs: Mapping[str, TariffOutcome]


def parse_fail_on_drift(value: object) -> FailOnDrift:
    """Read ``fail_on_drift`` as YAML, a command line or an environment variable gives it.

    Raises:
        ConfigurationError: The value is neither a truth value nor a level.

    >>> parse_fail_on_drift("False"), parse_fail_on_drift(True), parse_fail_on_drift("moderate")
    (False, True, 'moderate')
    """
    if isinstance(value, (bool, str)):
        known = _LEVELS.get(str(value).strip().lower())
        if known is not None:
            return known
    raise ConfigurationError(f"fail_on_drift: {value!r} is not allowed; use true, false, 'low', 'moderate' or 'high'")


def trip_level(fail_on_drift: FailOnDrift) -> Severity | None:
    """The level from which the gate trips; None if it never does.

    >>> trip_level(True), trip_level("low"), trip_level(False)
    ('high', 'low', None)
    """
    if isinstance(fail_on_drift, bool):
        return "high" if fail_on_drift else None
    return fail_on_drift


def decide_gate(tables: Mapping[str, TableDrift], fail_on_drift: FailOnDrift) -> GateOutcome:
    """Decide whether a run may go on.

    Args:
        tables: Drift per tariff. Tariffs stay apart: two that drift in opposite directions are both seen.
        fail_on_drift: False never trips, True trips at high, a level trips from there on.
    """
    level = trip_level(fail_on_drift)
    tariffs = {tariff: _outcome(table, level) for tariff, table in tables.items()}
    statuses = {outcome.status for outcome in tariffs.values()}
    status: GateStatus = min(statuses, key=_WORST_FIRST.index, default="skipped")
    measured: list[Severity] = [outcome.severity for outcome in tariffs.values() if outcome.severity != NOT_MEASURED]
    return GateOutcome(
        status=status,
        exit_code=EXIT_CODES[status],
        severity=worst(measured) if measured else NOT_MEASURED,
        fail_on_drift=fail_on_drift,
        message=_message(status, tables, tariffs, level),
        tariffs=tariffs,
    )


def failed_gate(message: str, fail_on_drift: FailOnDrift) -> GateOutcome:
    """The outcome of a run that an error of usage or configuration ended before anything was measured."""
    return GateOutcome(
        status="error",
        exit_code=EXIT_CODES["error"],
        severity=NOT_MEASURED,
        fail_on_drift=fail_on_drift,
        message=message,
        tariffs={},
    )


def _outcome(table: TableDrift, level: Severity | None) -> TariffOutcome:
    severity = table.severity
    status: GateStatus
    if table.status == "measured" and severity != NOT_MEASURED:
        status = "tripped" if level is not None and rank(severity) >= rank(level) else "clean"
    else:
        status = "skipped" if table.status == "skipped" else "not_measured"
    return TariffOutcome(status=status, exit_code=EXIT_CODES[status], severity=severity, reason=table.reason)


def _message(
    status: GateStatus,
    tables: Mapping[str, TableDrift],
    tariffs: Mapping[str, TariffOutcome],
    level: Severity | None,
) -> str:
    concerned = [tariff for tariff, outcome in tariffs.items() if outcome.status == status]
    if status == "tripped":
        details = "; ".join(f"{tariff} {_in_words(tables[tariff])}" for tariff in concerned)
        return f"drift gate tripped (fail_on_drift: {level}): {details}"
    if status == "clean":
        return "drift: " + "; ".join(f"{tariff} {_in_words(tables[tariff])}" for tariff in concerned)
    by_reason: dict[str | None, list[str]] = {}
    for tariff in concerned:
        by_reason.setdefault(tariffs[tariff].reason, []).append(tariff)
    details = "; ".join(f"{' and '.join(names)}: {reason}" for reason, names in by_reason.items())
    return f"drift {'skipped' if status == 'skipped' else 'could not be measured'}: {details or 'nothing to compare'}"


def _in_words(table: TableDrift) -> str:
    """Level, how many columns, and which line to look at first."""
    words = f"is {table.severity}, {len(table.drifted)} of {len(table.compared)} columns drifted"
    if not table.drifted:
        return words
    first = table.lines[0]
    psi = "" if first.max_psi is None else f" with PSI {first.max_psi:.2f}"
    return f"{words}, first {first.name}{psi}"
