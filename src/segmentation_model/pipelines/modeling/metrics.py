"""What a model reviewer asks for, per part: ranking on the raw score, honesty on the calibrated probability."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import check_margins_and_labels

FloatArray = NDArray[np.float64]
#: Bins of the calibration error, and of the reliability table.
CALIBRATION_BINS = 10
_TOP_SHARE = 0.1


class PartMetrics(BaseModel):
    """Metrics of one part. A part without rows or with one class has rows and base rate only; the rest is null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=0, description="Labelled rows.")
    base_rate: FiniteFloat | None = Field(None, description="Share of unpaid bills; null without rows.")
    roc_auc: FiniteFloat | None = Field(None, description="Area under the ROC curve; ties count one half.")
    gini: FiniteFloat | None = Field(None, description="2 AUC - 1.")
    ks: FiniteFloat | None = Field(None, description="Largest distance between the two classes' score distributions.")
    pr_auc: FiniteFloat | None = Field(None, description="Average precision.")
    brier: FiniteFloat | None = Field(None, description="Mean squared error of the probability.")
    log_loss: FiniteFloat | None = Field(None, description="Mean negative log-likelihood, natural logarithm.")
    ece: FiniteFloat | None = Field(None, description="Expected calibration error over 10 bins of equal mass.")
    capture_top_decile: FiniteFloat | None = Field(None, description="Share of the unpaid bills in the riskiest tenth.")
    lift_top_decile: FiniteFloat | None = Field(None, description="Default rate of the riskiest tenth over base rate.")


def evaluate_scores(target: ArrayLike, margin: ArrayLike, probability: ArrayLike) -> PartMetrics:
    """Measure one part.

    AUC, Gini, KS, PR-AUC, capture and lift are taken on the raw margin, which calibration leaves alone; Brier score,
    log loss and calibration error on the calibrated probability.

    Args:
        target: 1 where the bill stayed unpaid, else 0; no missing value.
        margin: Raw margins.
        probability: Calibrated probabilities.

    Returns:
        The metrics, finite throughout.

    Raises:
        InputError: Lengths differ, or a value is missing or out of range.

    >>> evaluate_scores([0, 1, 0, 1], [-2.0, 1.0, -1.0, 2.0], [0.1, 0.7, 0.2, 0.9]).roc_auc
    1.0
    >>> evaluate_scores([0, 0], [-2.0, 1.0], [0.1, 0.7]).model_dump(exclude_none=True)
    {'rows': 2, 'base_rate': 0.0}
    """
    margins, labels = check_margins_and_labels(margin, target, "evaluated part")
    probabilities = check_probabilities(probability, len(labels))
    rows = len(labels)
    if rows == 0:
        return PartMetrics(rows=0)
    base_rate = float(labels.mean())
    if base_rate in (0.0, 1.0):
        return PartMetrics(rows=rows, base_rate=base_rate)
    auc = float(roc_auc_score(labels, margins))
    false_positives, true_positives, _ = roc_curve(labels, margins, drop_intermediate=False)
    capture, precision = _top_share(labels, margins)
    return PartMetrics(
        rows=rows,
        base_rate=base_rate,
        roc_auc=auc,
        gini=2 * auc - 1,
        ks=float(np.abs(true_positives - false_positives).max()),
        pr_auc=float(average_precision_score(labels, margins)),
        brier=float(brier_score_loss(labels, probabilities)),
        log_loss=float(log_loss(labels, probabilities)),
        ece=expected_calibration_error(labels, probabilities),
        capture_top_decile=capture,
        lift_top_decile=precision / base_rate,
    )


