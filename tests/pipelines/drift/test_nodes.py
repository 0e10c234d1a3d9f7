"""What a month is measured against, what the gate makes of it, and that no customer is in a profile."""

import html
import logging
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from segmentation_model.columns import Columns
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile
from segmentation_model.drift.reference.profile_file import profile_to_bytes, store_profile
from segmentation_model.drift.settings import DriftSettings, ProfileSettings, WindowSettings
from segmentation_model.errors import ConfigurationError, DriftGateError, InputError
from segmentation_model.model.baseline import Baseline
from segmentation_model.pipelines.drift.nodes import (
    apply_gate,
    check_drift,
    check_windows,
    profile_current,
    profile_reference,
)
from segmentation_model.pipelines.drift.params import GateSettings
from segmentation_model.pipelines.feature_engineering.canonical import canonicalise
from segmentation_model.pipelines.modeling.params import FeatureSelectionSettings
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from segmentation_model.pipelines.synthetic_data.tables import current_table, labelled_table
from tests.batches import batches, score_month
from tests.drift.builders import at_least
from tests.model.artifacts import (
    context_of,
    features,
    fit,
    labelled,
    skipped,
    trained,
    without_rows,
)
from tests.segments.customers import RULES

COLUMNS = Columns.model_validate(
    {
        "use": "small",
        "layouts": {"small": {"roles": {"customer_id": "id"}, "monthly": {"late": {"columns": ["late_1", "late_2"]}}}},
    }
)
TRAIN, NONE = Baseline("train"), Baseline("none")
NOBODY = features(1, 1).iloc[:0]


class Checked(NamedTuple):
    """What the check gives."""

    report: dict[str, Any]
    summary: dict[str, Any]
    text: str
    columns: pd.DataFrame
    verdict: dict[str, Any]
    html: str
    metrics: dict[str, float]


def check(
    current: pd.DataFrame,
    baseline: Baseline = TRAIN,
    *,
    reference: ReferenceProfile | None = None,
    industrial: pd.DataFrame = NOBODY,
    fail_on_drift: Any = False,
    context: pd.DataFrame | None = None,
    industrial_baseline: Baseline | None = None,
    tariffs: str = "both",
) -> Checked:
    """Domestic rows against the trained tariff, Industrial ones against a tariff without rows."""
    contexts = [context_of(current) if context is None else context, context_of(industrial, "Industrial")]
    earlier = Baseline("artifact", without_rows().model) if baseline.kind == "artifact" else baseline
    outputs = check_drift(
        reference or trained().reference,
        without_rows().reference,
        baseline,
        industrial_baseline or earlier,
        batches(current),
        batches(industrial),
        batches(pd.concat(contexts, ignore_index=True)),
        {"tariffs": tariffs},
        "2026-07-26",
        COLUMNS,
        DriftSettings(),
        GateSettings(fail_on_drift=fail_on_drift),
        RULES,
    )
    return Checked(**outputs)


def signals(report: dict[str, Any], tariff: str = "Domestic") -> dict[str, dict[str, Any]]:
    return {signal["signal"]: signal for signal in report["tariffs"][tariff]["prediction"]}


def month_profile(reference: ReferenceProfile, current: pd.DataFrame, execution_date: str) -> ReferenceProfile:
    """The profile of a month of Domestic rows; the other tariff has none."""
    given = (batches(current), batches(NOBODY), batches(context_of(current)))
    profiles = profile_current(reference, without_rows().reference, *given, execution_date, {"status": "clean"}, RULES)
    assert profiles[1].rows == 0
    return profiles[0]


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

    def test_it_remembers_its_tariff_and_months(self):
        train = trained().train.assign(
            invoice_date=np.resize(np.array(["2026-06-05", "2026-05-31", "NaT"], "datetime64[s]"), len(trained().train))
        )
        context = context_of(train).assign(invoice_date=train["invoice_date"])
        profile = profile_reference(train, trained().spec, context, ProfileSettings(), RULES)
        assert profile.about == {"tariff": "Domestic", "months": "2026-05, 2026-06"}
        assert without_rows().reference.about == {"tariff": "", "months": ""}


