"""The four levels of drift, and the three questions before a level is given: noise, size, certainty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import special, stats

from segmentation_model.drift.settings import DriftSettings, LevelBounds

Severity = Literal["none", "low", "moderate", "high"]
SEVERITIES: tuple[Severity, ...] = ("none", "low", "moderate", "high")
NOT_MEASURED: Literal["not_measured"] = "not_measured"
JudgedSeverity = Literal["none", "low", "moderate", "high", "not_measured"]


def rank(severity: Severity) -> int:
    """Position of a level, 0 for none to 3 for high."""
    return SEVERITIES.index(severity)


def worst(severities: Iterable[Severity]) -> Severity:
    """The highest of the levels; none of nothing.

    >>> worst(["low", "high", "none"])
    'high'
    >>> worst([])
    'none'
    """
    return max(severities, key=rank, default="none")


def read_level(value: float, bounds: LevelBounds) -> Severity:
    """The level that a value has reached; a bound belongs to the level that it opens.

    >>> read_level(0.10, LevelBounds(low=0.02, moderate=0.10, high=0.25))
    'moderate'
    """
    if value >= bounds.high:
        return "high"
    if value >= bounds.moderate:
        return "moderate"
    return "low" if value >= bounds.low else "none"


def sampling_scale(reference_rows: float, current_rows: float) -> float:
    """1/n + 1/m: times the degrees of freedom it is the PSI to expect without any drift.

    PSI of two samples of one population is about ``(1/n + 1/m)`` times a chi-squared variable (Yurdakul and
    Naranjo 2020, Statistical properties of the population stability index). Both sides must have rows.
    """
    return 1.0 / reference_rows + 1.0 / current_rows


@lru_cache(maxsize=4_096)
def noise_quantile(degrees_of_freedom: int, quantile: float) -> float:
    """Quantile of the chi-squared distribution; 0 at no degrees of freedom.

    >>> round(noise_quantile(9, 0.99), 3)
    21.666
    """
    return float(special.chdtri(degrees_of_freedom, 1.0 - quantile)) if degrees_of_freedom > 0 else 0.0


@lru_cache(maxsize=4_096)
def detectable_noncentrality(degrees_of_freedom: int, significance: float, power: float) -> float:
    """Non-centrality at which a chi-squared test has the given power.

    A column with one filled bin (a constant) can only change into a second one, so it counts as one degree.

    >>> round(detectable_noncentrality(10, 0.01, 0.80), 2)
    22.18
    """
    degrees = max(degrees_of_freedom, 1)
    critical = special.chdtri(degrees, significance)
    return float(special.chndtrinc(critical, degrees, 1.0 - power))


def minimum_detectable_psi(scale: float, degrees_of_freedom: int, settings: DriftSettings) -> float:
    """Smallest PSI that samples of this size would show with the wanted power.

    Args:
        scale: 1/n + 1/m, see ``sampling_scale``.
        degrees_of_freedom: Bins filled in the reference, minus 1.
        settings: Significance and power.
    """
    return scale * detectable_noncentrality(
        degrees_of_freedom, settings.detection_significance, settings.detection_power
    )


def chance_of_all_missing(reference_rows: int, reference_missing: int, current_rows: int) -> float:
    """Probability that all current rows are missing by chance alone (hypergeometric, both sides pooled).

    Next to nothing, unless the reference has hardly a value or the current side hardly a row.

    >>> chance_of_all_missing(1_000, 20, 1_000) < 1e-300
    True
    >>> round(chance_of_all_missing(1_000, 990, 20), 2)
    0.82
    """
    pooled = reference_rows + current_rows
    return float(stats.hypergeom.pmf(current_rows, pooled, reference_missing + current_rows, current_rows))


def adjusted_p_values(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for the size of the family by Benjamini and Hochberg (1995), in the order given.

    A difference is real at a false discovery rate q where its adjusted p-value is at most q.

    >>> adjusted_p_values([0.01, 0.04])
    [0.02, 0.04]
    """
    if not p_values:
        return []
    adjusted: list[float] = stats.false_discovery_control(np.asarray(p_values, dtype=np.float64), method="bh").tolist()
    return adjusted
