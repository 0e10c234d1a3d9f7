"""What two rows of counts over the same frozen bins say about each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy.typing as npt

from segmentation_model.drift.judgement.severity import (
    Severity,
    minimum_detectable_psi,
    noise_quantile,
    read_level,
    sampling_scale,
)
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.drift.statistics.homogeneity import Homogeneity, homogeneity_tests
from segmentation_model.drift.statistics.paired_counts import pair_counts
from segmentation_model.drift.statistics.psi import population_stability_indices


@dataclass(frozen=True)
class BinnedDrift:
    """Size and certainty of a difference between two rows of counts.

    Attributes:
        psi: Population stability index.
        psi_corrected: PSI without what sampling alone adds, ``psi - (1/n + 1/m) df``; may be negative.
        noise_floor: PSI that sampling alone stays under (99 % of the time by default).
        degrees_of_freedom: ``df``: bins filled in the reference, minus 1.
        test: Chi-squared test of homogeneity over the same bins.
        minimum_detectable: Smallest PSI that these numbers of rows would show.
        measurable: Whether that is small enough to call the column stable.
    """

    psi: float
    psi_corrected: float
    noise_floor: float
    degrees_of_freedom: int
    test: Homogeneity
    minimum_detectable: float
    measurable: bool


def compare_counts(reference: npt.ArrayLike, current: npt.ArrayLike, settings: DriftSettings) -> BinnedDrift:
    """Measure the difference of two rows of counts, each with at least one row.

    Args:
        reference: Counts of the reference, one per bin (all bins: missing, unseen and pooled too).
        current: Counts of the current side over the same bins.
        settings: Noise quantile and what counts as detectable.
    """
    return compare_columns([reference], [current], settings)[0]


def compare_columns(
    reference: Sequence[npt.ArrayLike], current: Sequence[npt.ArrayLike], settings: DriftSettings
) -> list[BinnedDrift]:
    """Measure the differences of many columns at once; see ``compare_counts``."""
    pairs = pair_counts(reference, current)
    rows = zip(pairs.per_column(pairs.reference).tolist(), pairs.per_column(pairs.current).tolist(), strict=True)
    filled = pairs.per_column(pairs.reference > 0).astype(int).tolist()
    indices = population_stability_indices(pairs).tolist()
    return [
        _binned_drift(psi, test, sampling_scale(before, now), max(bins - 1, 0), settings)
        for psi, test, (before, now), bins in zip(indices, homogeneity_tests(pairs), rows, filled, strict=True)
    ]


def _binned_drift(psi: float, test: Homogeneity, scale: float, degrees: int, settings: DriftSettings) -> BinnedDrift:
    detectable = minimum_detectable_psi(scale, degrees, settings)
    return BinnedDrift(
        psi=psi,
        psi_corrected=psi - scale * degrees,
        noise_floor=scale * noise_quantile(degrees, settings.noise_quantile),
        degrees_of_freedom=degrees,
        test=test,
        minimum_detectable=detectable,
        measurable=detectable <= settings.not_measurable_above,
    )


def binned_severity(drift: BinnedDrift, adjusted_p_value: float, settings: DriftSettings) -> Severity:
    """The level of a difference: none within the noise or if not real, else by the corrected PSI.

    The p-value decides only whether, never how large.

    Args:
        drift: The difference.
        adjusted_p_value: Its homogeneity p-value, adjusted over the family it is judged with.
        settings: False discovery rate and PSI bounds.
    """
    if drift.psi <= drift.noise_floor or adjusted_p_value > settings.false_discovery_rate:
        return "none"
    return read_level(drift.psi_corrected, settings.psi_bounds)
