"""How else the calibration could have come out: the same fit on calibration parts that chance might have given.

A parametric bootstrap: the margins stay, the labels are drawn from the fitted probabilities, and the fit is repeated.
For isotonic regression it is the sounder one (resampled rows tie, and ties mislead it). What it needs lies in every
artifact: the fitted calibration, and the margins of the calibration part as the profile keeps them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.isotonic import isotonic_regression

from segmentation_model.drift.reference.quantile_grid import QuantileGrid
from segmentation_model.model.calibration import Calibrator

FloatArray = NDArray[np.float64]
_MOST_STEPS = 50
_LONGEST_STEP = 1.0
_CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class CalibrationMargins:
    """The margins of a calibration part, gathered at a few values.

    Attributes:
        values: Margins, strictly increasing.
        rows: Rows at each of them, at least one.
    """

    values: FloatArray
    rows: NDArray[np.int64]


def margins_of_grid(grid: QuantileGrid) -> CalibrationMargins:
    """The margins as the profile froze them: the rows between two points of its grid stand at the upper one."""
    return CalibrationMargins(values=grid.points.astype(np.float64), rows=np.diff(grid.at_or_below, prepend=0))


def draw_calibrations(
    calibrator: Calibrator, fitted_on: CalibrationMargins, margin: FloatArray, draws: int, random: np.random.Generator
) -> FloatArray:
    """Probabilities that as many other calibrations would give.

    Args:
        calibrator: The fitted calibration: the truth that labels are drawn from.
        fitted_on: Margins of its calibration part.
        margin: Margins to calibrate.
        draws: Number of calibrations.
        random: Where chance comes from.

    Returns:
        One row per draw, one column per margin; within the calibrator's bounds.
    """
    truth = calibrator.apply(fitted_on.values)
    unpaid = random.binomial(fitted_on.rows, truth, size=(draws, len(truth))).astype(np.float64)
    if calibrator.method == "isotonic":
        return _refit_isotonic(unpaid, fitted_on, margin, calibrator.bounds)
    probability: FloatArray = np.clip(_refit_platt(unpaid, fitted_on, margin), *calibrator.bounds)
    return probability


def _refit_isotonic(
    unpaid: FloatArray, fitted_on: CalibrationMargins, margin: FloatArray, bounds: tuple[float, float]
) -> FloatArray:
    rows, (low, high) = fitted_on.rows.astype(np.float64), bounds
    steps = (isotonic_regression(rates, sample_weight=rows, y_min=low, y_max=high) for rates in unpaid / rows)
    return np.array([np.interp(margin, fitted_on.values, step) for step in steps])


def _refit_platt(unpaid: FloatArray, fitted_on: CalibrationMargins, margin: FloatArray) -> FloatArray:
    """Platt's fit (see ``calibration``) of all draws at once: Newton's method, a slope below 0 held at 0."""
    rows = fitted_on.rows.astype(np.float64)
    n, n_positive = rows.sum(), unpaid.sum(axis=1, keepdims=True)
    if_unpaid, if_paid = (n_positive + 1) / (n_positive + 2), 1 / (n - n_positive + 2)
    targets = unpaid * if_unpaid + (rows - unpaid) * if_paid
    base = logit(targets.sum(axis=1) / n)
    centre = np.average(fitted_on.values, weights=rows)
    scale = np.sqrt(np.average((fitted_on.values - centre) ** 2, weights=rows))
    slope, intercept = np.zeros(len(unpaid)), base.copy()
    if scale > np.finfo(np.float64).eps * abs(centre):
        z = (fitted_on.values - centre) / scale
        for _ in range(_MOST_STEPS):
            fitted = expit(slope[:, None] * z + intercept[:, None])
            residual, weight = rows * fitted - targets, rows * fitted * (1 - fitted)
            gradient = np.stack([residual @ z, residual.sum(axis=1)], axis=1)
            a, b, c = weight @ z**2, weight @ z, weight.sum(axis=1)
            curvature = np.stack([np.stack([a, b], axis=1), np.stack([b, c], axis=1)], axis=1)
            # Labels that the margin nearly separates are flat far from the optimum: a step is bounded there.
            step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
            step = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
            slope, intercept = slope - step[:, 0], intercept - step[:, 1]
            if np.abs(step).max() < _CLOSE:
                break
        flat = slope <= 0
        slope, intercept = np.where(flat, 0.0, slope), np.where(flat, base, intercept)
        margin = (margin - centre) / scale
    probability: FloatArray = expit(slope[:, None] * margin + intercept[:, None])
    return probability
