"""Every metric against a number worked out by hand or by another library."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.pipelines.modeling.metrics import (
    PartMetrics,
    cost_optimal_threshold,
    evaluate_scores,
    expected_calibration_error,
)

KEYS = (
    "rows", "base_rate", "roc_auc", "gini", "ks", "pr_auc", "brier", "log_loss", "ece", "capture_top_decile",
    "lift_top_decile",
)  # fmt: skip


class TestByHand:
    # Ranked from the riskiest: 1, 0, 1, 0, 0. Of the 2 x 3 pairs, five are in the right order.
    target = (0, 1, 0, 1, 0)
    margin = (-2.0, 0.5, 1.0, 2.0, -1.0)
    probability = (0.1, 0.5, 0.5, 0.9, 0.2)
    metrics = evaluate_scores(target, margin, probability)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("rows", 5),
            ("base_rate", 2 / 5),
            ("roc_auc", 5 / 6),
            ("gini", 2 / 3),
            ("ks", 2 / 3),
            ("pr_auc", (1 / 1 + 2 / 3) / 2),
            ("brier", (0.01 + 0.25 + 0.25 + 0.01 + 0.04) / 5),
            ("log_loss", -(math.log(0.9) + 2 * math.log(0.5) + math.log(0.9) + math.log(0.8)) / 5),
            # Five bins of one row; the two rows at 0.5 share their observed rate of one half.
            ("ece", (0.1 + 0 + 0 + 0.1 + 0.2) / 5),
            ("capture_top_decile", 1 / 2),
            ("lift_top_decile", 1 / (2 / 5)),
        ],
    )
    def test_five_rows(self, name: str, value: float) -> None:
        assert getattr(self.metrics, name) == pytest.approx(value)

    def test_the_keys_are_the_contract(self) -> None:
        assert tuple(self.metrics.model_dump()) == KEYS

    def test_ranking_looks_at_the_margin_and_honesty_at_the_probability(self) -> None:
        calibrated = evaluate_scores(self.target, self.margin, [0.4] * 5)
        assert (calibrated.roc_auc, calibrated.pr_auc) == (self.metrics.roc_auc, self.metrics.pr_auc)
        assert calibrated.ece == pytest.approx(0)
        rescored = evaluate_scores(self.target, [0.0] * 5, self.probability)
        assert rescored.brier == self.metrics.brier
        assert (rescored.roc_auc, rescored.ks) == (0.5, 0)


class TestAgainstOtherLibraries:
    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 1), st.integers(-6, 6)), min_size=2, max_size=80))
    def test_ks_and_auc_agree_with_ties(self, rows: list[tuple[int, int]]) -> None:
        target, margin = (np.array(column) for column in zip(*[*rows, (0, 0), (1, 0)], strict=True))
        metrics = evaluate_scores(target, margin, np.full(len(target), 0.5))
        assert metrics.roc_auc == pytest.approx(roc_auc_score(target, margin))
        assert metrics.ks == pytest.approx(
            ks_2samp(margin[target == 1], margin[target == 0], method="asymp").statistic, abs=1e-12
        )

    def test_a_useless_score_has_no_lift(self) -> None:
        rng = np.random.default_rng(0)
        target = rng.random(50_000) < 0.2
        metrics = evaluate_scores(target, rng.normal(size=50_000), np.full(50_000, 0.2))
        assert metrics.roc_auc == pytest.approx(0.5, abs=0.01)
        assert metrics.lift_top_decile == pytest.approx(1, abs=0.1)
        assert metrics.capture_top_decile == pytest.approx(0.1, abs=0.01)


class TestTopDecile:
    def test_a_perfect_score_captures_what_a_tenth_can_hold(self) -> None:
        target = np.repeat([0, 1], [80, 20])
        metrics = evaluate_scores(target, np.arange(100.0), np.full(100, 0.2))
        assert (metrics.capture_top_decile, metrics.lift_top_decile) == (0.5, pytest.approx(5))

    def test_ties_at_the_edge_count_with_their_expectation(self) -> None:
        # The tenth are 2 of 20 rows: one leader (unpaid), then one of four tied rows, of which one is unpaid.
        target = np.array([1, 1, 0, 0, 0] + [0] * 15)
        margin = np.array([9.0, 5, 5, 5, 5] + [0.0] * 15)
        for order in (np.arange(20), np.arange(20)[::-1]):
            metrics = evaluate_scores(target[order], margin[order], np.full(20, 0.1))
            assert metrics.capture_top_decile == pytest.approx((1 + 1 / 4) / 2)
            assert metrics.lift_top_decile == pytest.approx((1 + 1 / 4) / 2 / 0.1)

    def test_the_tenth_is_rounded_up(self) -> None:
        metrics = evaluate_scores([1, 1, *[0] * 9], np.arange(11.0)[::-1], np.full(11, 0.2))
        assert metrics.capture_top_decile == 1


class TestCalibrationError:
    def test_ten_bins_of_equal_mass(self) -> None:
        # Bin k holds 100 rows at probability (k + 0.5) / 10, of which 10 k are unpaid: each gap is 0.05.
        probability = np.repeat((np.arange(10) + 0.5) / 10, 100)
        target = np.concatenate([np.arange(100) < 10 * k for k in range(10)])
        assert expected_calibration_error(target, probability) == pytest.approx(0.05)

    def test_probabilities_that_labels_are_drawn_from_have_almost_none(self) -> None:
        rng = np.random.default_rng(0)
        probability = rng.beta(1, 4, size=100_000)
        assert expected_calibration_error(rng.random(100_000) < probability, probability) < 0.006

    def test_gaps_inside_a_bin_cancel_and_gaps_of_bins_do_not(self) -> None:
        target = np.tile([0, 1], 500)
        assert expected_calibration_error(target, np.full(1_000, 0.5)) == 0
        assert expected_calibration_error(target, np.linspace(0, 1, 1_000)) == pytest.approx(0.25, abs=0.01)

    @given(st.permutations(range(24)))
    def test_the_order_of_the_rows_has_no_say(self, order: list[int]) -> None:
        target, probability = np.arange(24) % 3 == 0, np.repeat([0.1, 0.4, 0.7], 8)
        here, there = (
            expected_calibration_error(target, probability),
            expected_calibration_error(target[order], probability[order]),
        )
        assert here == pytest.approx(there, abs=1e-12)


class TestDegenerateParts:
    def test_no_rows(self) -> None:
        assert evaluate_scores([], [], []) == PartMetrics(rows=0)

    @pytest.mark.parametrize("label", [0, 1])
    def test_one_class_has_rows_and_base_rate_alone(self, label: int) -> None:
        metrics = evaluate_scores([label] * 3, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
        assert metrics.model_dump(exclude_none=True) == {"rows": 3, "base_rate": label}

    @pytest.mark.parametrize("rows", [[], [(0, 0.1)], [(0, 0.1), (1, 0.0), (1, 1.0)]])
    def test_json_takes_them_all(self, rows: list[tuple[int, float]]) -> None:
        target, probability = [row[0] for row in rows], [row[1] for row in rows]
        metrics = evaluate_scores(target, probability, probability)
        assert tuple(json.loads(json.dumps(metrics.model_dump(mode="json"), allow_nan=False))) == KEYS

    @pytest.mark.parametrize(
        ("target", "margin", "probability", "message"),
        [
            ([0, 1], [0.0], [0.1, 0.2], r"margins \(1,\) and targets \(2,\)"),
            ([0, 1], [0.0, 1.0], [0.1], r"\(1,\) probabilities for 2 rows"),
            ([0, 1], [0.0, np.nan], [0.1, 0.2], "1 margins are not finite"),
            ([0, np.nan], [0.0, 1.0], [0.1, 0.2], "column 'target' holds nan"),
            ([0, 1], [0.0, 1.0], [0.1, 1.2], r"probability 1\.2 \(1 rows\) is not within 0 and 1"),
            ([0, 1], [0.0, 1.0], [0.1, np.nan], "probability nan"),
        ],
    )
    def test_unusable_rows_are_refused(
        self, target: list[float], margin: list[float], probability: list[float], message: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            evaluate_scores(target, margin, probability)


class TestCostOptimalThreshold:
    def test_missing_a_default_that_costs_much_lowers_it(self) -> None:
        target, probability = [0, 1, 0, 1], [0.2, 0.3, 0.6, 0.8]
        assert cost_optimal_threshold(target, probability, cost_false_negative=5, cost_false_positive=1) == 0.3
        assert cost_optimal_threshold(target, probability, cost_false_negative=1, cost_false_positive=5) == 0.8

    def test_comes_close_to_elkan_where_probabilities_are_true(self) -> None:
        rng = np.random.default_rng(0)
        probability = rng.random(200_000)
        target = rng.random(200_000) < probability
        assert cost_optimal_threshold(target, probability, 4, 1) == pytest.approx(0.2, abs=0.03)

    def test_nobody_is_treated_where_that_costs_least(self) -> None:
        assert cost_optimal_threshold([0, 0, 0], [0.1, 0.5, 0.9], 1, 1) == 1.0
        assert cost_optimal_threshold([0, 0], [0.1, 1.0], 1, 1) > 1.0

    def test_everybody_is_treated_where_all_default(self) -> None:
        assert cost_optimal_threshold([1, 1], [0.3, 0.7], 1, 1) == 0.3

    def test_of_equal_costs_the_nearest_to_elkan_is_taken(self) -> None:
        # From 0.1 on one is treated in vain, from 0.45 on one is missed; Elkan says one half.
        assert cost_optimal_threshold([1, 0, 1], [0.1, 0.3, 0.45], 1, 1) == 0.45

    @settings(deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.05, 0.2, 0.5, 0.7, 0.95])), min_size=1, max_size=30),
        st.floats(0.1, 20),
        st.floats(0.1, 20),
    )
    def test_no_other_threshold_costs_less(
        self, rows: list[tuple[int, float]], cost_false_negative: float, cost_false_positive: float
    ) -> None:
        target, probability = (np.array(column) for column in zip(*rows, strict=True))

        def cost(threshold: float) -> float:
            treated = probability >= threshold
            missed, in_vain = ((target == 1) & ~treated).sum(), ((target == 0) & treated).sum()
            return float(cost_false_negative * missed + cost_false_positive * in_vain)

        found = cost_optimal_threshold(target, probability, cost_false_negative, cost_false_positive)
        assert cost(found) == pytest.approx(min(cost(t) for t in np.linspace(0, 1.01, 102)), rel=1e-9)

    def test_no_rows_are_refused(self) -> None:
        with pytest.raises(InputError, match="a threshold needs labelled rows"):
            cost_optimal_threshold([], [], 1, 1)
