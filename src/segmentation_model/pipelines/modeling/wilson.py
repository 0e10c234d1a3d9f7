"""Wilson's interval of a share."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm


def wilson_interval(rate: ArrayLike, rows: ArrayLike, level: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Interval of an observed share (Wilson, 1927), within 0 and 1 also where nothing, or all, was observed.

    Args:
        rate: Observed shares.
        rows: Independent rows behind each of them, more than 0; need not be whole.
        level: Confidence level.

    Returns:
        Lower and upper ends.

    >>> [round(float(end), 3) for end in wilson_interval(0.0, 100, 0.95)]
    [0.0, 0.037]
    """
    observed, size = np.asarray(rate, dtype=np.float64), np.asarray(rows, dtype=np.float64)
    z = norm.ppf((1 + level) / 2)
    centre = (observed + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(observed * (1 - observed) / size + z**2 / (4 * size**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
