"""The evaluation of one tariff: numbers, tables and figures of a model, or the reason why there is none."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from segmentation_model.model.calibration import Calibrator
from segmentation_model.pipelines.modeling import evaluation_nodes
from segmentation_model.pipelines.modeling.metrics import PartMetrics
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings
from tests.model.artifacts import SPLIT_RECORD, Fitted, skipped, trained
from tests.segments.customers import RULES

PARTS = ["train", "calibration", "test"]


def part(name: str) -> pd.DataFrame:
    return trained().margins[trained().margins["part"] == name].reset_index(drop=True)


def evaluate(
    fitted: Fitted | None = None,
    margins: pd.DataFrame | None = None,
    costs: CostMatrix | None = None,
    seed: int = 7,
    **settings: float,
) -> dict:
    found = fitted or trained()
    chosen = EvaluationSettings.model_validate({"bootstrap_draws": 20, **settings})
    rows = found.margins if margins is None else margins
    given = (found.booster, found.calibrator, rows, found.context, chosen, costs or CostMatrix(), RULES, seed)
    return evaluation_nodes.evaluate_model(*given)[0]


class TestNumbers:
    def test_every_part_is_measured(self):
        assert trained().metrics["status"] == "trained"
        for name in PARTS:
            measured, rows = trained().metrics[name], part(name)
            assert set(measured) == set(PartMetrics.model_fields)
            assert measured["rows"] == len(rows)
            assert measured["base_rate"] == pytest.approx(rows["target"].mean())
            assert 0.7 < measured["roc_auc"] < 0.9
        assert 0 < trained().metrics["threshold"] < 1

    def test_what_calibration_costs_is_the_raw_auc_minus_the_calibrated_one(self):
        rows = trained().predictions.query("part == 'test'")
        raw, calibrated = (roc_auc_score(rows["target"], rows[score]) for score in ("margin", "probability"))
        assert trained().metrics["calibration_cost"] == pytest.approx(raw - calibrated, abs=1e-15)
        plateau = {"method": "isotonic", "n": 100, "n_positive": 20, "margin_thresholds": [0.0, 1.0],
                   "probability_thresholds": [0.2, 0.2]}  # fmt: skip
        flat = Fitted(**{**vars(trained()), "calibrator": plateau})
        assert evaluate(flat)["calibration_cost"] == pytest.approx(trained().metrics["test"]["roc_auc"] - 0.5)

    def test_the_test_part_has_intervals_around_its_metrics(self):
        found = evaluate(bootstrap_draws=100)
        intervals = found["intervals"]
        assert (intervals.pop("draws"), intervals.pop("level")) == (100, 0.95)
        assert set(intervals) == set(PartMetrics.model_fields) - {"rows"}
        for name in ("base_rate", "roc_auc", "gini", "pr_auc", "brier", "log_loss", "lift_top_decile"):
            assert intervals[name]["lower"] < found["test"][name] < intervals[name]["upper"], name

    def test_the_seed_decides_the_draws_and_no_draws_mean_no_intervals(self):
        assert evaluate() == evaluate()
        assert evaluate()["intervals"] != evaluate(seed=8)["intervals"]
        assert evaluate(bootstrap_draws=0)["intervals"] is None

    def test_the_order_of_the_context_has_no_say(self):
        shuffled = Fitted(**{**vars(trained()), "context": trained().context.sample(frac=1, random_state=1)})
        assert evaluate(shuffled) == evaluate()

    def test_predictions_keep_margin_and_probability_of_every_row(self):
        predictions = trained().predictions
        expected = Calibrator.model_validate(trained().calibrator).apply(predictions["margin"])
        np.testing.assert_array_equal(predictions["probability"], expected)
        assert len(predictions) == 4_000


class TestCosts:
    def test_dearer_misses_lower_the_threshold(self):
        thresholds = [evaluate(cost_false_negative=cost)["threshold"] for cost in (20, 5, 1)]
        assert thresholds == sorted(thresholds)
        assert len(set(thresholds)) == 3

    def test_a_tariff_may_have_costs_of_its_own(self):
        own = evaluate(costs=CostMatrix(false_negative=20))
        assert own["threshold"] == evaluate(cost_false_negative=20)["threshold"]
        assert own["decision"]["costs"] == {
            "false_negative": 20.0, "false_positive": 1.0, "true_positive": 0.0, "true_negative": 0.0,
        }  # fmt: skip

    def test_only_what_a_wrong_decision_costs_more_moves_the_threshold(self):
        plain = evaluate(costs=CostMatrix(false_negative=4))
        shifted = evaluate(costs=CostMatrix(false_negative=6, true_positive=2, false_positive=1.5, true_negative=0.5))
        assert shifted["threshold"] == plain["threshold"]
        assert shifted["decision"]["cost_per_row"] > plain["decision"]["cost_per_row"]

    def test_the_decision_counts_every_row_of_the_test_part(self):
        decision = trained().metrics["decision"]
        assert decision["found"] + decision["missed"] + decision["in_vain"] + decision["left_alone"] == 1_000
        assert decision["found"] + decision["missed"] == part("test")["target"].sum()
        cost = (5 * decision["missed"] + decision["in_vain"]) / 1_000
        assert decision["cost_per_row"] == pytest.approx(cost)
        assert cost < min(decision["cost_per_row_nobody_treated"], decision["cost_per_row_everybody_treated"])


class TestDegenerateTestPart:
    @pytest.mark.parametrize("query", ["part != 'test'", "part != 'test' or target == 0"])
    def test_what_needs_two_classes_is_null_or_empty_and_its_figures_say_why(self, query):
        margins = trained().margins.query(query)
        metrics = evaluate(margins=margins)
        assert metrics["test"]["rows"] == (margins["part"] == "test").sum()
        assert (metrics["test"]["roc_auc"], metrics["calibration_cost"], metrics["intervals"]) == (None, None, None)
        assert metrics["deciles"] == []
        json.dumps(metrics, allow_nan=False)
        predictions = trained().predictions.loc[margins.index]
        drawn = evaluation_nodes.plot_evaluation(trained().booster, predictions, metrics)
        said = [
            "both paid and unpaid" in " ".join(text.get_text() for text in figure.texts) for figure in drawn.values()
        ]
        assert said == [False, False, True, True, True, False]

    def test_without_rows_there_is_no_cost(self):
        assert evaluate(margins=trained().margins.query("part != 'test'"))["decision"]["cost_per_row"] is None


class TestTables:
    def test_they_are_those_of_the_evaluation(self):
        tables = evaluation_nodes.tabulate_evaluation(trained().metrics)
        assert list(tables) == ["deciles", "reliability", "segments", "fairness"]
        deciles, reliability, segments, fairness = tables.values()
        assert deciles["rows"].tolist() == [100] * 10
        assert reliability["rows"].sum() == 1_000
        assert segments.groupby("dimension")["rows"].sum().to_dict() == {
            "region": 1_000, "stratum_class": 1_000, "standing": 1_000,
        }  # fmt: skip
        assert deciles.to_dict(orient="records") == trained().metrics["deciles"]
        groups = fairness[["dimension", "value", "rows"]].itertuples(index=False, name=None)
        judged = segments[segments["dimension"] != "standing"]
        assert list(groups) == list(judged[["dimension", "value", "rows"]].itertuples(index=False, name=None))

    def test_without_a_model_they_have_columns_and_no_rows(self):
        for table in evaluation_nodes.tabulate_evaluation(skipped().metrics).values():
            assert table.empty
            assert len(table.columns) > 5


class TestFigures:
    def test_there_are_six_of_them(self):
        drawn = evaluation_nodes.plot_evaluation(trained().booster, trained().predictions, trained().metrics)
        assert [figure.axes[0].get_title(loc="left") for figure in drawn.values()] == [
            "ROC curve", "Precision and recall", "Reliability", "Gains and lift", "Score distribution",
            "Feature importance",
        ]  # fmt: skip

    def test_without_a_model_each_says_why(self):
        drawn = evaluation_nodes.plot_evaluation(skipped().booster, skipped().predictions, skipped().metrics)
        assert len(drawn) == 6
        for figure in drawn.values():
            said = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
            assert "No model: the training part has one class" in said


class TestReport:
    def test_without_a_model_status_and_reason_stand_in_its_place(self):
        reason = "the training part has one class only: every target is 0"
        assert skipped().metrics == {"status": "skipped", "reason": reason}
        assert skipped().predictions["probability"].isna().all()
        assert len(skipped().predictions) == 200

    def test_it_names_the_model(self):
        for fitted in (trained(), skipped()):
            report = evaluation_nodes.report_evaluation(fitted.metrics, SPLIT_RECORD, fitted.model)
            assert report == {**fitted.metrics, "split": SPLIT_RECORD, "model_version": fitted.model.version}
            json.dumps(report, allow_nan=False)
