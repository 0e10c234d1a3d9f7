"""How well one column alone tells the positives from the negatives.

A column is looked at in two ways. Its *order*: the area under the ROC curve of the values, in either direction, with
missing values as the lowest or as the highest of all. And its *values*: the area of the target rate that rows with the
same value have elsewhere, which needs no order and finds text, codes, and an outcome that lies in the middle.

A rate that counted the row itself would make every identifier perfect. Rates are therefore taken from other customers
(folds by customer), and a value that no other customer has tells nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

#: Rates come from the other four fifths of the customers.
FOLDS = 5
#: Ranges of equally many rows in which the rates of a numeric column are taken; values that fill more stay apart.
_RANGES = 256
#: By so much the values of a numeric column must separate better than its order to count: a little is chance.
_CLEARLY = 0.01

Counts = NDArray[np.int64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Separation:
    """How well a column separates.

    Attributes:
        auc: Area under the ROC curve in the better direction, 0.5 to 1.
        lower: One-sided lower confidence bound of it.
        copy: The value where the target is 1 and where it is 0, for a column that has one value for each; else None.
    """

    auc: float
    lower: float
    copy: tuple[object, object] | None = None


def auc_of_counts(positives: Counts, negatives: Counts) -> tuple[float, float]:
    """Area under the ROC curve of ordered groups, ties counted half, and its standard error.

    The error is DeLong's (E. DeLong, D. DeLong, D. Clarke-Pearson 1988), from the placements of each class in the
    other. It is 0 where the classes do not overlap; what that is worth with few cases is the caller's to judge.

    >>> auc, error = auc_of_counts(np.array([0, 1, 1]), np.array([2, 1, 0]))
    >>> round(auc, 4), round(error, 4)
    (0.9167, 0.1179)

    Args:
        positives: Positives in each group, groups in ascending order of the score.
        negatives: Negatives in each group.

    Returns:
        Area (0 to 1) and standard error; each class needs two cases.
    """
    n_positive, n_negative = int(positives.sum()), int(negatives.sum())
    beaten = (np.cumsum(negatives) - negatives / 2) / n_negative
    beating = (n_positive - np.cumsum(positives) + positives / 2) / n_positive
    auc = float(positives @ beaten) / n_positive
    variance = _variance(beaten, positives, auc) / n_positive + _variance(beating, negatives, auc) / n_negative
    return auc, float(np.sqrt(variance))


def separation_of_numbers(
    values: NDArray[np.floating], positive: NDArray[np.bool_], folds: Codes, confidence: float
) -> Separation:
    """Separation by a numeric column, by its order and by its values.

    Args:
        values: One number per row; NaN is a value of its own.
        positive: Whether the target is 1.
        folds: Fold of each row's customer, 0 to ``FOLDS - 1``.
        confidence: Of the lower bound.

    Returns:
        By its order, or by its values where they separate clearly better.
    """
    distinct, codes = np.unique(values, return_inverse=True)
    positives, negatives = _class_counts(codes, positive, len(distinct))
    # NaN sorts last; rolled by one it comes first.
    orders = [(positives, negatives)]
    if np.isnan(distinct[-1]):
        orders.append((np.roll(positives, 1), np.roll(negatives, 1)))
    by_order = max(
        (_in_the_better_direction(*auc_of_counts(*order), confidence) for order in orders), key=lambda way: way.auc
    )
    # The middle of each value's ranks, so that a value that fills more than a range has one of its own.
    middle = np.cumsum(positives + negatives) - (positives + negatives) / 2
    ranges = (middle * (_RANGES / len(values))).astype(np.intp)
    ranges[np.isnan(distinct)] = _RANGES
    by_values = _by_values(ranges[codes], positive, folds, confidence)
    best = by_values if by_values.auc > by_order.auc + _CLEARLY else by_order
    return _unless_copy(best, distinct, positives, negatives)


def separation_of_codes(
    codes: Codes, distinct: NDArray[Any], positive: NDArray[np.bool_], folds: Codes, confidence: float
) -> Separation:
    """Separation by a column of categories.

    Args:
        codes: Position in ``distinct`` of each row's value, -1 where it is missing, which is a value of its own.
        distinct: The categories.
        positive: Whether the target is 1.
        folds: Fold of each row's customer, 0 to ``FOLDS - 1``.
        confidence: Of the lower bound.

    Returns:
        By the target rates of the categories among other customers.
    """
    with_missing = np.where(codes < 0, len(distinct), codes)
    positives, negatives = _class_counts(with_missing, positive, len(distinct) + 1)
    labels = np.append(np.asarray(distinct, dtype=object), np.nan)
    by_values = _by_values(with_missing, positive, folds, confidence)
    return _unless_copy(by_values, labels, positives, negatives)


def customer_folds(customer_ids: pd.Series) -> Codes:
    """Fold of each row: all rows of a customer are in the same one."""
    return pd.factorize(customer_ids)[0] % FOLDS


def _by_values(codes: Codes, positive: NDArray[np.bool_], folds: Codes, confidence: float) -> Separation:
    """By the rate among the other folds' rows of the same value; one row of the overall rate is added to each."""
    size = int(codes.max()) + 1
    cells = codes * FOLDS + folds
    positives, negatives = (counts.reshape(size, FOLDS) for counts in _class_counts(cells, positive, size * FOLDS))
    others = positives.sum(axis=1, keepdims=True) - positives
    rows = others + negatives.sum(axis=1, keepdims=True) - negatives
    rates = (others + positive.mean()) / (rows + 1)
    order = np.unique(rates, return_inverse=True)[1].ravel()
    merged = [np.bincount(order, weights=counts.ravel()).astype(np.int64) for counts in (positives, negatives)]
    auc, error = auc_of_counts(merged[0], merged[1])
    lower = auc - float(ndtri(confidence)) * error
    return Separation(max(auc, 0.5), lower)  # rates that mislead tell nothing


def _in_the_better_direction(auc: float, error: float, confidence: float) -> Separation:
    better = max(auc, 1 - auc)
    return Separation(better, better - float(ndtri(confidence)) * error)


def _unless_copy(found: Separation, labels: NDArray[Any], positives: Counts, negatives: Counts) -> Separation:
    """The separation found, or a copy where each class has one value, and not the same."""
    ones, zeros = np.flatnonzero(positives), np.flatnonzero(negatives)
    if len(ones) == len(zeros) == 1 and ones[0] != zeros[0]:
        return Separation(1.0, 1.0, (labels[ones[0]], labels[zeros[0]]))
    return found


def _class_counts(codes: Codes, positive: NDArray[np.bool_], size: int) -> tuple[Counts, Counts]:
    positives = np.bincount(codes[positive], minlength=size)
    return positives, np.bincount(codes, minlength=size) - positives


def _variance(placements: NDArray[np.floating], counts: Counts, mean: float) -> float:
    """Sample variance of placements that come ``counts`` times each."""
    return float(counts @ (placements - mean) ** 2) / (int(counts.sum()) - 1)
