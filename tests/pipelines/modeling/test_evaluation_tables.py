"""Decile and reliability tables, checked by hand and against the metrics that they belong to."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binomtest

from segmentation_model.errors import InputError
from segmentation_model.pipelines.modeling.evaluation_tables import (
    DECILE_COLUMNS,
    RELIABILITY_COLUMNS,
    tabulate_deciles,
    tabulate_reliability,
)
from segmentation_model.pipelines.modeling.metrics import evaluate_scores


def sample(rows: int, decimals: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(rows)
    margin = random.normal(-1.5, 1.2, rows).round(decimals)
    return (random.random(rows) < expit(margin)).astype(float), margin, expit(margin)


class TestDeciles:
    def test_twenty_rows_by_hand(self):
        target = [1, 1, 1, 0, 0, 1] + [0] * 14
        table = tabulate_deciles(target, np.linspace(2, -2, 20), np.linspace(0.95, 0.0, 20))
        assert tuple(table.columns) == DECILE_COLUMNS
        assert table["rows"].tolist() == [2] * 10
        assert table["unpaid"].tolist() == [2, 1, 1, 0, 0, 0, 0, 0, 0, 0]
        assert table["default_rate"].tolist()[:3] == [1, 0.5, 0.5]
        assert table["lift"].tolist()[:4] == pytest.approx([5, 2.5, 2.5, 0])
        assert table["cumulative_capture"].tolist()[:4] == pytest.approx([0.5, 0.75, 1, 1])
        assert table["cumulative_lift"].tolist()[:4] == pytest.approx([5, 3.75, 10 / 3, 2.5])
        assert table["cumulative_paid_share"].tolist()[:3] == pytest.approx([0, 1 / 16, 2 / 16])
        assert table["ks"].max() == pytest.approx(1 - 2 / 16)
        assert table["mean_probability"].iloc[0] == pytest.approx(0.925)

    @pytest.mark.parametrize(("rows", "decimals"), [(1_003, 9), (1_003, 0), (57, 1), (12, 9)])
    def test_the_first_is_what_the_metrics_say_and_the_last_is_everything(self, rows, decimals):
        target, margin, probability = sample(rows, decimals)
        table, metrics = tabulate_deciles(target, margin, probability), evaluate_scores(target, margin, probability)
        assert table["cumulative_capture"].iloc[0] == pytest.approx(metrics.capture_top_decile)
        assert table["lift"].iloc[0] == pytest.approx(metrics.lift_top_decile)
        assert (table["rows"].sum(), table["unpaid"].sum()) == (rows, pytest.approx(target.sum()))
        assert (table["mean_probability"] @ table["rows"]) == pytest.approx(probability.sum())
        assert table["ks"].max() <= metrics.ks + 1e-12
        last = table.iloc[-1]
        assert [last["cumulative_capture"], last["cumulative_lift"], last["ks"]] == pytest.approx([1, 1, 0], abs=1e-12)

    def test_a_tie_over_all_rows_gives_every_decile_the_base_rate(self):
        table = tabulate_deciles([1] * 5 + [0] * 15, np.zeros(20), np.full(20, 0.25))
        assert table["default_rate"].tolist() == pytest.approx([0.25] * 10)

    def test_the_order_of_the_rows_has_no_say(self):
        target, margin, probability = sample(400, 0)
        shuffled = np.random.default_rng(1).permutation(400)
        other = tabulate_deciles(target[shuffled], margin[shuffled], probability[shuffled])
        pd.testing.assert_frame_equal(tabulate_deciles(target, margin, probability), other)

    @pytest.mark.parametrize("target", [[], [0, 0, 0], [1, 1]])
    def test_one_class_has_none(self, target):
        table = tabulate_deciles(target, np.zeros(len(target)), np.full(len(target), 0.5))
        assert table.empty
        assert tuple(table.columns) == DECILE_COLUMNS

    def test_fewer_than_ten_rows_make_a_decile_each(self):
        assert tabulate_deciles([1, 0, 1], [3.0, 2.0, 1.0], [0.9, 0.5, 0.1])["unpaid"].tolist() == [1, 0, 1]


class TestReliability:
    @pytest.mark.parametrize(("rows", "decimals"), [(1_003, 9), (1_003, 0), (57, 1), (6, 9)])
    def test_it_adds_up(self, rows, decimals):
        target, margin, probability = sample(rows, decimals)
        target[:2] = 0, 1
        table = tabulate_reliability(target, probability, 0.95)
        assert (table["rows"] @ table["observed_rate"]) == pytest.approx(target.sum())
        assert (table["rows"] @ table["mean_probability"]) == pytest.approx(probability.sum())
        error = (table["rows"] @ table["gap"].abs()) / rows
        assert error == pytest.approx(evaluate_scores(target, margin, probability).ece)

    def test_ten_bins_by_hand(self):
        probability = np.repeat(np.arange(10) / 10, 10)
        target = np.concatenate([[1] * ones + [0] * (10 - ones) for ones in (0, 1, 2, 3, 4, 5, 6, 7, 8, 10)])
        table = tabulate_reliability(target, probability, 0.95)
        assert tuple(table.columns) == RELIABILITY_COLUMNS
        assert table["lowest_probability"].tolist() == table["highest_probability"].tolist()
        assert table["gap"].tolist() == pytest.approx([0] * 9 + [-0.1])
        for row in table.itertuples():
            expected = binomtest(round(row.observed_rate * 10), 10).proportion_ci(0.95, method="wilson")
            assert (row.observed_lower, row.observed_upper) == pytest.approx((expected.low, expected.high), abs=1e-12)

    def test_without_rows_it_has_none(self):
        assert tabulate_reliability([], [], 0.95).empty

    def test_a_probability_above_one_is_refused(self):
        with pytest.raises(InputError, match=r"probability 1\.5 \(1 rows\) is not within 0 and 1"):
            tabulate_reliability([0, 1], [0.5, 1.5], 0.95)