class TestProfileOfTheMonth:
    def of(self, current: pd.DataFrame, reference: ReferenceProfile | None = None) -> ReferenceProfile:
        return month_profile(reference or trained().profile, current, "2026-07-26")

    def test_it_holds_the_models_features_of_the_month_frozen_anew(self):
        profile = self.of(SHIFTED)
        assert (profile.rows, list(profile.columns)) == (1_500, ["late", "noise", "channel"])
        assert profile.about == {"tariff": "Domestic", "month": "2026-07"}
        assert {name: share.count for name, share in profile.shares.items()} == {
            "Cliente Nuevo": 150,
            "Incorriente": 75,
        }
        assert profile.prediction is None
        own = build_profile(SHIFTED[["late", "noise", "channel"]], ProfileSettings())
        assert store_profile(profile).table.equals(store_profile(own).table)

    def test_it_is_frozen_as_the_models_profile_was(self):
        reference = replace(trained().profile, settings=ProfileSettings(bins=4, grid_size=50))
        assert self.of(QUIET, reference).settings == reference.settings

    def test_it_is_the_same_in_training_and_in_scoring(self):
        assert profile_to_bytes(self.of(QUIET, trained().reference)) == profile_to_bytes(self.of(QUIET))

    def test_no_customer_is_in_it(self):
        stored = b"".join(profile_to_bytes(self.of(QUIET)))
        assert not any(customer.encode() in stored for customer in QUIET["customer_id"])

    def test_a_tariff_without_rows_has_one_without_rows(self):
        assert self.of(NOBODY).rows == 0
        assert self.of(NOBODY).about["month"] == "2026-07"


class TestBaselineTrain:
    def test_features_and_shares_are_judged_and_predictions_are_not(self):
        report, summary, text, table, verdict, *_ = check(QUIET)
        assert (summary["status"], summary["severity"], verdict["status"]) == ("clean", "none", "clean")
        assert set(signals(report)) == {"share: Cliente Nuevo", "share: Incorriente"}
        assert summary["prediction_severity"] == "not_measured"
        assert set(table["column"]) >= {"late", "noise", "channel"}
        assert "Domestic" in text

    def test_the_models_scores_in_the_profile_are_left_out_so_that_training_and_scoring_say_the_same(self):
        with_scores = check(SHIFTED, reference=trained().profile)
        for name in ("report", "summary", "text", "verdict", "html", "metrics"):
            assert getattr(check(SHIFTED), name) == getattr(with_scores, name), name

    @pytest.mark.parametrize(
        ("current", "fail_on_drift", "level"),
        [(QUIET, False, "INFO"), (SHIFTED, False, "WARNING"), (SHIFTED, "low", "INFO")],
        ids=["no drift", "drift", "drift that the gate will tell"],
    )
    def test_drift_that_passes_the_gate_is_one_warning(
        self, current: pd.DataFrame, fail_on_drift: Any, level: str, caplog: pytest.LogCaptureFixture
    ):
        with caplog.at_level(logging.INFO):
            message = check(current, fail_on_drift=fail_on_drift).verdict["message"]
        assert [record.levelname for record in caplog.records if record.getMessage() == message] == [level]
        assert [record.levelname for record in caplog.records].count("WARNING") == (level == "WARNING")

    def test_every_feature_weighs_the_same(self):
        domestic = check(SHIFTED).report["tariffs"]["Domestic"]
        assert at_least(domestic["severity"], "high")
        assert domestic["verdict"]["weight_at_or_above"]["high"] == pytest.approx(1 / 3)

    def test_moved_shares_drift_without_any_feature(self):
        context = context_of(QUIET).assign(overdue_invoices=[1.0, 0.0, 0.0] * 500)
        report = check(QUIET, context=context).report
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
        table = check(current, reference=profile).columns
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
        weight = check(SHIFTED, EARLIER).report["tariffs"]["Domestic"]["verdict"]["weight_at_or_above"]["high"]
        assert weight == pytest.approx(gain["late"] / sum(gain.values()))
        assert weight > 0.8

    def test_its_profile_and_not_this_runs_is_the_reference(self):
        assert check(QUIET, EARLIER, reference=without_rows().reference).summary["severity"] == "none"
        assert check(QUIET, TRAIN, reference=without_rows().reference).summary["severity"] == "not_measured"

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


class TestBaselineProfile:
    def test_a_profile_without_a_model_is_the_reference_with_equal_weights(self):
        alone = Baseline("profile", profile=trained().profile)
        checked = check(SHIFTED, alone, reference=without_rows().reference, industrial_baseline=NONE)
        domestic = checked.report["tariffs"]["Domestic"]
        assert domestic["verdict"]["weight_at_or_above"]["high"] == pytest.approx(1 / 3)
        assert checked.summary["prediction_severity"] == "not_measured"
        assert domestic["columns"] == check(SHIFTED).report["tariffs"]["Domestic"]["columns"]


