"""The template of one tariff: from its parts to an artifact, with a model or with the reason why there is none."""

import logging

import numpy as np
import pandas as pd
import pytest

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import CalibrationSettings, Calibrator
from segmentation_model.model.reasons import Explainer
from segmentation_model.model.risk_cutoffs import RiskCategorySettings
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling import nodes
from segmentation_model.segments import is_settled
from tests.batches import score_month
from tests.model.artifacts import (
    COLUMNS,
    FEW_TREES,
    GATE_OPEN,
    INTAKE,
    MINIMUM,
    REASONS,
    as_configured,
    context_of,
    features,
    fit,
    labelled,
    skipped,
    trained,
    without_rows,
)
from tests.segments.customers import RULES

PARTS = ["train", "calibration", "test"]


def part(name: str) -> pd.DataFrame:
    return trained().margins[trained().margins["part"] == name].reset_index(drop=True)


class TestTraining:
    def test_the_record_says_what_the_model_is_made_of(self):
        record = trained().booster.record
        unpaid = int(trained().train["target"].sum())
        assert (record["rows"], record["positives"], record["seed"]) == (1_500, unpaid, 7)
        assert 1 <= record["trees"] <= FEW_TREES.max_trees
        assert list(record["gain"]) == ["late", "noise", "channel"]
        assert max(record["gain"], key=record["gain"].get) == "late"
        assert trained().booster.reason is None

    def test_a_validation_share_of_the_customers_stops_the_trees_early(self):
        def trees(share: float) -> tuple[int, bool]:
            early = {"validation_share": share, "early_stopping_rounds": 5, "min_trees": 1, "max_trees": 150}
            settings = FEW_TREES.model_copy(update=early)
            given = (
                trained().train,
                trained().calibration,
                trained().spec,
                GATE_OPEN,
                as_configured(settings),
                MINIMUM,
                7,
            )
            record = nodes.train_model(*given).record
            return record["trees"], record["stopped_early"]

        assert trees(0.0) == (150, False)
        assert trees(0.3)[0] < 150
        assert trees(0.3)[1]

    def test_a_part_that_is_too_thin_gives_the_reason_instead_of_a_model(self, caplog: pytest.LogCaptureFixture):
        few = pd.concat([trained().calibration.query("target == 0"), trained().calibration.query("target == 1")[:9]])
        with caplog.at_level(logging.WARNING):
            booster = nodes.train_model(
                trained().train, few, trained().spec, GATE_OPEN, as_configured(FEW_TREES), MINIMUM, 7
            )
        assert booster.status == "skipped"
        assert booster.reason == (
            "the calibration part has 9 cases of the rarer class, fewer than 10 (modeling.minimum_cases.calibration)"
        )
        assert f"No model is trained: {booster.reason}" in caplog.text
        assert booster.record["rows"] == 1_500

    def test_a_constraint_that_matches_nothing_is_reported(self, caplog: pytest.LogCaptureFixture):
        settings = FEW_TREES.model_copy(update={"monotone_constraints": {"late": 1, "days_*": 1}, "max_trees": 5})
        with caplog.at_level(logging.WARNING):
            nodes.train_model(
                trained().train, trained().calibration, trained().spec, GATE_OPEN, as_configured(settings), MINIMUM, 7
            )
        assert "monotone_constraints: 'days_*' matches no feature" in caplog.text
        assert "'late'" not in caplog.text

    def test_the_inputs_are_left_as_they_were(self):
        train = labelled(400, 41)
        before = train.copy(deep=True)
        fit(train, labelled(400, 42, "B"), labelled(100, 43, "T"))
        pd.testing.assert_frame_equal(train, before)


