"""What people act on: the reports of one date."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from segmentation_model.drift.settings import DriftSettings
from segmentation_model.errors import SegmentationError
from segmentation_model.logging.run_record import RunRecord
from segmentation_model.money import to_cents
from segmentation_model.pipelines.clustering.nodes import assign_segments
from segmentation_model.pipelines.reporting import nodes
from segmentation_model.pipelines.reporting.params import ReportingSettings
from segmentation_model.table_batches import TableBatches
from tests.batches import batches, score_month
from tests.drift.builders import at_least
from tests.model.artifacts import (
    INTAKE,
    context_of,
    features,
    skipped,
    trained,
    without_rows,
)
from tests.segments.customers import RULES

DATE = "2026-07-26"
CUSTOMERS = features(400, 21)
CONTEXT = context_of(CUSTOMERS)
GIVEN = {"present": True, "rows": 402, "hash": "beef"}
REJECTED = pd.DataFrame({"file_row": [7, 9], "invoice_amount": [12.5, np.nan], "reason": ["no id", "no date"]})


@cache
def scored() -> pd.DataFrame:
    return score_month(trained().model, CUSTOMERS)


@cache
def nobody() -> pd.DataFrame:
    return score_month(without_rows().model, CUSTOMERS.iloc[:0])


@cache
def segmented() -> pd.DataFrame:
    given = (batches(CONTEXT), batches(scored()), batches(nobody()))
    return assign_segments(*given, trained().model, without_rows().model, RULES).read()


class TestSegments:
    def report(self, settings: ReportingSettings) -> tuple[dict[str, TableBatches], dict[str, pd.DataFrame]]:
        return nodes.report_customers(batches(segmented()), REJECTED, DATE, settings)

    def test_without_a_wish_all_columns_are_given_but_the_outcome(self):
        ((date, rows),) = self.report(ReportingSettings())[0].items()
        assert date == DATE
        pd.testing.assert_frame_equal(rows.read(), segmented().drop(columns=["reasons_exact", "target"]))

    def test_output_columns_rename_and_order_them_beside_the_partitions(self):
        wanted = {"segment_label": "Segmento", "tariff": "tariff", "customer_id": "Cliente", "probability": "Riesgo"}
        settings = ReportingSettings(output_columns=wanted)
        rows = self.report(settings)[0][DATE].read()
        assert rows.columns.tolist() == ["execution_date", "tariff", "Segmento", "Cliente", "Riesgo"]
        assert rows["Segmento"].tolist() == segmented()["segment_label"].tolist()
        assert rows["Cliente"].tolist() == segmented()["customer_id"].tolist()

    def test_rejected_rows_go_under_the_same_date(self):
        assert self.report(ReportingSettings())[1] == {DATE: REJECTED}


class TestBenchmark:
    def test_a_date_is_compared_with_the_one_before(self):
        now = nodes.total_segments(batches(segmented()), DATE)[DATE]
        earlier = nodes.total_segments(batches(segmented().iloc[:300]), DATE)[DATE]
        stored = pd.concat([earlier.assign(execution_date="2026-06-28"), now.assign(execution_date=DATE)])
        partition, table = nodes.report_benchmark(stored, DATE)
        assert list(partition) == [DATE]
        assert table.columns[0] == "execution_date"
        assert set(table["execution_date"]) == {DATE}
        portfolio = table[table["level"] == "portfolio"].iloc[0]
        assert (portfolio["customers"], portfolio["customers_change"]) == (400, 100)
        assert portfolio["expected_unpaid_amount_sum"] == to_cents(segmented()["expected_unpaid_amount"]).sum() / 100
        pd.testing.assert_frame_equal(partition[DATE][table.columns], table)


class TestPredictionDrift:
    def judge(self, domestic: pd.DataFrame) -> dict[str, Any]:
        models = (trained().model, without_rows().model)
        return nodes.measure_prediction_drift(batches(domestic), batches(nobody()), *models, DriftSettings())

    def test_undrifted_scores_are_stable_against_the_calibration_part(self):
        report = self.judge(score_month(trained().model, trained().test))
        assert (report["Domestic"]["severity"], report["Domestic"]["rows"]) == ("none", 1_000)
        assert [signal["signal"] for signal in report["Domestic"]["signals"]] == [
            "margin_psi", "margin_ks", "category_shares_psi", "mean_probability"
        ]  # fmt: skip

    def test_shifted_scores_drift(self):
        report = self.judge(score_month(trained().model, features(1_000, 22, shift=0.7)))
        assert at_least(report["Domestic"]["severity"], "moderate")

    def test_a_tariff_without_a_model_or_without_rows_is_not_measured(self):
        assert self.judge(scored())["Industrial"] == {"severity": "not_measured", "rows": 0, "signals": []}
        assert self.judge(scored().iloc[:0])["Domestic"]["severity"] == "not_measured"


class TestExpectedPerformance:
    def expect(self, domestic: pd.DataFrame, context: pd.DataFrame, seed: int = 3) -> dict[str, Any]:
        models = (trained().model, without_rows().model)
        return nodes.expect_performance(
            batches(domestic), batches(nobody()), batches(context), *models, ReportingSettings(), seed
        )

    def test_the_held_out_rows_come_to_what_their_scores_promised(self):
        test = trained().test
        rows = score_month(trained().model, test)
        context = test[["customer_id", "target"]].sample(frac=1, random_state=1)
        found = self.expect(rows, context)["Domestic"]
        assert (found["status"], found["reason"], found["rows"]) == ("estimated", None, 1_000)
        assert found["model_version"] == trained().model.version
        assert found["realised"] == {
            "rows": 1_000,
            "default_rate": pytest.approx(test["target"].mean()),
            "roc_auc": pytest.approx(roc_auc_score(test["target"], rows["margin"])),
            "default_rate_in_band": True,
            "roc_auc_in_band": True,
        }
        assert found["reference"] == {key: pytest.approx(found["realised"][key]) for key in found["reference"]}
        assert found["expected_roc_auc"]["low"] < found["expected_roc_auc"]["value"] < found["expected_roc_auc"]["high"]

    def test_a_month_without_outcomes_is_estimated_alone(self):
        found = self.expect(scored(), CONTEXT.assign(target=np.float32("nan")))["Domestic"]
        assert found["status"] == "estimated"
        assert 0 < found["expected_default_rate"]["low"] < found["expected_default_rate"]["high"] < 1
        assert found["realised"] == {
            "rows": 0, "default_rate": None, "roc_auc": None, "default_rate_in_band": None, "roc_auc_in_band": None
        }  # fmt: skip

    def test_outcomes_of_some_rows_are_reported_and_judged_by_no_band(self):
        target = np.where(np.arange(len(CONTEXT)) % 2, np.arange(len(CONTEXT)) % 3 == 0, np.nan)
        found = self.expect(scored(), CONTEXT.assign(target=target))["Domestic"]["realised"]
        assert (found["rows"], found["default_rate"]) == (200, pytest.approx(np.nanmean(target)))
        assert (found["default_rate_in_band"], found["roc_auc_in_band"]) == (None, None)

    def test_outcomes_that_no_score_promised_are_out_of_the_band(self):
        found = self.expect(scored(), CONTEXT.assign(target=np.arange(len(CONTEXT)) % 2.0))["Domestic"]["realised"]
        assert (found["default_rate_in_band"], found["roc_auc_in_band"]) == (False, False)

    def test_more_risk_in_the_features_is_expected_to_cost(self):
        shifted = score_month(trained().model, features(400, 21, shift=0.7))
        rates = [self.expect(rows, CONTEXT)["Domestic"]["expected_default_rate"] for rows in (scored(), shifted)]
        assert rates[1]["value"] > rates[0]["high"]

    def test_a_tariff_without_a_model_or_without_rows_says_why_it_has_no_estimate(self):
        assert self.expect(scored(), CONTEXT)["Industrial"] == {
            "status": "not_estimated",
            "reason": "no model: the training part has no rows",
            "model_version": without_rows().model.version,
            "rows": 0,
        }
        nothing = self.expect(scored().iloc[:0], CONTEXT)["Domestic"]
        assert (nothing["status"], nothing["reason"]) == ("not_estimated", "no rows were scored")

    def test_one_customer_has_an_expected_default_rate_and_a_reason_why_no_auc(self):
        found = self.expect(scored().iloc[:1], CONTEXT)["Domestic"]
        assert (found["status"], found["rows"], found["expected_roc_auc"]) == ("estimated", 1, None)
        assert found["reason"].startswith("no AUC: too few rows")

    def test_equal_seeds_give_equal_reports(self):
        one, again, other = (self.expect(scored(), CONTEXT, seed) for seed in (3, 3, 4))
        assert one == again != other


class TestSummary:
    def summarise(self, intake: dict[str, Any], rows: int = 400) -> dict[str, Any]:
        table = segmented().iloc[:rows]
        _, totals = nodes.report_benchmark(
            nodes.total_segments(batches(table), DATE)[DATE].assign(execution_date=DATE), DATE
        )
        record = RunRecord("run 1", "0.1.0+abc", datetime(2026, 7, 27, tzinfo=UTC), {"a": 1.5})
        rejected = REJECTED if intake["present"] else REJECTED.iloc[:0]
        models = (trained().model, without_rows().model)
        return nodes.summarise_run(
            intake, batches(CONTEXT), rejected, batches(table), totals, DATE, *models, "<p>page", record
        )

    def test_rows_and_amounts_of_the_current_table_are_all_accounted_for(self):
        cents = int(to_cents(CONTEXT["invoice_amount"]).sum())
        summary = self.summarise({**GIVEN, "amount_cents": cents + 1_250})
        assert summary["scored"] == "current_customers"
        assert summary["rows"] == {
            "labelled": INTAKE["rows"],
            "labelled_rejected": INTAKE["rejected"],
            "labelled_without_outcome": INTAKE["without_outcome"],
            "current": 402,
            "segmented": 400,
            "rejected": 2,
        }
        assert summary["amounts"] == {"current": cents / 100 + 12.5, "segmented": cents / 100, "rejected": 12.5}

    def test_it_says_which_models_on_which_data_and_how_long(self):
        cents = int(to_cents(CONTEXT["invoice_amount"]).sum()) + 1_250
        summary = self.summarise({**GIVEN, "amount_cents": cents})
        assert summary["execution_date"] == DATE
        assert summary["tariffs"] == {
            "Domestic": {
                "status": "trained",
                "reason": None,
                "model_version": trained().model.version,
                "customers": 400,
                "approximate_reasons": 0,
            },
            "Industrial": {
                "status": "skipped",
                "reason": "the training part has no rows",
                "model_version": without_rows().model.version,
                "customers": 0,
                "approximate_reasons": 0,
            },
        }
        assert summary["hashes"] == {
            "labelled": INTAKE["hash"],
            "current": "beef",
            "report": hashlib.sha256(b"<p>page").hexdigest(),
        }
        assert (summary["run_id"], summary["code_version"], summary["seconds"]) == ("run 1", "0.1.0+abc", {"a": 1.5})

    def test_without_a_current_table_the_held_out_rows_are_the_whole(self):
        summary = self.summarise({"present": False, "rows": 0, "rejected": 0, "hash": None})
        assert summary["scored"] == "held-out test rows"
        assert summary["rows"]["current"] == summary["rows"]["segmented"] == 400
        assert summary["amounts"]["current"] == to_cents(CONTEXT["invoice_amount"]).sum() / 100

    def test_a_lost_row_or_cent_ends_the_run(self):
        cents = int(to_cents(CONTEXT["invoice_amount"]).sum()) + 1_250
        with pytest.raises(SegmentationError, match="402 current rows, but 399 segmented"):
            self.summarise({**GIVEN, "amount_cents": cents}, rows=399)
        with pytest.raises(SegmentationError, match="reconciliation: the current invoices come to"):
            self.summarise({**GIVEN, "amount_cents": cents + 1})


def test_a_skipped_model_leaves_its_customers_out_of_the_expected_amount():
    scores = score_month(skipped().model, CUSTOMERS)
    given = (batches(CONTEXT), batches(scores), batches(nobody()))
    table = assign_segments(*given, skipped().model, without_rows().model, RULES).read()
    portfolio = nodes.total_segments(batches(table), DATE)[DATE].query("level == 'portfolio'").iloc[0]
    assert portfolio["customers"] == 400
    assert portfolio["expected_unpaid_amount_sum"] == 0
    assert np.isnan(portfolio["probability_mean"])