class TestBaselineByMonth:
    """Every winter is alike: measured against last winter nothing drifts, against the training months all does."""

    def months(self, *there: str) -> Baseline:
        def read(month: str) -> Baseline:
            return Baseline("profile", profile=month_profile(trained().profile, SHIFTED, f"{month}-26"))

        return Baseline("months", months={month: partial(read, month) for month in there})

    def test_the_same_month_of_last_year_is_the_reference(self):
        winter = features(1_500, 41, shift=1.0)
        assert at_least(check(winter).summary["severity"], "moderate")
        seasonal = check(winter, self.months("2025-06", "2025-07", "2026-06"), industrial_baseline=NONE)
        assert (seasonal.summary["status"], seasonal.summary["severity"]) == ("clean", "none")

    def test_no_other_month_is_read(self):
        def unread() -> Baseline:
            raise AssertionError

        months = {"2025-06": unread, **self.months("2025-07").months, "2026-06": unread}
        assert check(QUIET, Baseline("months", months=months)).report["tariffs"]["Domestic"]["status"] == "clean"

    def test_a_month_that_was_not_kept_is_an_error_that_names_those_that_were(self):
        with pytest.raises(ConfigurationError, match=r"no profile of '2025-07', .* there are: '2025-08', '2026-06'"):
            check(QUIET, self.months("2026-06", "2025-08"))


class TestWindows:
    COLUMNS = Columns.model_validate(
        {
            "use": "standard",
            "layouts": {
                "standard": {
                    "roles": {"customer_id": "Id_Cliente", "invoice_date": "Fecha_Factura"},
                    "monthly": {
                        "invoice_amount": {"pattern": "Importe_Factura_{m:02d}", "months": 24},
                        "days_billed": {"pattern": "Dias_Facturados_{m:02d}", "months": 24},
                    },
                }
            },
        }
    )

    def canonical(self, table: pa.RecordBatchReader) -> pd.DataFrame:
        return canonicalise(table.read_all().to_pandas(), self.COLUMNS.layout, with_target=False).frame

    @pytest.mark.parametrize("months_until_current", [1, 3])
    def test_of_the_synthetic_tables_have_rolled(self, months_until_current: int, caplog: pytest.LogCaptureFixture):
        params = SyntheticDataParams(rows=600, months_until_current=months_until_current, threads=1)
        labelled, current = (self.canonical(make(params)) for make in (labelled_table, current_table))
        with caplog.at_level(logging.INFO):
            check = check_windows(labelled, batches(current), self.COLUMNS, WindowSettings())
        assert [(family["status"], family["matching"]) for family in check["families"]] == [("rolled", 1.0)] * 2
        assert {family["expected_shift"] for family in check["families"]} == {months_until_current}
        assert [record.levelname for record in caplog.records] == ["INFO"]
        assert "2 of 2 monthly families rolled as they should" in caplog.text

    def test_that_did_not_roll_are_named_by_a_warning_each(self, caplog: pytest.LogCaptureFixture):
        params = SyntheticDataParams(rows=600, threads=1)
        labelled = self.canonical(labelled_table(params))
        newest = labelled[labelled["invoice_date"].dt.month == 6]
        stale = newest.assign(invoice_date=newest["invoice_date"] + pd.DateOffset(months=1))
        with caplog.at_level(logging.INFO):
            check = check_windows(labelled, batches(stale), self.COLUMNS, WindowSettings())
        assert check["mis_rolled"] == 2
        assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
        assert "'invoice_amount' looks not rolled: month 01 repeats last month's 01 for 100 %" in caplog.text

    def test_without_a_current_table_are_not_checked_and_it_says_why(self, caplog: pytest.LogCaptureFixture):
        with caplog.at_level(logging.INFO):
            check = check_windows(
                pd.DataFrame({"customer_id": ["a"]}), batches(pd.DataFrame()), self.COLUMNS, WindowSettings()
            )
        assert (check["status"], check["families"]) == ("not_checked", [])
        assert check["reason"] == "there is no current table: held-out rows of the labelled one are scored"
        assert "The monthly windows are not checked: there is no current table" in caplog.text


@pytest.mark.parametrize("baseline", [Baseline("train"), EARLIER, NONE], ids=lambda baseline: baseline.kind)
def test_a_feature_of_the_models_that_score_is_missed_before_anything_is_reported(baseline: Baseline):
    with pytest.raises(InputError, match="current_customers: the model's profile needs the features 'late'"):
        check(QUIET.drop(columns="late"), baseline)


