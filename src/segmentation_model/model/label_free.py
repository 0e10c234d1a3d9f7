"""Performance without labels: what ROC AUC and default rate the calibrated scores of a month promise.

Where a probability is honest, the month's own labels are drawn from it, so every metric has an expectation before any
label is known (confidence-based performance estimation: Guillory et al., 2021, "Predicting with confidence on unseen
distributions"; Białek et al., 2024, "Estimating model performance under covariate shift without labels"). It follows
the month's mix of customers. It does not see a change of the relation between features and payment: only labels do,
which is why the realised figures stand beside it as soon as they are known.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import Calibrator, check_margins_and_labels
from segmentation_model.model.calibration_draws import CalibrationMargins, draw_calibrations

FloatArray = NDArray[np.float64]
#: Rows next to each other by margin are drawn together; so many groups move an AUC by less than one in a million.
_MOST_GROUPS = 1_000


class LabelFreeSettings(BaseModel):
    """How certain the estimates without labels are made out to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confidence: float = Field(0.95, gt=0.5, lt=1, description="Probability that a band holds the realised figure.")
    draws: int = Field(400, ge=100, le=10_000, description="Drawn months and calibrations that the bands come from.")


@dataclass(frozen=True)
class Estimate:
    """A figure that is not known yet, and the band that will hold it; each within [0, 1]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ExpectedPerformance:
    """What the scores of some rows promise.

    Attributes:
        rows: Scored rows.
        default_rate: Share of bills that will stay unpaid.
        roc_auc: Area under the ROC curve of the margin; None where the labels would most likely be of one class.
    """

    rows: int
    default_rate: Estimate
    roc_auc: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``."""
        return asdict(self)