def expected_calibration_error(target: ArrayLike, probability: ArrayLike) -> float:
    """Mean distance between predicted and observed rate over 10 bins of equal mass (Naeini, Cooper, Hauskrecht, 2015).

    The rows, in the order of their probability, are cut into bins whose sizes differ by one row at most. A plateau of
    equal probabilities, which isotonic calibration makes, may straddle a cut: each of its rows then counts with the
    plateau's observed rate, the expectation over the order of its rows, so that the order of the table has no say.

    Args:
        target: 0 or 1; at least one row.
        probability: Probability of 1.

    Returns:
        The error, in [0, 1].

    >>> round(expected_calibration_error([0, 0, 1, 1], [0.1, 0.1, 0.8, 0.8]), 3)
    0.15
    """
    labels, probabilities = np.asarray(target, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    order = np.argsort(probabilities, kind="stable")
    ranked, observed = probabilities[order], _mean_over_ties(labels, probabilities)[order]
    edges = bin_edges(len(ranked), CALIBRATION_BINS)
    gaps = [abs(ranked[low:high].sum() - observed[low:high].sum()) for low, high in pairwise(edges)]
    return float(sum(gaps) / len(ranked))


def bin_edges(rows: int, bins: int) -> NDArray[np.intp]:
    """Where ranked rows are cut into bins whose sizes differ by one row at most, the larger ones first.

    Args:
        rows: Number of rows.
        bins: Number of bins; fewer rows than that make a bin each.

    Returns:
        The edges, from 0 to ``rows``.

    >>> bin_edges(13, 5).tolist(), bin_edges(2, 10).tolist()
    ([0, 3, 6, 9, 11, 13], [0, 1, 2])
    """
    used = min(bins, rows)
    size, larger = divmod(rows, used)
    return np.concatenate(([0], np.cumsum([size + (position < larger) for position in range(used)])))


def top_rows(rows: int) -> int:
    """Rows of the riskiest tenth, rounded up to whole rows."""
    return -(-rows // round(1 / _TOP_SHARE))


def cost_optimal_threshold(
    target: ArrayLike, probability: ArrayLike, cost_false_negative: float, cost_false_positive: float
) -> float:
    """Threshold at and above which treating a customer as a defaulter costs least on the rows given.

    With perfect probabilities it is c_fp / (c_fp + c_fn) (Elkan, 2001, "The foundations of cost-sensitive learning",
    with no cost for right decisions). The thresholds tried are the probabilities that occur, and one above them all
    (nobody is treated); of several that cost the same, the nearest to Elkan's is taken.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        probability: Calibrated probabilities.
        cost_false_negative: Cost of an unpaid bill that was not expected.
        cost_false_positive: Cost of treating a customer who pays, in the same unit.

    Returns:
        The threshold: a row is treated if its probability is at least that.

    Raises:
        InputError: No rows, lengths differ, or a value is missing or out of range.

    >>> cost_optimal_threshold([0, 0, 1, 1], [0.1, 0.3, 0.4, 0.9], cost_false_negative=5, cost_false_positive=1)
    0.4
    """
    probabilities, labels = check_margins_and_labels(probability, target, "rows for the threshold")
    check_probabilities(probabilities, len(labels))
    if len(labels) == 0:
        raise InputError("rows for the threshold: there are none; a threshold needs labelled rows")
    distinct, group = np.unique(probabilities, return_inverse=True)
    unpaid = np.bincount(group, weights=labels)
    paid = np.bincount(group) - unpaid
    # Candidate i treats the groups from i on: unpaid bills below it are missed, paid ones from it on are in vain.
    missed = np.concatenate(([0.0], np.cumsum(unpaid)))
    in_vain = paid.sum() - np.concatenate(([0.0], np.cumsum(paid)))
    cost = cost_false_negative * missed + cost_false_positive * in_vain
    nobody = 1.0 if distinct[-1] < 1 else np.nextafter(1.0, 2.0)
    cheapest = np.append(distinct, nobody)[np.isclose(cost, cost.min(), rtol=1e-12, atol=0)]
    elkan = cost_false_positive / (cost_false_positive + cost_false_negative)
    return float(cheapest[np.abs(cheapest - elkan).argmin()])


def check_probabilities(probability: ArrayLike, rows: int) -> FloatArray:
    """Probabilities as a float64 vector of the length that the labels have.

    Args:
        probability: Numbers from 0 to 1.
        rows: Number of labels.

    Returns:
        The probabilities.

    Raises:
        InputError: Lengths differ, or a value is missing or out of range.
    """
    probabilities = np.asarray(probability, dtype=np.float64)
    if probabilities.shape != (rows,):
        raise InputError(f"evaluated part: {probabilities.shape} probabilities for {rows} rows")
    wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if len(wrong):
        raise InputError(f"evaluated part: probability {wrong[0].item()!r} ({len(wrong)} rows) is not within 0 and 1")
    return probabilities


def _top_share(labels: FloatArray, margins: FloatArray) -> tuple[float, float]:
    """Share of the unpaid bills within the riskiest tenth of the rows, and the default rate there.

    The tenth is rounded up to whole rows. Rows that tie at its edge count with their common default rate: the
    expectation over the order of the tied rows.
    """
    n_top = top_rows(len(labels))
    top = np.argpartition(-margins, n_top - 1)[:n_top]
    unpaid = float(_mean_over_ties(labels, margins)[top].sum())
    return unpaid / float(labels.sum()), unpaid / n_top


def _mean_over_ties(labels: FloatArray, scores: FloatArray) -> FloatArray:
    """Each row's label, averaged over the rows with the same score."""
    _, group = np.unique(scores, return_inverse=True)
    return (np.bincount(group, weights=labels) / np.bincount(group))[group]