class TestMargins:
    def test_every_labelled_row_has_one_in_its_part(self):
        fitted = trained()
        assert fitted.margins["part"].value_counts().to_dict() == {"train": 1_500, "calibration": 1_500, "test": 1_000}
        for name, rows in zip(PARTS, (fitted.train, fitted.calibration, fitted.test), strict=True):
            kept = ["customer_id", "invoice_date", "target"]
            pd.testing.assert_frame_equal(part(name)[kept], rows[kept])
        assert np.isfinite(fitted.margins["margin"]).all()

    def test_it_is_the_boosters(self):
        table = pd.DataFrame(
            {
                "late": trained().test["late"],
                "noise": trained().test["noise"],
                "channel": pd.Categorical(trained().test["channel"], categories=["app", "bank", "shop"]),
            }
        )
        np.testing.assert_array_equal(part("test")["margin"], predict_margin(trained().booster.booster, table))

    def test_without_a_model_there_is_none(self):
        assert skipped().margins["margin"].isna().all()
        assert len(skipped().margins) == 200
        assert without_rows().margins.empty


class TestCalibration:
    def test_it_is_fitted_on_the_calibration_part_alone(self):
        calibrator = Calibrator.model_validate(trained().calibrator)
        target = trained().calibration["target"]
        assert (calibrator.n, calibrator.n_positive) == (1_500, int(target.sum()))
        changed = trained().margins.copy()
        changed.loc[changed["part"] != "calibration", "margin"] = 99.0
        assert nodes.calibrate_model(trained().booster, changed, CalibrationSettings()) == trained().calibrator

    def test_probabilities_add_up_to_the_unpaid_bills_of_that_part(self):
        probability = Calibrator.model_validate(trained().calibrator).apply(part("calibration")["margin"])
        assert probability.sum() == pytest.approx(trained().calibration["target"].sum(), abs=1.5)

    def test_without_a_model_it_is_empty(self):
        assert skipped().calibrator == skipped().cutoffs == {}


class TestCutoffs:
    def test_they_are_quantiles_of_the_settled_customers_of_the_calibration_part(self):
        settled = is_settled(context_of(trained().calibration), RULES)
        expected = np.quantile(part("calibration")["margin"][settled], [0.50, 0.80, 0.95])
        np.testing.assert_allclose(trained().cutoffs["margins"], expected, rtol=1e-12)
        assert trained().cutoffs["n"] == settled.sum() == 1_275

    def test_the_new_and_the_overdue_do_not_move_them(self):
        unsettled = ~is_settled(trained().context, RULES)
        customers = set(trained().context.loc[unsettled, "customer_id"])
        changed = trained().margins.copy()
        changed.loc[changed["customer_id"].isin(customers), "margin"] += 50.0
        settings = RiskCategorySettings()
        found = nodes.freeze_cutoffs(trained().calibrator, changed, trained().context, settings, RULES)
        assert found == trained().cutoffs

    def test_they_say_which_probability_they_stand_for(self):
        calibrator = Calibrator.model_validate(trained().calibrator)
        expected = calibrator.apply(trained().cutoffs["margins"])
        np.testing.assert_array_equal(trained().cutoffs["probabilities"], expected)

    def test_a_category_that_nobody_can_reach_is_reported(self, caplog: pytest.LogCaptureFixture):
        plateau = trained().cutoffs["margins"][1] + 0.1
        tied = trained().margins.assign(margin=trained().margins["margin"].clip(lower=plateau))
        with caplog.at_level(logging.WARNING):
            nodes.freeze_cutoffs(trained().calibrator, tied, trained().context, RiskCategorySettings(), RULES)
        assert "Scores tie so much that no customer can be Riesgo Medio" in caplog.text

    def test_a_calibration_part_without_settled_customers_is_refused(self):
        context = trained().context.assign(tenure_months=3.0)
        with pytest.raises(InputError, match="no row is eligible for the risk cut-offs"):
            nodes.freeze_cutoffs(trained().calibrator, trained().margins, context, RiskCategorySettings(), RULES)