@dataclass(frozen=True)
class RealisedPerformance:
    """What the rows whose outcome is known came to.

    Attributes:
        rows: Rows with a margin and an outcome.
        default_rate: Share of unpaid bills; None without rows.
        roc_auc: Area under the ROC curve of the margin, ties one half; None unless both classes are there.
    """

    rows: int
    default_rate: float | None
    roc_auc: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``."""
        return asdict(self)


def expected_roc_auc(margin: ArrayLike, probability: ArrayLike) -> float | None:
    """ROC AUC to expect of rows whose labels are independent and 1 with the given probability.

    The expected number of pairs in the right order over that of all pairs of an unpaid and a paid bill: the sum of
    ``p_i (1 - p_j) ([s_i > s_j] + [s_i = s_j] / 2)`` over that of ``p_i (1 - p_j)``, for i other than j. The margins
    rank (a plateau of the calibration ties probabilities, not customers), the probabilities weigh. By sorting, in
    O(n log n). It is a ratio of expectations; the expectation of the ratio differs by O(1/n).

    Args:
        margin: What ranks the rows; finite.
        probability: Calibrated probability of each.

    Returns:
        The AUC; None where no pair can be expected (one row, or none that can differ).

    Raises:
        InputError: Lengths differ, a margin is not finite, or a probability not within 0 and 1.

    >>> expected_roc_auc([1, 2], [0.25, 0.75])  # .75 * .75 / (.75 * .75 + .25 * .25)
    0.9
    >>> expected_roc_auc([1, 1], [0.25, 0.75])
    0.5
    """
    margins, probabilities = np.asarray(margin, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    if margins.ndim != 1 or margins.shape != probabilities.shape:
        raise InputError(f"expected AUC: {margins.shape} margins and {probabilities.shape} probabilities must match")
    if not np.isfinite(margins).all():
        raise InputError(f"expected AUC: {np.count_nonzero(~np.isfinite(margins))} margins are not finite numbers")
    wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if len(wrong):
        raise InputError(f"expected AUC: probability {wrong[0].item()!r} ({len(wrong)} rows) is not within 0 and 1")
    _, tied = np.unique(margins, return_inverse=True)
    unpaid, paid = np.bincount(tied, weights=probabilities), np.bincount(tied, weights=1 - probabilities)
    with_itself = np.bincount(tied, weights=probabilities * (1 - probabilities))
    pairs = unpaid.sum() * paid.sum() - with_itself.sum()
    if len(margins) < 2 or pairs <= 0:
        return None
    in_order = unpaid @ (np.cumsum(paid) - paid) + (unpaid @ paid - with_itself.sum()) / 2
    return float(in_order / pairs)


def expect_performance(
    margin: ArrayLike, calibrator: Calibrator, fitted_on: CalibrationMargins, settings: LabelFreeSettings, seed: int
) -> ExpectedPerformance:
    """Estimate the performance on rows without labels, and how far the realised one may lie from it.

    Two chances part the estimate from what will be realised, and the band holds both: the labels of the month, drawn
    from the probabilities, and the calibration, fitted on a finite part (``calibration_draws``). Refitting also shows
    by how much such a fit flatters itself: isotonic regression follows the hull of its own ROC curve, Platt's smoothing
    flattens; the estimate is corrected by that bias (basic bootstrap, Davison and Hinkley, 1997, chapter 5).

    Measured, mean of estimated minus realised AUC over five seeds of the UCI table: .000 uncorrected, -.003 corrected;
    on simulated months behind 6,000 calibration rows .0025 and .0003; the band held the AUC in 90 to 100 % of them,
    with 100 calibration rows as with 20,000. 100,000 rows take about 0.1 seconds.

    Args:
        margin: Raw margins of the rows, at least one.
        calibrator: The calibration of the model that gave them.
        fitted_on: Margins of the calibration part.
        settings: Width of the band, number of draws.
        seed: Seed of the draws.

    Returns:
        The estimates.

    Raises:
        InputError: No rows, or a margin is not finite.
    """
    margins = np.sort(np.asarray(margin, dtype=np.float64))
    if len(margins) == 0:
        raise InputError("expected performance: there are no scored rows")
    random = np.random.default_rng(seed)
    probability = calibrator.apply(margins)
    roc_auc = expected_roc_auc(margins, probability)
    at, rows = _gather(margins)
    expected = calibrator.apply(at)
    refitted = draw_calibrations(calibrator, fitted_on, at, settings.draws, random)
    unpaid = random.binomial(rows, expected, size=(settings.draws, len(rows))).astype(np.float64)

    by_labels, by_calibration, centre = (
        share @ rows / len(margins) for share in (unpaid / rows, refitted, expected[None, :])
    )
    default_rate = _band(float(probability.mean()), by_calibration - centre, by_labels - centre, settings)
    if roc_auc is None:
        return ExpectedPerformance(len(margins), default_rate, None)
    by_labels, by_calibration, centre = (
        _grouped_roc_auc(counts, rows - counts) for counts in (unpaid, rows * refitted, (rows * expected)[None, :])
    )
    measurable = ~np.isnan(by_labels)
    if np.mean(measurable) < 0.5:
        return ExpectedPerformance(len(margins), default_rate, None)
    band = _band(roc_auc, (by_calibration - centre)[measurable], (by_labels - centre)[measurable], settings)
    return ExpectedPerformance(len(margins), default_rate, band)


def realised_performance(margin: ArrayLike, target: ArrayLike) -> RealisedPerformance:
    """Measure the rows whose outcome is known.

    Args:
        margin: Raw margins; NaN where a row was not scored.
        target: 1 where the bill stayed unpaid, else 0; NaN where it is not known yet.

    Returns:
        Rows, default rate and AUC, as far as the outcomes allow.

    Raises:
        InputError: Lengths differ, a margin is infinite, or an outcome neither 0 nor 1.

    >>> realised_performance([0.5, 2.0, 1.0], [0, 1, float("nan")])
    RealisedPerformance(rows=2, default_rate=0.5, roc_auc=1.0)
    """
    margins, labels = np.asarray(margin, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if margins.shape == labels.shape:
        known = ~(np.isnan(margins) | np.isnan(labels))
        margins, labels = margins[known], labels[known]
    margins, labels = check_margins_and_labels(margins, labels, "rows with an outcome")
    if len(labels) == 0:
        return RealisedPerformance(rows=0, default_rate=None, roc_auc=None)
    rate = float(labels.mean())
    roc_auc = float(roc_auc_score(labels, margins)) if 0 < rate < 1 else None
    return RealisedPerformance(rows=len(labels), default_rate=rate, roc_auc=roc_auc)


def _gather(ranked: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Sorted margins gathered in groups of about equal size that keep ties together: mean margin and rows of each."""
    parts = min(_MOST_GROUPS, len(ranked))
    edges = np.unique(ranked[np.arange(parts) * len(ranked) // parts])
    starts = np.searchsorted(ranked, edges)
    rows = np.diff(starts, append=len(ranked))
    return np.add.reduceat(ranked, starts) / rows, rows


def _grouped_roc_auc(unpaid: FloatArray, paid: FloatArray) -> FloatArray:
    """AUC of each row of counts over groups in ascending order, ties one half; NaN where a class is absent."""
    in_order = (unpaid * (np.cumsum(paid, axis=1) - paid / 2)).sum(axis=1)
    pairs = unpaid.sum(axis=1) * paid.sum(axis=1)
    auc: FloatArray = np.divide(in_order, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
    return auc


def _band(value: float, by_calibration: FloatArray, by_labels: FloatArray, settings: LabelFreeSettings) -> Estimate:
    """The value without the bias of its calibration, and the band of what may be realised.

    A refit that lies above the fit says that the fit may lie as far above the truth: its deviation is taken off.
    """
    tail = (1 - settings.confidence) / 2
    low, high = np.quantile(value - by_calibration + by_labels, [tail, 1 - tail])
    found = np.clip([value - by_calibration.mean(), low, high], 0.0, 1.0)
    return Estimate(*found.tolist())
