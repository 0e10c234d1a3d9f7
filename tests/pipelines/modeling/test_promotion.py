"""When a challenger becomes champion: the rule on made-up scores, and its reasons on small models."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from segmentation_model.model import artifact
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import to_json
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts
from segmentation_model.pipelines.modeling import promotion
from segmentation_model.pipelines.modeling.paired_bootstrap import measure_gain
from segmentation_model.pipelines.modeling.params import PromotionSettings
from segmentation_model.pipelines.modeling.promotion import calibration_gate, gate_of_drift, judge, rows_to_compare
from segmentation_model.pipelines.modeling.promotion_nodes import judge_challenger, register_model
from tests.model.artifacts import fit, labelled, skipped, trained

CLEAN = {"status": "clean", "severity": "none"}
RULE = PromotionSettings(max_ece=0.2)


@cache
def weak() -> ModelArtifact:
    """A model that was trained on wrong values of what decides."""
    table = labelled(1_500, 21, "A")
    shuffled = table.assign(late=np.random.default_rng(22).permutation(table["late"].to_numpy()))
    return fit(shuffled, labelled(1_500, 23, "B"), labelled(1_000, 24, "T")).model


@cache
def retrained() -> ModelArtifact:
    """A model as good as ``trained``, with another seed."""
    return fit(trained().train, trained().calibration, trained().test, seed=8).model


def changed(model: ModelArtifact, **metadata: Any) -> ModelArtifact:
    """The artifact with other metadata, as if it had been trained so."""
    described = {**model.metadata, **metadata}
    described.pop("model_version")
    files = {**model.files, "metadata.json": to_json({**described, "model_version": artifact._version_of(described)})}
    return artifact.check(files, "changed")


def judged(
    challenger: ModelArtifact | None = None,
    champion: ModelArtifact | None = None,
    test: pd.DataFrame | None = None,
    drift: dict[str, str] = CLEAN,
    **rule: Any,
) -> dict[str, Any]:
    settings = RULE.model_copy(update=rule)
    return judge(challenger or trained().model, champion, trained().test if test is None else test, drift, settings, 7)


class TestAnEqualChallenger:
    """Two models of the same quality, each with errors of its own: whatever one gains over the other is chance."""

    def test_is_promoted_in_at_most_five_percent_of_the_cases(self):
        settings = PromotionSettings()
        promoted = 0
        for case in range(300):
            random = np.random.default_rng(case)
            risk = random.normal(size=1_000)
            target = (random.random(1_000) < expit(1.5 * risk - 2.2)).astype(float)
            challenger, champion = (risk + 0.5 * random.normal(size=1_000) for _ in range(2))
            measured = measure_gain(target, challenger, champion, np.arange(1_000), settings.bootstrap_draws, case)
            promoted += measured.gain > promotion.needed_gain(measured.standard_error, settings)
        assert 0 < promoted <= 15

    def test_is_not_promoted_for_a_gain_of_next_to_nothing(self):
        """Where the rows are so many that the standard error says nothing, the least gain decides."""
        assert promotion.needed_gain(0.0001, PromotionSettings()) == 0.002
        assert promotion.needed_gain(0.004, PromotionSettings(standard_errors=1.5)) == 0.006

    def test_that_was_retrained_is_refused_with_the_figures(self):
        decision = judged(retrained(), trained().model)
        assert decision["decision"] == "refuse"
        assert "does not exceed" in decision["reason"]
        comparison = decision["comparison"]
        assert comparison["gain"] == decision["challenger"]["roc_auc"] - decision["champion"]["roc_auc"]
        assert comparison["needed_gain"] == max(0.002, 2 * comparison["standard_error"])
        assert not comparison["exceeded"]


class TestABetterChallenger:
    def test_is_promoted_and_the_reason_says_by_how_much(self):
        decision = judged(trained().model, weak())
        assert decision["decision"] == "promote"
        gain = decision["challenger"]["roc_auc"] - decision["champion"]["roc_auc"]
        assert gain > 0.1
        assert f"the gain of {gain:+.4f} exceeds" in decision["reason"]
        assert decision["challenger"]["model_version"] == trained().model.version
        assert decision["champion"]["model_version"] == weak().version

    def test_is_promoted_nearly_always_where_the_gain_is_four_standard_errors(self):
        settings = PromotionSettings()
        promoted = 0
        for case in range(60):
            random = np.random.default_rng(1_000 + case)
            risk = random.normal(size=2_000)
            target = (random.random(2_000) < expit(1.5 * risk - 2.2)).astype(float)
            challenger, champion = (risk + noise * random.normal(size=2_000) for noise in (0.3, 0.65))
            measured = measure_gain(target, challenger, champion, np.arange(2_000), settings.bootstrap_draws, case)
            promoted += measured.gain > promotion.needed_gain(measured.standard_error, settings)
        assert promoted >= 54

    def test_the_other_way_round_is_refused(self):
        decision = judged(weak(), trained().model)
        assert (decision["decision"], decision["comparison"]["exceeded"]) == ("refuse", False)
        assert decision["comparison"]["gain"] < 0

    def test_is_refused_in_a_month_that_drifted(self):
        decision = judged(trained().model, weak(), drift={"status": "clean", "severity": "high"})
        assert decision["decision"] == "refuse"
        assert decision["reason"] == "the month drifted: severity high, status clean"
        assert decision["comparison"]["exceeded"]

    def test_is_refused_where_its_probabilities_are_wrong(self):
        decision = judged(trained().model, weak(), max_ece=0.0001)
        assert decision["decision"] == "refuse"
        assert decision["reason"].startswith("the calibration error on the test part is 0.0")
        assert not decision["gates"]["calibration"]["passed"]


class TestTheRows:
    def test_are_those_whose_customers_the_champion_was_not_trained_on(self):
        test = trained().test
        split = SplitSettings(train=0.5, calibration=0.2, test=0.3, seed=9)
        champion = changed(weak(), split=split.model_dump(mode="json"))
        rows = rows_to_compare(test, champion)
        in_training = {
            customer
            for customer, part in zip(test["customer_id"], assign_parts(test["customer_id"], split), strict=True)
            if PARTS[part] == "train"
        }
        assert 400 < len(in_training) < 600
        assert set(rows["customer_id"]) == set(test["customer_id"]) - in_training
        decision = judged(trained().model, champion)
        assert decision["comparison"]["rows"] == len(rows)
        assert decision["comparison"]["unpaid"] == rows["target"].sum()

    def test_that_are_too_few_make_no_comparison(self):
        decision = judged(trained().model, weak(), minimum_cases=200)
        assert (decision["decision"], decision["comparison"]) == ("refuse", None)
        assert "in neither model's training part; at least 200 of each outcome are needed" in decision["reason"]

    def test_may_be_none_at_all(self):
        decision = judged(trained().model, weak(), trained().test.iloc[:0])
        assert (decision["decision"], decision["comparison"]) == ("refuse", None)
        assert "0 rows with 0 unpaid bills" in decision["reason"]


class TestAChampionThatCannotBeCompared:
    """The rule does not promote then; a person may."""

    def test_because_the_table_lacks_its_features(self):
        test = trained().test.drop(columns="noise")
        challenger = fit(trained().train.drop(columns="noise"), trained().calibration.drop(columns="noise"), test).model
        decision = judged(challenger, weak(), test)
        assert (decision["decision"], decision["comparison"]) == ("refuse", None)
        assert "cannot be compared" in decision["reason"]
        assert "the model needs the features 'noise', which the table lacks" in decision["reason"]

    def test_because_its_features_were_built_otherwise(self):
        settings = {**weak().metadata["feature_settings"], "pattern_window": 6}
        decision = judged(trained().model, changed(weak(), feature_settings=settings))
        assert decision["decision"] == "refuse"
        assert "its features were built with pattern_window: 6, these with 12" in decision["reason"]

    @pytest.mark.parametrize("split", [None, {"train": -1}, {"seeds": 3}])
    def test_because_it_does_not_say_whom_it_was_trained_on(self, split):
        decision = judged(trained().model, changed(weak(), split=split))
        assert decision["decision"] == "refuse"
        assert "which customers it was trained on" in decision["reason"]


class TestWithoutAComparison:
    def test_the_first_model_becomes_champion(self):
        decision = judged(trained().model, None)
        assert (decision["decision"], decision["champion"]) == ("promote", None)
        assert decision["reason"] == "there is no champion yet, and the gates are open"

    def test_the_first_model_needs_open_gates(self):
        decision = judged(trained().model, None, drift={"status": "tripped", "severity": "low"})
        assert decision["decision"] == "refuse"
        assert decision["reason"] == "the month drifted: severity low, status tripped"

    def test_an_equal_artifact_changes_nothing(self):
        decision = judged(trained().model, trained().model)
        assert decision["decision"] == "unchanged"
        assert trained().model.version in decision["reason"]

    def test_a_tariff_without_a_model_has_nothing_to_promote(self):
        decision = judged(skipped().model, weak(), skipped().test)
        assert decision["decision"] == "no_model"
        assert decision["reason"] == f"there is no model: {skipped().model.metadata['reason']}"


class TestTheGates:
    @pytest.mark.parametrize(("ece", "is_open"), [(0.0, True), (0.05, True), (0.0501, False), (None, False)])
    def test_of_calibration(self, ece, is_open):
        assert calibration_gate(ece, PromotionSettings()).to_json() == {
            "passed": is_open, "ece": ece, "max_ece": 0.05,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "severity", "blocking", "is_open"),
        [
            ("clean", "moderate", "high", True),
            ("clean", "moderate", "moderate", False),
            ("clean", "none", "low", True),
            ("clean", "high", "high", False),
            ("tripped", "moderate", "high", False),
            ("skipped", "not_measured", "low", True),
            ("not_measured", "not_measured", "high", False),
            ("error", "not_measured", "high", False),
        ],
    )
    def test_of_drift(self, status, severity, blocking, is_open):
        gate = gate_of_drift({"status": status, "severity": severity}, PromotionSettings(blocking_drift=blocking))
        assert gate.to_json()["passed"] is is_open
        assert (gate.reason is None) is is_open


def test_the_nodes_hand_on_what_was_decided():
    decision, report = judge_challenger(trained().model, None, trained().test, CLEAN, RULE, 7)
    assert decision == report == judged(trained().model, None)
    handed = register_model(trained().model, decision, "2026-07-31")
    assert (handed.artifact, handed.decision, handed.execution_date) == (trained().model, decision, "2026-07-31")


def test_the_decision_says_in_which_mode_it_was_made():
    assert judged(trained().model, None, mode="manual")["mode"] == "manual"
