"""The prediction signals: did the scores move, and the shares of the segments that no score decides?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from scipy import special

from segmentation_model.drift.judgement.binned_drift import BinnedDrift, binned_severity, compare_counts
from segmentation_model.drift.judgement.severity import (
    NOT_MEASURED,
    JudgedSeverity,
    Severity,
    adjusted_p_values,
    read_level,
    worst,
)
from segmentation_model.drift.reference.prediction_reference import MeanOf, PredictionCounts, PredictionReference, Share
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.drift.statistics.kolmogorov_smirnov import ks_from_grid, ks_p_values

SignalSource = Literal["model", "segment"]
SignalStatus = Literal["measured", "not_measurable", "not_compared"]


@dataclass(frozen=True)
class PredictionSignal:
    """One signal and its judgement.

    Attributes:
        name: ``margin_psi``, ``margin_ks``, ``category_shares_psi``, ``mean_probability`` or ``share: <segment>``.
        source: Whether it needs a model, or only the segments.
        status: ``measured``; ``not_measurable``: nothing found, but too few rows to call it stable; ``not_compared``.
        reason: Why it is not compared or not measurable; None otherwise.
        severity: The level; none where it is not compared.
        value: What is judged: a PSI, the KS statistic, or the absolute log ratio of the means.
        p_value: Probability of such a value without drift.
        adjusted_p_value: The same, adjusted over the signals of the table.
        reference: Mean probability or share of the reference, for the signals that are one.
        current: The same now.
        z: Log ratio in standard errors, for the mean probability.
        drift: Statistics over bins, for the signals that have bins.
    """

    name: str
    source: SignalSource
    status: SignalStatus
    reason: str | None = None
    severity: Severity = "none"
    value: float | None = None
    p_value: float | None = None
    adjusted_p_value: float | None = None
    reference: float | None = None
    current: float | None = None
    z: float | None = None
    drift: BinnedDrift | None = None

    @property
    def judged_severity(self) -> JudgedSeverity:
        """The level as a report gives it: a signal that could not be measured is never called stable."""
        return self.severity if self.status == "measured" else NOT_MEASURED


def judge_prediction(
    settings: DriftSettings,
    *,
    reference: PredictionReference | None = None,
    current: PredictionCounts | None = None,
    reference_shares: Mapping[str, Share] | None = None,
    current_shares: Mapping[str, Share] | None = None,
) -> tuple[PredictionSignal, ...]:
    """Judge the signals of one table, together: the false discovery rate is one over all of them.

    Args:
        settings: The severity rule.
        reference: Frozen scores of the model's calibration part; None without a model.
        current: Current rows scored with that model; None if they were not scored.
        reference_shares: Segment shares of the reference.
        current_shares: Segment shares now; a share that one side lacks is not compared.

    Returns:
        Model signals (none without a model), then one per segment share.
    """
    measured: list[PredictionSignal] = []
    if reference is not None and current is not None:
        measured += [
            _margin_psi(reference, current, settings),
            _margin_ks(reference, current),
            _category_shares(reference, current, settings),
            _mean_probability(reference.probability, current.probability),
        ]
    measured += _share_signals(reference_shares or {}, current_shares or {}, settings)
    compared = [signal for signal in measured if signal.p_value is not None]
    adjusted = dict(
        zip(
            [signal.name for signal in compared],
            adjusted_p_values([signal.p_value for signal in compared if signal.p_value is not None]),
            strict=True,
        )
    )
    return tuple(_judged(signal, adjusted.get(signal.name), settings) for signal in measured)


def model_severity(signals: tuple[PredictionSignal, ...]) -> JudgedSeverity:
    """The worst of all signals where a model was there to be judged, else ``not_measured``."""
    if not any(signal.source == "model" and signal.status != "not_compared" for signal in signals):
        return NOT_MEASURED
    return prediction_severity(signals)


def prediction_severity(signals: tuple[PredictionSignal, ...]) -> JudgedSeverity:
    """P: the worst of all signals, those of the segments included; ``not_measured`` where none could be."""
    if all(signal.judged_severity == NOT_MEASURED for signal in signals):
        return NOT_MEASURED
    return worst(signal.severity for signal in signals)


def _judged(signal: PredictionSignal, adjusted: float | None, settings: DriftSettings) -> PredictionSignal:
    if adjusted is None or signal.value is None:
        return signal
    real = adjusted <= settings.false_discovery_rate
    bounds = settings.prediction
    if signal.drift is not None:
        severity = binned_severity(signal.drift, adjusted, settings)
    elif signal.name == "margin_ks":
        severity = read_level(signal.value, bounds.margin_ks) if real else "none"
    else:
        beyond = signal.z is None or abs(signal.z) > bounds.log_ratio_z
        severity = read_level(signal.value, bounds.log_ratio) if real and beyond else "none"
    if signal.drift is not None and severity == "none" and not signal.drift.measurable:
        reason = f"too few rows: only a PSI of {signal.drift.minimum_detectable:.2f} would be seen"
        return replace(signal, adjusted_p_value=adjusted, status="not_measurable", reason=reason)
    return replace(signal, adjusted_p_value=adjusted, severity=severity)


def _binned(
    name: str,
    source: SignalSource,
    drift: BinnedDrift,
    reference: float | None = None,
    current: float | None = None,
) -> PredictionSignal:
    return PredictionSignal(
        name=name,
        source=source,
        status="measured",
        value=drift.psi,
        p_value=drift.test.p_value,
        reference=reference,
        current=current,
        drift=drift,
    )


def _not_compared(name: str, source: SignalSource, reason: str) -> PredictionSignal:
    return PredictionSignal(name=name, source=source, status="not_compared", reason=reason)


def _margin_psi(reference: PredictionReference, current: PredictionCounts, settings: DriftSettings) -> PredictionSignal:
    before, now = reference.margin.counts, current.margin.bins
    if not before.any() or not now.any():
        return _not_compared("margin_psi", "model", "no scored rows")
    return _binned("margin_psi", "model", compare_counts(before, now, settings))


def _margin_ks(reference: PredictionReference, current: PredictionCounts) -> PredictionSignal:
    reference_rows = int(reference.margin.counts[:-1].sum())
    current_rows = int(current.margin.bins[:-1].sum())
    statistic = ks_from_grid(
        reference.margin.grid, reference_rows, current.margin.below, current.margin.at_or_below, current_rows
    )
    if statistic is None:
        return _not_compared("margin_ks", "model", "no scored rows")
    p_value = float(ks_p_values(statistic, reference_rows, current_rows)[0])
    return PredictionSignal(name="margin_ks", source="model", status="measured", value=statistic, p_value=p_value)


def _category_shares(
    reference: PredictionReference, current: PredictionCounts, settings: DriftSettings
) -> PredictionSignal:
    before, now = reference.categories.counts, current.categories.bins
    if not before.any() or not now.any():
        return _not_compared("category_shares_psi", "model", "no rows with a risk category")
    return _binned("category_shares_psi", "model", compare_counts(before, now, settings))


def _mean_probability(reference: MeanOf, current: MeanOf) -> PredictionSignal:
    """``|ln(mean now / mean before)|`` and its standard error by the delta method.

    The variance of the log of a mean is about ``variance / (rows mean^2)``; both sides add up.
    """
    name = "mean_probability"
    if min(reference.rows, current.rows) < 2:
        return _not_compared(name, "model", "fewer than two probabilities")
    if min(reference.mean, current.mean) <= 0.0:
        return _not_compared(name, "model", "a mean probability of 0 has no ratio")
    log_ratio = math.log(current.mean) - math.log(reference.mean)
    # Not by the square of the mean, which a mean next to nothing does not have.
    error = math.hypot(*(math.sqrt(side.variance / side.rows) / side.mean for side in (reference, current)))
    z = log_ratio / error if error > 0.0 else None
    without_error = 1.0 if log_ratio == 0.0 else 0.0
    return PredictionSignal(
        name=name,
        source="model",
        status="measured",
        value=abs(log_ratio),
        p_value=without_error if z is None else float(2.0 * special.ndtr(-abs(z))),
        reference=reference.mean,
        current=current.mean,
        z=z,
    )


def _share_signals(
    reference: Mapping[str, Share], current: Mapping[str, Share], settings: DriftSettings
) -> list[PredictionSignal]:
    signals = []
    for segment in (*reference, *(name for name in current if name not in reference)):
        name = f"share: {segment}"
        before, now = reference.get(segment), current.get(segment)
        if before is None or now is None:
            side = "reference" if before is None else "current table"
            signals.append(_not_compared(name, "segment", f"the {side} does not give it"))
        elif before.rows == 0 or now.rows == 0:
            signals.append(_not_compared(name, "segment", "no rows"))
        else:
            drift = compare_counts(
                [before.count, before.rows - before.count], [now.count, now.rows - now.count], settings
            )
            signals.append(_binned(name, "segment", drift, before.count / before.rows, now.count / now.rows))
    return signals
