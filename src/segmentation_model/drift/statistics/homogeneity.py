"""Do two samples come from one distribution over the bins? Pearson's chi-squared test of homogeneity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from segmentation_model.drift.statistics.paired_counts import PairedCounts, pair_counts


@dataclass(frozen=True)
class Homogeneity:
    """Result of the test on a table of two rows (reference, current) and one column per bin.

    Attributes:
        statistic: Pearson's chi-squared, without continuity correction.
        degrees_of_freedom: Bins that either side fills, minus 1.
        p_value: Probability of such a statistic without drift; 1 where there is nothing to compare.
        cramers_v: ``sqrt(statistic / rows)``, the size of the effect between 0 and 1.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    cramers_v: float


def homogeneity(reference: npt.ArrayLike, current: npt.ArrayLike) -> Homogeneity:
    """Chi-squared test of a contingency table, not of goodness of fit: both sides are samples.

    Taking the reference's shares for the truth instead is what makes other tools see drift where there is none.

    Args:
        reference: Counts of the reference, one per bin; missing, unseen and pooled bins included.
        current: Counts of the current side over the same bins.

    Returns:
        The test, as ``scipy.stats.chi2_contingency`` gives it. With fewer than two filled bins, or an empty side,
        there is nothing to test: statistic 0, p-value 1.

    >>> round(homogeneity([90, 10], [80, 20]).p_value, 4)
    0.0477
    """
    return homogeneity_tests(pair_counts([reference], [current]))[0]


def homogeneity_tests(pairs: PairedCounts) -> list[Homogeneity]:
    """The test of every column.

    With n and m rows and counts a and b in a bin, the sum of (observed - expected)^2 / expected over a table of two
    rows is that of ``(a m - b n)^2 / ((a + b) n m)`` over its bins; equal shares give 0, without rounding.
    """
    a, b = pairs.reference, pairs.current
    n, m = pairs.per_column(a), pairs.per_column(b)
    bins = np.bincount(pairs.owner, minlength=pairs.columns)
    testable = (bins > 1) & (n > 0) & (m > 0)
    difference = a * m[pairs.owner] - b * n[pairs.owner]
    product = np.where(testable, n * m, np.inf)
    statistic = pairs.per_column(difference**2 / (a + b)) / product
    degrees = np.where(testable, bins - 1, 0)
    p_value = np.where(testable, special.chdtrc(np.maximum(degrees, 1), statistic), 1.0)
    cramers_v = np.sqrt(statistic / np.maximum(n + m, 1.0))
    results = (statistic.tolist(), degrees.tolist(), p_value.tolist(), cramers_v.tolist())
    return [Homogeneity(*result) for result in zip(*results, strict=True)]
