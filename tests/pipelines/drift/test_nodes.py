"""What a month is measured against, what the gate makes of it, and that no customer is in a profile."""

import logging
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from segmentation_model.columns import Columns
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.profile_file import profile_to_bytes
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.errors import DriftGateError, InputError
from segmentation_model.model.baseline import Baseline
from segmentation_model.pipelines.drift.nodes import apply_gate, check_drift, profile_reference
from segmentation_model.pipelines.drift.params import GateSettings
from tests.drift.builders import at_least
from tests.model.artifacts import context_of, features, skipped, trained, without_rows
from tests.segments.customers import RULES

COLUMNS = Columns.model_validate(
    {
        "use": "small",
        "layouts": {"small": {"roles": {"customer_id": "id"}, "monthly": {"late": {"columns": ["late_1", "late_2"]}}}},
    }
)
TRAIN, NONE = Baseline("train"), Baseline("none")
NOBODY = features(1, 1).iloc[:0]


def check(
    current: pd.DataFrame,
    baseline: Baseline = TRAIN,
    *,
    reference: ReferenceProfile | None = None,
    industrial: pd.DataFrame = NOBODY,
    fail_on_drift: Any = False,
    context: pd.DataFrame | None = None,
) -> tuple[dict[str, Any], dict[str, Any], str, pd.DataFrame, dict[str, Any]]:
    """Domestic rows against the trained tariff, Industrial ones against a tariff without rows."""
    contexts = [context_of(current) if context is None else context, context_of(industrial, "Industrial")]
    earlier = Baseline("artifact", without_rows().model) if baseline.kind == "artifact" else baseline
    return check_drift(
        reference or trained().reference,
        without_rows().reference,
        baseline,
        earlier,
        current,
        industrial,
        pd.concat(contexts, ignore_index=True),
        "2026-07-26",
        COLUMNS,
        DriftSettings(),
        GateSettings(fail_on_drift=fail_on_drift),
        RULES,
    )


def signals(report: dict[str, Any], tariff: str = "Domestic") -> dict[str, dict[str, Any]]:
    return {signal["signal"]: signal for signal in report["tariffs"][tariff]["prediction"]}


QUIET = features(1_500, 31)
SHIFTED = features(1_500, 31, shift=1.0)
EARLIER = Baseline("artifact", trained().model)


class TestProfile:
    def test_it_holds_the_chosen_features_and_the_shares_that_no_score_decides(self):
        profile = trained().reference
        assert (profile.rows, list(profile.columns)) == (1_500, ["late", "noise", "channel"])
        assert {name: (share.count, share.rows) for name, share in profile.shares.items()} == {
            "Cliente Nuevo": (150, 1_500),
            "Incorriente": (75, 1_500),
        }
        assert profile.prediction is None

    def test_an_overdue_customer_who_is_new_counts_as_overdue(self):
        context = context_of(trained().train).assign(tenure_months=3.0)
        profile = profile_reference(trained().train, trained().spec, context, ProfileSettings(), RULES)
        assert {name: share.count for name, share in profile.shares.items()} == {
            "Cliente Nuevo": 1_425,
            "Incorriente": 75,
        }

    def test_no_customer_is_in_it(self):
        stored = b"".join(profile_to_bytes(trained().reference))
        assert not any(customer.encode() in stored for customer in trained().train["customer_id"])


class TestBaselineTrain:
    def test_features_and_shares_are_judged_and_predictions_are_not(self):
        report, summary, text, table, verdict = check(QUIET)
        assert (summary["status"], summary["severity"], verdict["status"]) == ("clean", "none", "clean")
        assert set(signals(report)) == {"share: Cliente Nuevo", "share: Incorriente"}
        assert summary["prediction_severity"] == "not_measured"
        assert set(table["column"]) >= {"late", "noise", "channel"}
        assert "Domestic" in text

    def test_the_models_scores_in_the_profile_are_left_out_so_that_training_and_scoring_say_the_same(self):
        with_scores = check(SHIFTED, reference=trained().profile)
        for one, other in zip(check(SHIFTED)[:3], with_scores[:3], strict=True):
            assert one == other

    def test_every_feature_weighs_the_same(self):
        domestic = check(SHIFTED)[0]["tariffs"]["Domestic"]
        assert at_least(domestic["severity"], "high")
        assert domestic["verdict"]["weight_at_or_above"]["high"] == pytest.approx(1 / 3)

    def test_moved_shares_drift_without_any_feature(self):
        context = context_of(QUIET).assign(overdue_invoices=[1.0, 0.0, 0.0] * 500)
        report = check(QUIET, context=context)[0]
        assert at_least(signals(report)["share: Incorriente"]["severity"], "high")
        assert at_least(report["severity"], "high")

    def test_the_execution_date_is_that_of_the_rows(self):
        report, summary, *_ = check(QUIET)
        assert report["execution_date"] == summary["execution_date"] == "2026-07-26"

    def test_columns_of_a_monthly_family_are_one_line(self):
        train = trained().train.assign(late_1=trained().train["late"], late_2=-trained().train["late"])
        spec = {"features": [{"name": name, "kind": "numeric"} for name in ("late_1", "late_2", "noise")]}
        profile = profile_reference(train, spec, trained().context, ProfileSettings(), RULES)
        current = QUIET.assign(late_1=QUIET["late"], late_2=-QUIET["late"])
        table = check(current, reference=profile)[3]
        families = dict(zip(table["column"], table["family"].fillna("none"), strict=True))
        assert (families["late_1"], families["late_2"], families["noise"]) == ("late", "late", "none")


