"""From columns and signals to one verdict on a table: the worst of P, F and C."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.prediction import PredictionSignal, prediction_severity
from segmentation_model.drift.judgement.severity import NOT_MEASURED, JudgedSeverity, Severity, rank, worst
from segmentation_model.drift.settings import VerdictSettings

_ROUNDING = 1e-12  # sums of weights reach a bound that they equal on paper


@dataclass(frozen=True)
class Verdict:
    """The verdict on a table and what it rests on.

    Attributes:
        severity: The worst of the three.
        prediction: P, the worst prediction signal; ``not_measured`` where there is none.
        features: F, by the weight of the drifted columns.
        counts: C, by the number of columns at high.
        weight_at: Share of the weight that columns at this level or above hold (low, moderate, high).
        columns_at: Columns at exactly this level (none, low, moderate, high); columns that are not compared or not
            measurable are in none of them.
        reasons: In words, what raised P, F and C; empty where nothing did.
    """

    severity: Severity
    prediction: JudgedSeverity
    features: Severity
    counts: Severity
    weight_at: Mapping[Severity, float]
    columns_at: Mapping[Severity, int]
    reasons: tuple[str, ...]


def judge_table(
    columns: Sequence[ColumnDrift],
    signals: tuple[PredictionSignal, ...],
    settings: VerdictSettings,
    weights: Mapping[str, float] | None = None,
) -> Verdict:
    """Judge a table by its columns and prediction signals.

    Args:
        columns: Judged columns.
        signals: Judged prediction signals.
        settings: Bounds.
        weights: The model's total gain per feature; a column that is not named weighs nothing. None, or a sum of 0:
            equal weights.
    """
    shares = feature_weights(columns, weights)
    weight_at: dict[Severity, float] = {
        "low": _held(columns, shares, "low"),
        "moderate": _held(columns, shares, "moderate"),
        "high": _held(columns, shares, "high"),
    }
    columns_at: dict[Severity, int] = {"none": 0, "low": 0, "moderate": 0, "high": 0}
    for column in columns:
        if column.status == "measured":
            columns_at[column.severity] += 1
    compared = sum(column.status != "not_compared" for column in columns)
    prediction = prediction_severity(signals)
    leading = _leading(columns, shares, settings)
    features = _feature_severity(weight_at, leading, settings)
    counts = _count_severity(columns_at["high"], compared, settings)
    raised = [] if prediction == NOT_MEASURED else [prediction]
    return Verdict(
        severity=worst([*raised, features, counts]),
        prediction=prediction,
        features=features,
        counts=counts,
        weight_at=weight_at,
        columns_at=columns_at,
        reasons=(
            *_prediction_reasons(signals),
            *_feature_reasons(features, weight_at, leading, settings),
            *([f"columns at high: {columns_at['high']} of {compared}"] if counts != "none" else []),
        ),
    )


def feature_weights(columns: Sequence[ColumnDrift], weights: Mapping[str, float] | None) -> dict[str, float]:
    """Weights of the columns, summing to 1 over those that were compared; the others, and negative gains, weigh 0."""
    compared = [column.column for column in columns if column.status != "not_compared"]
    gains = {name: max(float((weights or {}).get(name, 0.0)), 0.0) for name in compared}
    total = sum(gains.values())
    equal = 1.0 / max(len(compared), 1)
    shares = dict.fromkeys((column.column for column in columns), 0.0)
    return shares | {name: gain / total if total > 0.0 else equal for name, gain in gains.items()}


def _held(columns: Sequence[ColumnDrift], shares: Mapping[str, float], level: Severity) -> float:
    return sum(shares[column.column] for column in columns if rank(column.severity) >= rank(level))


def _leading(
    columns: Sequence[ColumnDrift], shares: Mapping[str, float], settings: VerdictSettings
) -> list[ColumnDrift]:
    """Drifted columns whose weight is at least half the largest (by default)."""
    bound = settings.leading_share * max(shares.values(), default=0.0) - _ROUNDING
    return [column for column in columns if column.severity != "none" and shares[column.column] >= bound]


def _feature_severity(
    weight_at: Mapping[Severity, float], leading: Sequence[ColumnDrift], settings: VerdictSettings
) -> Severity:
    lead = worst(column.severity for column in leading)
    if weight_at["high"] >= settings.weight_high - _ROUNDING:
        return "high"
    if weight_at["moderate"] >= settings.weight_moderate - _ROUNDING or rank(lead) >= rank("moderate"):
        return "moderate"
    if weight_at["low"] >= settings.weight_low - _ROUNDING or lead == "low":
        return "low"
    return "none"


def _count_severity(high: int, compared: int, settings: VerdictSettings) -> Severity:
    """Each bound is "at least"; the worst that is reached holds, in small tables too."""
    if high == 0:
        return "none"
    if high >= settings.count_high_share * compared - _ROUNDING:
        return "high"
    if high >= max(settings.count_moderate, settings.count_moderate_share * compared - _ROUNDING):
        return "moderate"
    return "low"


def _prediction_reasons(signals: Sequence[PredictionSignal]) -> list[str]:
    return [f"{signal.name} is {signal.severity}" for signal in signals if signal.severity != "none"]


def _feature_reasons(
    features: Severity,
    weight_at: Mapping[Severity, float],
    leading: Sequence[ColumnDrift],
    settings: VerdictSettings,
) -> list[str]:
    """Whichever of weight and leading column gave F its level; both where both did."""
    if features == "none":
        return []
    bounds = {"low": settings.weight_low, "moderate": settings.weight_moderate, "high": settings.weight_high}
    reasons = []
    if weight_at[features] >= bounds[features] - _ROUNDING:
        reasons.append(f"columns at {features} or above hold {weight_at[features]:.0%} of the weight")
    first = max(leading, key=lambda column: rank(column.severity), default=None)
    if first is not None and features != "high" and rank(first.severity) >= rank(features):
        part = f"at least {settings.leading_share:.0%} of the largest weight"
        reasons.append(f"{first.column} is {first.severity} and has {part}")
    return reasons
