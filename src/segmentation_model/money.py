"""Money is added up in whole cents, so that parts and wholes agree exactly."""

import numpy as np
import pandas as pd


def to_cents(amounts: pd.Series) -> "pd.Series[int]":
    """Amounts in currency units as whole cents, rounded to the nearest; a missing amount counts as nothing.

    >>> to_cents(pd.Series([0.1, -2.346, None])).tolist()
    [10, -235, 0]
    """
    return (amounts.fillna(0).astype(np.float64) * 100).round().astype(np.int64)