class TestBaselineArtifact:
    def test_the_earlier_models_scores_of_the_month_are_judged(self):
        report, summary, *_ = check(QUIET, EARLIER)
        assert summary["prediction_severity"] == "none"
        assert set(signals(report)) >= {"margin_psi", "margin_ks", "category_shares_psi", "mean_probability"}
        report, summary, *_ = check(SHIFTED, EARLIER)
        assert at_least(signals(report)["margin_psi"]["severity"], "moderate")
        assert at_least(summary["prediction_severity"], "moderate")

    def test_its_gains_weigh_the_features(self):
        gain = trained().booster.record["gain"]
        weight = check(SHIFTED, EARLIER)[0]["tariffs"]["Domestic"]["verdict"]["weight_at_or_above"]["high"]
        assert weight == pytest.approx(gain["late"] / sum(gain.values()))
        assert weight > 0.8

    def test_its_profile_and_not_this_runs_is_the_reference(self):
        assert check(QUIET, EARLIER, reference=without_rows().reference)[1]["severity"] == "none"
        assert check(QUIET, TRAIN, reference=without_rows().reference)[1]["severity"] == "not_measured"

    def test_a_skipped_model_is_a_baseline_of_features_only(self):
        report, summary, *_ = check(SHIFTED, Baseline("artifact", skipped().model))
        assert summary["prediction_severity"] == "not_measured"
        assert at_least(report["severity"], "moderate")

    def test_a_feature_that_the_table_lost_is_a_finding_and_no_error(self, caplog: pytest.LogCaptureFixture):
        own = trained().reference
        own = replace(own, columns={name: column for name, column in own.columns.items() if name != "late"})
        with caplog.at_level(logging.WARNING):
            report, summary, *_ = check(QUIET.drop(columns="late"), EARLIER, reference=own)
        assert "The scores of the baseline's model are not judged: current_customers: the model needs" in caplog.text
        assert summary["prediction_severity"] == "not_measured"
        lost = next(column for column in report["tariffs"]["Domestic"]["columns"] if column["column"] == "late")
        assert (lost["status"], lost["reason"]) == ("not_compared", "absent from the current table")


@pytest.mark.parametrize("baseline", [Baseline("train"), EARLIER, NONE], ids=lambda baseline: baseline.kind)
def test_a_feature_of_the_models_that_score_is_missed_before_anything_is_reported(baseline: Baseline):
    with pytest.raises(InputError, match="current_customers: the model needs the features 'late'"):
        check(QUIET.drop(columns="late"), baseline)


class TestNoMeasurement:
    def test_without_a_baseline_the_check_is_skipped_and_says_so(self):
        _, summary, text, table, verdict = check(SHIFTED, NONE, fail_on_drift=True)
        assert (summary["status"], summary["exit_code"], summary["max_psi"]) == ("skipped", 0, None)
        assert verdict["status"] == "skipped"
        assert "no baseline is given (baseline_profile is empty)" in text
        assert table.empty
        assert apply_gate(verdict, GateSettings(fail_on_drift=True)) == verdict

    def test_a_tariff_without_rows_is_skipped(self):
        report, summary, *_ = check(QUIET)
        assert summary["tariffs"]["Industrial"]["status"] == "skipped"
        assert "the tariff has no rows" in report["tariffs"]["Industrial"]["reason"]
        assert summary["status"] == "clean"

    def test_rows_of_a_tariff_that_the_reference_has_not_cannot_be_measured(self):
        summary = check(QUIET, industrial=features(50, 33))[1]
        assert summary["tariffs"]["Industrial"]["status"] == "not_measured"
        assert summary["tariffs"]["Industrial"]["severity"] == "not_measured"

    def test_a_tariff_that_vanished_cannot_be_measured(self):
        summary = check(NOBODY, EARLIER, industrial=features(50, 33))[1]
        assert summary["tariffs"]["Domestic"]["status"] == "not_measured"


class TestGate:
    def verdict(self) -> dict[str, Any]:
        return check(SHIFTED, fail_on_drift=True)[4]

    def test_a_tripped_gate_ends_the_run_with_one_line(self):
        with pytest.raises(DriftGateError, match=r"drift gate tripped .* Domestic is high") as caught:
            apply_gate(self.verdict(), GateSettings(fail_on_drift=True))
        assert "\n" not in caught.value.message
        assert caught.value.message.endswith("see 08_reporting/drift_report.txt")
        assert caught.value.exit_code == 1

    def test_with_record_the_run_goes_on_and_the_log_says_so(self, caplog: pytest.LogCaptureFixture):
        verdict = self.verdict()
        with caplog.at_level(logging.WARNING):
            assert apply_gate(verdict, GateSettings(fail_on_drift=True, on_trip="record")) == verdict
        assert "the run goes on (drift.gate.on_trip: record)" in caplog.text
        assert verdict["status"] == "tripped"

    @pytest.mark.parametrize(("level", "status"), [(False, "clean"), (True, "tripped"), ("low", "tripped")])
    def test_the_level_decides_what_trips(self, level: Any, status: str):
        assert check(SHIFTED, fail_on_drift=level)[4]["status"] == status

    def test_reports_are_complete_before_anything_stops(self):
        report, summary, text, table, verdict = check(SHIFTED, fail_on_drift=True)
        assert report["status"] == summary["status"] == verdict["status"] == "tripped"
        assert summary["exit_code"] == verdict["exit_code"] == 1
        assert not table.empty
        assert "late" in text
