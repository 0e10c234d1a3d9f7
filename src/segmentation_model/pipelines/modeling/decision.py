"""What decisions cost: a cost matrix per tariff, and a threshold judged by it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation_model.errors import ConfigurationError
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings


@dataclass(frozen=True)
class Costs:
    """What each of the four outcomes of a decision costs."""

    false_negative: float
    false_positive: float
    true_positive: float = 0.0
    true_negative: float = 0.0


def complete_costs(costs: CostMatrix, settings: EvaluationSettings) -> Costs:
    """A tariff's cost matrix, with the costs of both tariffs where it has none of its own.

    Args:
        costs: The tariff's own costs.
        settings: The costs of both tariffs.

    Returns:
        The cost of every outcome.

    Raises:
        ConfigurationError: A right decision costs as much as the wrong one, so that no threshold is cheapest.

    >>> complete_costs(CostMatrix(false_negative=8), EvaluationSettings()).false_positive
    1.0
    """
    missed = settings.cost_false_negative if costs.false_negative is None else costs.false_negative
    in_vain = settings.cost_false_positive if costs.false_positive is None else costs.false_positive
    for right, lower, wrong, higher in (
        ("true_positive", costs.true_positive, "false_negative", missed),
        ("true_negative", costs.true_negative, "false_positive", in_vain),
    ):
        if higher <= lower:
            raise ConfigurationError(
                f"modeling.costs: {right} {lower!r} must be below {wrong} {higher!r}: "
                "a right decision costs less than the wrong one"
            )
    return Costs(missed, in_vain, costs.true_positive, costs.true_negative)


def judge_threshold(target: ArrayLike, probability: ArrayLike, threshold: float, costs: Costs) -> dict[str, Any]:
    """What treating the customers from a threshold on brings and costs on some rows.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        probability: Calibrated probabilities.
        threshold: A row is treated if its probability is at least that.
        costs: What the outcomes cost.

    Returns:
        The threshold; rows that are treated and unpaid (``found``), treated and paid (``in_vain``), unpaid and not
        treated (``missed``), neither (``left_alone``); the mean cost of a row, and what it would be if nobody, or
        everybody, were treated (null without rows); the costs.

    >>> judged = judge_threshold([0, 0, 1, 1], [0.1, 0.5, 0.4, 0.9], 0.5, Costs(false_negative=5, false_positive=1))
    >>> judged["found"], judged["in_vain"], judged["missed"], judged["cost_per_row"]
    (1, 1, 1, 1.5)
    """
    unpaid, treated = np.asarray(target) == 1, np.asarray(probability) >= threshold
    counts = {
        "found": int((unpaid & treated).sum()),
        "in_vain": int((~unpaid & treated).sum()),
        "missed": int((unpaid & ~treated).sum()),
        "left_alone": int((~unpaid & ~treated).sum()),
    }

    def cost_per_row(decided: NDArray[np.bool_]) -> float | None:
        if not len(unpaid):
            return None
        right = np.where(unpaid, costs.true_positive, costs.true_negative)
        wrong = np.where(unpaid, costs.false_negative, costs.false_positive)
        return float(np.where(decided == unpaid, right, wrong).mean())

    return {
        "threshold": threshold,
        **counts,
        "cost_per_row": cost_per_row(treated),
        "cost_per_row_nobody_treated": cost_per_row(np.zeros_like(unpaid)),
        "cost_per_row_everybody_treated": cost_per_row(np.ones_like(unpaid)),
        "costs": asdict(costs),
    }
