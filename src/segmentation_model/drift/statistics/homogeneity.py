"""Do two samples come from one distribution over the bins? Pearson's chi-squared test of homogeneity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats


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
        The test, from ``scipy.stats.chi2_contingency``. With fewer than two filled bins, or an empty side, there is
        nothing to test: statistic 0, p-value 1.

    >>> round(homogeneity([90, 10], [80, 20]).p_value, 4)
    0.0477
    """
    counts = np.vstack([np.asarray(reference, dtype=np.float64), np.asarray(current, dtype=np.float64)])
    filled = counts[:, counts.any(axis=0)]
    if filled.shape[1] < 2 or not filled.any(axis=1).all():
        return Homogeneity(statistic=0.0, degrees_of_freedom=0, p_value=1.0, cramers_v=0.0)
    test = stats.chi2_contingency(filled, correction=False)
    statistic = float(test.statistic)
    return Homogeneity(
        statistic=statistic,
        degrees_of_freedom=int(test.dof),
        p_value=float(test.pvalue),
        cramers_v=math.sqrt(statistic / float(filled.sum())),
    )
