"""Metrics under row counts equal those of the table written out; intervals cover what they promise to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import norm
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.pipelines.modeling.bootstrap import BOOTSTRAPPED, WeightedPart, bootstrap_intervals
from segmentation_model.pipelines.modeling.metrics import evaluate_scores


def sample(rows: int, seed: int, decimals: int = 9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targets, margins (ties where rounded) and probabilities that are a little off."""
    random = np.random.default_rng(seed)
    margin = random.normal(-1.5, 1.2, rows).round(decimals)
    target = (random.random(rows) < expit(margin)).astype(float)
    target[:2] = 0, 1
    return target, margin, expit(0.8 * margin)


class TestMetricsUnderCounts:
    @pytest.mark.parametrize("decimals", [9, 1, 0])
    @pytest.mark.parametrize("plateaus", [None, 1])
    def test_they_are_those_of_the_table_with_every_row_repeated(self, decimals, plateaus):
        target, margin, probability = sample(307, 1, decimals)
        if plateaus is not None:
            probability = probability.round(plateaus)
        count = np.random.default_rng(2).integers(0, 4, 307)
        count[:2] = 1
        found = WeightedPart.of(target, margin, probability).measure(count)
        written_out = evaluate_scores(*(np.repeat(values, count) for values in (target, margin, probability)))
        assert found == pytest.approx(written_out.model_dump(include=set(BOOTSTRAPPED)), rel=1e-12)

    def test_an_order_of_probabilities_other_than_the_margins_is_seen(self):
        target, margin, probability = sample(200, 3)
        found = WeightedPart.of(target, margin, 1 - probability).measure(np.ones(200))
        expected = evaluate_scores(target, margin, 1 - probability).model_dump(include=set(BOOTSTRAPPED))
        assert found == pytest.approx(expected, rel=1e-12)

    def test_they_are_scikit_learns_with_sample_weights(self):
        target, margin, probability = sample(500, 4, decimals=1)
        weight = np.random.default_rng(5).poisson(1.0, 500)
        found = WeightedPart.of(target, margin, probability).measure(weight)
        assert found["roc_auc"] == pytest.approx(roc_auc_score(target, margin, sample_weight=weight))
        assert found["pr_auc"] == pytest.approx(average_precision_score(target, margin, sample_weight=weight))
        assert found["brier"] == pytest.approx(brier_score_loss(target, probability, sample_weight=weight))
        assert found["log_loss"] == pytest.approx(log_loss(target, probability, sample_weight=weight))

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(0, 3)), min_size=2, max_size=40))
    def test_no_table_is_an_exception(self, rows):
        target, margin, count = (
            np.array(values, dtype=float) for values in zip((0, 0, 1), (1, 0, 1), *rows, strict=True)
        )
        given_ = (target, margin, expit(margin))
        written_out = evaluate_scores(*(np.repeat(values, count.astype(int)) for values in given_))
        expected = written_out.model_dump(include=set(BOOTSTRAPPED))
        assert WeightedPart.of(*given_).measure(count) == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_no_rows_are_refused(self):
        with pytest.raises(InputError, match="there are no rows to weigh"):
            WeightedPart.of([], [], [])


class TestIntervals:
    def test_the_auc_s_is_as_wide_as_theory_says(self):
        """Standard error of the AUC by DeLong, DeLong and Clarke-Pearson (1988), from the placements of the rows."""
        target, margin, probability = sample(2_000, 6)
        unpaid, paid = margin[target == 1], margin[target == 0]
        wins = (unpaid[:, None] > paid).mean(axis=1), (unpaid[:, None] > paid).mean(axis=0)
        error = np.sqrt(sum(placement.var(ddof=1) / len(placement) for placement in wins))
        found = bootstrap_intervals(target, margin, probability, np.arange(2_000), 600, 0.9, 1)["roc_auc"]
        assert found["upper"] - found["lower"] == pytest.approx(2 * norm.ppf(0.95) * error, rel=0.1)

    def test_nine_of_ten_samples_have_the_truth_within_the_ninety_percent_interval(self):
        target, margin, probability = sample(400_000, 7)
        truth = evaluate_scores(target, margin, probability).model_dump()
        covered = dict.fromkeys(BOOTSTRAPPED, 0)
        for seed in range(60):
            found = bootstrap_intervals(*sample(500, 100 + seed), np.arange(500), 100, 0.9, seed)
            for name, interval in found.items():
                covered[name] += interval["lower"] <= truth[name] <= interval["upper"]
        # Of 60 samples 54 +- 2.3; KS and the calibration error promise a little less.
        assert min(covered[name] for name in set(BOOTSTRAPPED) - {"ks", "ece"}) >= 47, covered
        assert min(covered.values()) >= 41, covered

    def test_a_customers_rows_come_together(self):
        """Ten copies of 200 customers tell no more than the 200 do."""
        target, margin, probability = sample(200, 8)
        copies = [np.tile(values, 10) for values in (target, margin, probability, np.arange(200))]
        once = bootstrap_intervals(target, margin, probability, np.arange(200), 400, 0.9, 1)["brier"]
        together = bootstrap_intervals(*copies, 400, 0.9, 2)["brier"]
        apart = bootstrap_intervals(*copies[:3], np.arange(2_000), 400, 0.9, 3)["brier"]
        width = once["upper"] - once["lower"]
        assert together["upper"] - together["lower"] == pytest.approx(width, rel=0.15)
        assert apart["upper"] - apart["lower"] == pytest.approx(width / np.sqrt(10), rel=0.15)

    def test_the_same_seed_draws_the_same_and_the_rows_order_matters_to_the_draws_alone(self):
        target, margin, probability = sample(300, 9)
        one, other = (bootstrap_intervals(target, margin, probability, np.arange(300), 50, 0.95, 1) for _ in range(2))
        assert one == other
        assert one != bootstrap_intervals(target, margin, probability, np.arange(300), 50, 0.95, 2)

    def test_a_draw_without_both_classes_is_drawn_again(self):
        target = np.array([1.0] + [0.0] * 20)
        margin = np.linspace(1, -1, 21)
        found = bootstrap_intervals(target, margin, expit(margin), np.arange(21), 200, 0.95, 1)
        assert found["roc_auc"] == {"lower": 1.0, "upper": 1.0}
        assert found["base_rate"]["lower"] > 0

    def test_one_class_has_none(self):
        assert bootstrap_intervals([0, 0], [-1.0, 1.0], [0.2, 0.4], ["A", "B"], 10, 0.95, 1) is None

    def test_a_row_without_a_customer_is_refused(self):
        with pytest.raises(InputError, match="2 rows need a customer each; 1 have none"):
            bootstrap_intervals([0, 1], [-1.0, 1.0], [0.2, 0.4], np.array(["A", None], dtype=object), 10, 0.95, 1)
