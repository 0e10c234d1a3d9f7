"""The arrays that the synthetic model computes with, and the draws that several of its parts make."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int8]
Integers: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float32]
Cents: TypeAlias = NDArray[np.float64]
"""Whole cents, exact up to 2**53, so sums of money are exact."""


def uniforms(stream: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Draw numbers uniform in (0, 1), both ends excluded, so that their logit is finite."""
    draw: Floats = stream.random(shape, dtype=np.float32) * np.float32(1 - 2**-22) + np.float32(2**-23)
    return draw


def normals(stream: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Draw standard normal numbers."""
    return stream.standard_normal(shape, dtype=np.float32)


def happens(stream: np.random.Generator, chance: Floats, rows: int) -> Flags:
    """Draw an event for every row and customer.

    Args:
        stream: Random stream.
        chance: Probability per customer, to about 1e-5.
        rows: Number of rows.

    Returns:
        One row per requested row, one column per customer.
    """
    bounds = np.minimum(chance * 65_536, 65_535).astype(np.uint16)
    return stream.integers(0, 65_536, (rows, len(chance)), dtype=np.uint16) < bounds


def choices(draws: Floats, shares: Sequence[float]) -> Codes:
    """Turn uniform draws into positions in a list of shares that add up to 1.

    >>> choices(np.array([0.1, 0.5, 0.95], dtype=np.float32), [0.4, 0.5, 0.1]).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(np.cumsum(shares)[:-1].astype(np.float32), draws, side="right").astype(np.int8)


def sigmoid(logit: NDArray[np.floating]) -> Floats:
    """The logistic function."""
    result: Floats = np.float32(1) / (1 + np.exp(-logit))
    return result
