"""The first line of a report: how large the drift is, and what the gate made of it."""

from __future__ import annotations

from segmentation_model.drift.judgement.gate import GateOutcome, trip_level
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity


def drift_headline(outcome: GateOutcome) -> str:
    """The severity that was found, before the gate's decision: a gate that lets a run pass does not make drift small.

    Args:
        outcome: What the gate says about the run.

    Returns:
        One line, without the exit code: ``NO DRIFT``, or ``MODERATE DRIFT, below the level that stops (fail_on_drift:
        high)``.
    """
    level, found = trip_level(outcome.fail_on_drift), _in_capitals(outcome.severity)
    match outcome.status:
        case "clean" if outcome.severity == "none":
            return found
        case "clean" if level is None:
            return f"{found}, and the gate is off (fail_on_drift: false)"
        case "clean":
            return f"{found}, below the level that stops (fail_on_drift: {level})"
        case "tripped":
            return f"{found}, and the gate tripped (fail_on_drift: {level})"
        case "skipped":
            return "SKIPPED, nothing was compared"
        case "not_measured" if outcome.severity != NOT_MEASURED:
            return f"NOT MEASURED everywhere; {found} where it was"
        case "not_measured":
            return "NOT MEASURED, which is not the same as no drift"
        case "error":
            return "THE CHECK FAILED, nothing was measured"


def _in_capitals(severity: JudgedSeverity) -> str:
    return "NO DRIFT" if severity == "none" else f"{severity.upper()} DRIFT"