class TestAModelThatUsesFewerFeaturesThanItsProfileHolds:
    SELECTED = fit(
        labelled(1_500, 1, "A"), labelled(600, 2, "B"), labelled(100, 3, "T"),
        selection=FeatureSelectionSettings(enabled=True, least_gain=1.0),
    )  # fmt: skip
    BASELINE = Baseline("artifact", SELECTED.model)

    def test_every_chosen_feature_is_profiled_and_those_that_were_dropped_are_named(self):
        model = self.SELECTED.model
        assert model.features.names == ["late"]
        assert list(model.profile.columns) == ["late", "noise", "channel"]
        dropped = model.metadata["feature_selection"]["dropped"]
        assert dropped == ["noise", "channel"]
        assert model.features.left_out.keys() == set(dropped)
        assert list(model.metadata["training"]["gain"]) == ["late"]

    def test_what_it_does_not_use_is_reported_and_weighs_nothing(self):
        def verdict_on(current: pd.DataFrame) -> dict[str, Any]:
            return check(current, self.BASELINE).report["tariffs"]["Domestic"]["verdict"]

        moved = verdict_on(QUIET.assign(noise=QUIET["noise"] + 3))
        assert (moved["columns_at"]["high"], moved["weight_at_or_above"]["high"], moved["features"]) == (1, 0, "none")
        late = verdict_on(SHIFTED)
        assert (late["columns_at"]["high"], late["weight_at_or_above"]["high"], late["features"]) == (1, 1, "high")

    def test_its_scores_are_judged_without_the_others(self):
        only_late = check(QUIET.drop(columns=["noise", "channel"]), self.BASELINE, reference=self.of_late())
        assert all(signal["status"] == "measured" for signal in signals(only_late.report).values())

    def of_late(self) -> ReferenceProfile:
        return month_profile(self.SELECTED.model.profile, QUIET.drop(columns=["noise", "channel"]), "2026-07-26")

    def test_it_scores_and_explains_a_month_that_has_its_own_features_only(self):
        month = QUIET[["customer_id", "invoice_date", "late"]]
        scored = score_month(self.SELECTED.model, month)
        pd.testing.assert_frame_equal(scored, score_month(self.SELECTED.model, QUIET))
        assert scored["probability"].notna().all()
        assert set(scored["reason_1"]) == {"Mora alta (sube el riesgo)", "Mora (baja el riesgo)"}


class TestNoMeasurement:
    def test_without_a_baseline_the_check_is_skipped_and_says_so(self):
        _, summary, text, table, verdict, *_ = check(SHIFTED, NONE, fail_on_drift=True)
        assert (summary["status"], summary["exit_code"], summary["max_psi"]) == ("skipped", 0, None)
        assert verdict["status"] == "skipped"
        assert "no baseline is given (baseline_profile is empty)" in text
        assert table.empty
        assert apply_gate(verdict, GateSettings(fail_on_drift=True)) == verdict

    def test_a_tariff_that_was_not_asked_for_is_skipped_whatever_the_baseline_has(self):
        summary = check(QUIET, industrial_baseline=Baseline("artifact", trained().model), tariffs="Domestic").summary
        assert (summary["status"], summary["tariffs"]["Industrial"]["status"]) == ("clean", "skipped")
        assert summary["tariffs"]["Industrial"]["severity"] == "not_measured"

    def test_a_tariff_without_rows_is_skipped(self):
        report, summary, *_ = check(QUIET)
        assert summary["tariffs"]["Industrial"]["status"] == "skipped"
        assert "the tariff has no rows" in report["tariffs"]["Industrial"]["reason"]
        assert summary["status"] == "clean"

    def test_rows_of_a_tariff_that_the_reference_has_not_cannot_be_measured(self):
        summary = check(QUIET, industrial=features(50, 33)).summary
        assert summary["tariffs"]["Industrial"]["status"] == "not_measured"
        assert summary["tariffs"]["Industrial"]["severity"] == "not_measured"

    def test_a_tariff_that_vanished_cannot_be_measured(self):
        summary = check(NOBODY, EARLIER, industrial=features(50, 33)).summary
        assert summary["tariffs"]["Domestic"]["status"] == "not_measured"


class TestGate:
    def verdict(self) -> dict[str, Any]:
        return check(SHIFTED, fail_on_drift=True).verdict

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
        assert check(SHIFTED, fail_on_drift=level).verdict["status"] == status

    def test_reports_are_complete_before_anything_stops(self):
        report, summary, text, table, verdict, *_ = check(SHIFTED, fail_on_drift=True)
        assert report["status"] == summary["status"] == verdict["status"] == "tripped"
        assert summary["exit_code"] == verdict["exit_code"] == 1
        assert not table.empty
        assert "late" in text

    def test_the_page_and_the_metrics_tell_the_same(self):
        checked = check(SHIFTED, fail_on_drift=True)
        assert checked.html.startswith("<!doctype html>")
        assert checked.verdict["message"] in html.unescape(checked.html)
        assert checked.metrics["exit_code"] == 1
        assert checked.metrics["max_psi"] == pytest.approx(checked.summary["max_psi"])