class TestProfile:
    def test_the_scores_are_those_of_the_calibration_part(self):
        prediction = trained().profile.prediction
        assert prediction is not None
        assert prediction.margin.counts.sum() == prediction.probability.rows == 1_500
        expected = Calibrator.model_validate(trained().calibrator).apply(part("calibration")["margin"]).mean()
        assert prediction.probability.mean == pytest.approx(expected)
        assert set(prediction.categories.bins.categories) == set(trained().cutoffs["labels"])

    def test_without_a_model_there_are_none(self):
        assert skipped().profile.prediction is None
        assert skipped().profile is skipped().reference


class TestArtifact:
    def test_it_holds_what_every_node_found(self):
        model = trained().model
        assert (model.status, model.metadata["reason"]) == ("trained", None)
        assert model.calibrator.model_dump(mode="json") == trained().calibrator
        assert model.cutoffs.model_dump(mode="json") == trained().cutoffs
        assert model.metadata["metrics"] == trained().metrics
        assert model.metadata["labelled"] == INTAKE
        assert model.metadata["parameters"]["max_trees"] == FEW_TREES.max_trees
        assert model.metadata["training"] == trained().booster.record
        assert model.features.names == ["late", "noise", "channel"]
        assert model.features.features[2].categories == ("app", "bank", "shop")
        assert {"kedro", "numpy", "pandas", "xgboost"} <= set(model.metadata["libraries"])

    def test_a_skipped_model_is_complete_with_its_reason(self):
        for fitted in (skipped(), without_rows()):
            model = fitted.model
            assert set(model.files) == {"metadata.json", "reference_profile.json", "reference_profile.parquet"}
            assert model.metadata["reason"] == fitted.booster.reason
            assert model.profile.rows == len(fitted.train)

    def test_the_same_data_give_the_same_version(self):
        parts = [rows.copy() for rows in (trained().train, trained().calibration, trained().test)]
        assert dict(fit(*parts).model.files) == dict(trained().model.files)
        assert fit(*parts, seed=8).model.version != trained().model.version


class TestScoring:
    def test_scores_are_those_of_the_labelled_parts(self):
        scored = score_month(trained().model, trained().test.drop(columns="target"))
        expected = trained().predictions.query("part == 'test'").reset_index(drop=True)
        columns = ["customer_id", "margin", "probability"]
        pd.testing.assert_frame_equal(scored[columns], expected[columns])

    def test_scores_come_with_their_reasons_in_words(self):
        table = features(300, 54)
        scored = score_month(trained().model, table)
        reasons = Explainer.of(trained().model, REASONS, COLUMNS.layout).explain(table, scored["margin"].to_numpy())
        pd.testing.assert_frame_equal(scored[reasons.columns], reasons)
        assert scored.loc[scored["margin"].idxmax(), "reason_1"] == "Mora alta (sube el riesgo)"
        assert scored.loc[scored["margin"].idxmin(), "reason_1"] == "Mora (baja el riesgo)"

    def test_further_columns_and_their_order_do_not_matter(self):
        table = features(50, 51)
        shuffled = table.assign(further="x")[["noise", "further", "channel", "invoice_date", "late", "customer_id"]]
        one, other = (score_month(trained().model, rows) for rows in (table, shuffled))
        pd.testing.assert_frame_equal(one, other)

    def test_without_a_model_or_rows_nothing_is_scored(self):
        scored = score_month(skipped().model, features(20, 52))
        assert scored["customer_id"].tolist() == features(20, 52)["customer_id"].tolist()
        assert scored.drop(columns=["customer_id", "reasons_exact", "model_version"]).isna().all(axis=None)
        assert set(scored["model_version"]) == {skipped().model.version}
        nobody = score_month(trained().model, features(20, 52).iloc[:0])
        assert nobody.dtypes.to_dict() == scored.dtypes.to_dict()
        assert nobody.empty

    def test_a_table_that_lacks_a_feature_is_refused_by_name(self):
        with pytest.raises(InputError, match="current_customers: the model needs the features 'late', which the table"):
            score_month(trained().model, features(5, 53).drop(columns="late"))
