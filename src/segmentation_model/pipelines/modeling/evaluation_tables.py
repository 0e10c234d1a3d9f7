"""What a reviewer reads first: risk deciles with lift and gains, and predicted against observed rates."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segmentation_model.model.calibration import check_margins_and_labels
from segmentation_model.pipelines.modeling.metrics import CALIBRATION_BINS, bin_edges, check_probabilities
from segmentation_model.pipelines.modeling.wilson import wilson_interval

FloatArray = NDArray[np.float64]
DECILE_COLUMNS = (
    "decile", "rows", "unpaid", "default_rate", "mean_probability", "lift", "cumulative_rows", "cumulative_unpaid",
    "cumulative_capture", "cumulative_lift", "cumulative_paid_share", "ks",
)  # fmt: skip
RELIABILITY_COLUMNS = (
    "bin", "rows", "lowest_probability", "highest_probability", "mean_probability", "observed_rate", "observed_lower",
    "observed_upper", "gap",
)  # fmt: skip


def tabulate_deciles(target: ArrayLike, margin: ArrayLike, probability: ArrayLike) -> pd.DataFrame:
    """Rows by tenths of the risk.

    Sizes differ by one row at most, the larger ones first. Rows that tie at an edge count on either side with the
    mean of their group, the expectation over their order: unpaid bills may be fractions. The first row is what
    ``capture_top_decile`` and ``lift_top_decile`` say.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        margin: Raw margins, which rank the rows.
        probability: Calibrated probabilities.

    Returns:
        One row per decile, 1 the riskiest: rows, unpaid bills, their share, the mean probability, the lift over the
        base rate; from the first decile on: rows, unpaid bills, their share of all (the gain), lift, share of all paid
        bills, and the distance between the two shares (its maximum over all rows is KS). Fewer than ten rows make a
        decile each; no row where a class is absent.

    Raises:
        InputError: Lengths differ, or a value is missing or out of range.
    """
    margins, labels = check_margins_and_labels(margin, target, "deciles")
    probabilities = check_probabilities(probability, len(labels))
    if len(np.unique(labels)) < 2:
        return pd.DataFrame(columns=list(DECILE_COLUMNS))
    rows, unpaid = len(labels), labels.sum()
    edges = bin_edges(rows, 10)
    unpaid_so_far, expected_so_far = (_so_far(values, -margins, edges) for values in (labels, probabilities))
    size, found, reached = np.diff(edges), np.diff(unpaid_so_far), edges[1:]
    capture = unpaid_so_far[1:] / unpaid
    paid_share = (reached - unpaid_so_far[1:]) / (rows - unpaid)
    return pd.DataFrame(
        {
            "decile": np.arange(1, len(size) + 1),
            "rows": size,
            "unpaid": found,
            "default_rate": found / size,
            "mean_probability": np.diff(expected_so_far) / size,
            "lift": found / size / (unpaid / rows),
            "cumulative_rows": reached,
            "cumulative_unpaid": unpaid_so_far[1:],
            "cumulative_capture": capture,
            "cumulative_lift": capture * rows / reached,
            "cumulative_paid_share": paid_share,
            "ks": capture - paid_share,
        }
    )


def tabulate_reliability(target: ArrayLike, probability: ArrayLike, level: float) -> pd.DataFrame:
    """Predicted against observed rates in ten bins of equal mass, those of the calibration error.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        probability: Calibrated probabilities.
        level: Confidence level of the observed rates' intervals (Wilson, 1927).

    Returns:
        One row per bin, lowest probabilities first: rows, range and mean of the probability, observed rate with its
        interval, and mean minus observed. The gaps' distances from 0, weighted by rows, add up to the calibration
        error. No row where there are no rows.

    Raises:
        InputError: Lengths differ, or a value is missing or out of range.
    """
    probabilities, labels = check_margins_and_labels(probability, target, "reliability")
    check_probabilities(probabilities, len(labels))
    if len(labels) == 0:
        return pd.DataFrame(columns=list(RELIABILITY_COLUMNS))
    edges = bin_edges(len(labels), CALIBRATION_BINS)
    size, ranked = np.diff(edges), np.sort(probabilities)
    mean = np.diff(_so_far(probabilities, probabilities, edges)) / size
    observed = np.clip(np.diff(_so_far(labels, probabilities, edges)) / size, 0, 1)
    lower, upper = wilson_interval(observed, size, level)
    return pd.DataFrame(
        {
            "bin": np.arange(1, len(size) + 1),
            "rows": size,
            "lowest_probability": ranked[edges[:-1]],
            "highest_probability": ranked[edges[1:] - 1],
            "mean_probability": mean,
            "observed_rate": observed,
            "observed_lower": lower,
            "observed_upper": upper,
            "gap": mean - observed,
        }
    )


def _so_far(values: FloatArray, score: FloatArray, edges: NDArray[np.intp]) -> FloatArray:
    """Sum of the values of the rows up to each edge, in ascending order of the score; ties are spread evenly."""
    _, group = np.unique(score, return_inverse=True)
    rows, sums = np.bincount(group), np.bincount(group, weights=values)
    return np.interp(edges, np.concatenate(([0], np.cumsum(rows))), np.concatenate(([0.0], np.cumsum(sums))))
