"""The population stability index of two rows of counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentation_model.drift.statistics.paired_counts import FloatArray, PairedCounts, pair_counts

SMOOTHING = 0.5
"""Rows added to every bin of either side, so that a bin that one side lacks gives a finite index."""


def population_stability_index(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """PSI over shared bins: the sum of ``(q - p) ln(q / p)``, always finite, 0 for equal counts.

    The shares p and q are smoothed by half a count per bin and renormalised. A bin that is empty on both sides is no
    bin of these two samples and is left out (the contingency test must do so too): smoothed, it would pretend to a
    difference wherever the sides differ in size.

    Args:
        reference: Counts of the reference, one per bin (not negative).
        current: Counts of the current side over the same bins.

    >>> population_stability_index([50, 50, 0], [50, 50, 0])
    0.0
    >>> round(population_stability_index([9_000, 1_000], [8_000, 2_000]), 3)
    0.081
    """
    return float(population_stability_indices(pair_counts([reference], [current]))[0])


def population_stability_indices(pairs: PairedCounts) -> FloatArray:
    """PSI of every column; 0 for a column without bins."""
    smoothed = [side + SMOOTHING for side in (pairs.reference, pairs.current)]
    p, q = (side / pairs.per_column(side)[pairs.owner] for side in smoothed)
    return pairs.per_column((q - p) * np.log(q / p))
