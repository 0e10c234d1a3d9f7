"""How much better one model ranks the same customers than another, and how far chance could have moved that."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import check_margins_and_labels
from segmentation_model.pipelines.modeling.bootstrap import draw_counts
from segmentation_model.pipelines.modeling.ranked_rows import RankedRows

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AucGain:
    """The difference of two AUCs on the same rows.

    Attributes:
        challenger: AUC of the one model.
        champion: AUC of the other.
        draws: Difference in each draw of customers, challenger minus champion.
    """

    challenger: float
    champion: float
    draws: FloatArray

    @property
    def gain(self) -> float:
        """AUC of the challenger minus AUC of the champion."""
        return self.challenger - self.champion

    @property
    def standard_error(self) -> float:
        """Standard deviation of the draws."""
        return float(self.draws.std(ddof=1))

    def interval(self, level: float) -> dict[str, float]:
        """Percentiles of the draws."""
        lower, upper = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2])
        return {"lower": float(lower), "upper": float(upper)}


def measure_gain(
    target: ArrayLike, challenger: ArrayLike, champion: ArrayLike, customer: ArrayLike, draws: int, seed: int
) -> AucGain:
    """Compare two models on the same rows.

    Paired: a draw is of customers, each with all of its rows, and both models are measured on the same draw. What makes
    a sample easy or hard to rank moves both AUCs and drops out of their difference, whose standard error is therefore
    far smaller than that of either (Efron and Tibshirani, 1993, "An introduction to the bootstrap", chapters 6 and 8).

    Args:
        target: 1 where the bill stayed unpaid, else 0; both occur.
        challenger: Raw margins of the one model.
        champion: Raw margins of the other.
        customer: Whose row it is.
        draws: Number of draws, at least 2.
        seed: Seed of the draws.

    Returns:
        Both AUCs and the difference in every draw.

    Raises:
        InputError: Lengths differ, a value is missing, or a class is absent.

    >>> gain = measure_gain([0, 1, 0, 1], [1.0, 3.0, 2.0, 4.0], [1.0, 2.0, 3.0, 4.0], ["a", "b", "c", "d"], 20, 1)
    >>> gain.challenger, gain.champion, gain.gain
    (1.0, 0.75, 0.25)
    """
    sides = [check_margins_and_labels(margin, target, "compared rows") for margin in (challenger, champion)]
    labels = sides[0][1]
    customers, _ = pd.factorize(np.asarray(customer))
    if len(customers) != len(labels) or labels.min() == labels.max():
        raise InputError(f"compared rows: {len(labels)} rows need a customer each and both outcomes")
    rows = [RankedRows.of(margins, labels) for margins, _ in sides]
    everyone = np.ones(len(labels))
    measured = [side.auc(everyone) for side in rows]
    drawn = [
        rows[0].auc(count) - rows[1].auc(count)
        for count in draw_counts(customers, labels, draws, np.random.default_rng(seed))
    ]
    return AucGain(measured[0], measured[1], np.asarray(drawn))
