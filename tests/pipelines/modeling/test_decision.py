"""Cost matrices, and what a threshold costs under them."""

import pytest

from segmentation_model.errors import ConfigurationError
from segmentation_model.pipelines.modeling.decision import Costs, complete_costs, judge_threshold
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings


def test_a_tariff_without_costs_has_those_of_both():
    settings = EvaluationSettings(cost_false_negative=7, cost_false_positive=2)
    assert complete_costs(CostMatrix(), settings) == Costs(7, 2)
    assert complete_costs(CostMatrix(false_positive=3, true_positive=1), settings) == Costs(7, 3, 1)


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        (CostMatrix(true_positive=5), r"true_positive 5\.0 must be below false_negative 5\.0"),
        (CostMatrix(false_positive=2, true_negative=3), r"true_negative 3\.0 must be below false_positive 2\.0"),
    ],
)
def test_a_right_decision_as_dear_as_the_wrong_one_is_refused(costs, message):
    with pytest.raises(ConfigurationError, match=message):
        complete_costs(costs, EvaluationSettings())


def test_every_outcome_costs_what_the_matrix_says():
    costs = Costs(false_negative=10, false_positive=3, true_positive=2, true_negative=1)
    judged = judge_threshold([1, 1, 1, 0, 0, 0, 0], [0.9, 0.5, 0.1, 0.8, 0.4, 0.2, 0.3], 0.5, costs)
    assert (judged["found"], judged["missed"], judged["in_vain"], judged["left_alone"]) == (2, 1, 1, 3)
    assert judged["cost_per_row"] == pytest.approx((2 * 2 + 10 + 3 + 3 * 1) / 7)
    assert judged["cost_per_row_nobody_treated"] == pytest.approx((3 * 10 + 4 * 1) / 7)
    assert judged["cost_per_row_everybody_treated"] == pytest.approx((3 * 2 + 4 * 3) / 7)
