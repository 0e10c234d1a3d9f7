"""Nodes that evaluate the model of one tariff: numbers, tables, figures, report."""

import logging
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from segmentation_model.columns.keys import context_of
from segmentation_model.errors import ModelError, shorten
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import TrainedBooster
from segmentation_model.model.calibration import Calibrator
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.modeling import figures
from segmentation_model.pipelines.modeling.evaluation import evaluate_parts, tables_of
from segmentation_model.pipelines.modeling.monotone import MonotoneCheck, sweep
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings
from segmentation_model.pipelines.modeling.segment_metrics import segment_dimensions
from segmentation_model.segments import SegmentRules

logger = logging.getLogger(__name__)

_PARTS = ("train", "calibration", "test")
_TITLES = {
    "roc_curve": "ROC curve",
    "precision_recall": "Precision and recall",
    "reliability": "Reliability",
    "gains": "Gains and lift",
    "score_distribution": "Score distribution",
    "feature_importance": "Feature importance",
}


def check_monotone(booster: TrainedBooster, calibration: pd.DataFrame, feature_spec: dict[str, Any]) -> dict[str, Any]:
    """Verify on real customers that the model keeps to its monotone constraints.

    Args:
        booster: The trained booster, or none.
        calibration: Calibration part, which the booster never saw.
        feature_spec: The chosen features and their signs.

    Returns:
        A ``MonotoneCheck`` as JSON.

    Raises:
        ModelError: The margin went the wrong way at a step; names the features.
    """
    if booster.booster is None:
        return MonotoneCheck(status="skipped", reason=booster.reason).model_dump(mode="json")
    spec = FeatureSpec.model_validate(feature_spec)
    customers = calibration.drop_duplicates("customer_id", keep="last")
    rows, _ = apply_feature_spec(customers, spec, "calibration part")
    # What the features are promised, and what the training was given beyond that.
    check = sweep(booster.booster, rows, {**booster.record["monotone"], **spec.signs})
    if check.violations:
        raise ModelError(
            f"the risk goes against its monotone constraint with {shorten(check.violations)}, in "
            f"{sum(check.violations.values())} of {check.steps} steps of {check.customers} calibration customers; "
            "no such model is kept"
        )
    logger.info(
        "%s over their range, for %s: the risk never went the wrong way",
        plural(len(check.features), "constrained feature was moved", "constrained features were moved"),
        plural(check.customers, "customer"),
    )
    return check.model_dump(mode="json")


def evaluate_model(
    booster: TrainedBooster,
    calibrator: dict[str, Any],
    labelled_margins: pd.DataFrame,
    labelled_context: pd.DataFrame,
    settings: EvaluationSettings,
    costs: CostMatrix,
    rules: SegmentRules,
    seed: int,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Measure the model on its three parts, the test part in detail.

    Args:
        booster: The trained booster, or none.
        calibrator: The calibration; empty without a booster.
        labelled_margins: Margins of the three parts.
        labelled_context: Region, stratum, tenure and debt of the labelled rows.
        settings: What wrong decisions cost, and how the intervals are drawn.
        costs: What they cost in this tariff, where that differs.
        rules: Who is new, who is not up to date, which strata are treated alike.
        seed: Seed of the intervals' draws.

    Returns:
        Status, reason, and where there is a model all of ``evaluate_parts``; the labelled rows with margin and
        probability (NaN without a booster).
    """
    if not calibrator:
        reason = {"status": "skipped", "reason": str(booster.reason)}
        return reason, labelled_margins.assign(probability=np.nan)
    predictions = labelled_margins.assign(
        probability=Calibrator.model_validate(calibrator).apply(labelled_margins["margin"])
    )
    parts = {part: predictions[predictions["part"] == part] for part in _PARTS}
    dimensions = segment_dimensions(context_of(parts["test"], labelled_context), rules)
    measured = evaluate_parts(parts, dimensions, settings, costs, seed)
    return {"status": "trained", "reason": None, **measured}, predictions


def tabulate_evaluation(metrics: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables of an evaluation, for spreadsheets.

    Args:
        metrics: The evaluation.

    Returns:
        Risk ``deciles``, ``reliability``, ``segments`` and ``fairness`` of the test part; without rows where there is
        no model, and the first where the test part lacks a class.
    """
    return tables_of(metrics)


def plot_evaluation(
    booster: TrainedBooster, labelled_predictions: pd.DataFrame, metrics: dict[str, Any]
) -> dict[str, Figure]:
    """Draw the evaluation.

    Args:
        booster: The trained booster, or none.
        labelled_predictions: Margins and probabilities of the three parts.
        metrics: The evaluation.

    Returns:
        ROC curves, precision and recall, reliability, gains, score distribution, feature importance, each by its name;
        notices in their place without a model, and of the test part where it lacks a class.
    """
    if metrics["status"] == "skipped":
        return {name: figures.plot_notice(title, f"No model: {metrics['reason']}") for name, title in _TITLES.items()}
    parts = {part: labelled_predictions[labelled_predictions["part"] == part] for part in _PARTS}
    curves = {part: (rows["target"].to_numpy(), rows["margin"].to_numpy()) for part, rows in parts.items()}
    return {
        "roc_curve": figures.plot_roc_curve(curves),
        "precision_recall": figures.plot_precision_recall(curves),
        "reliability": figures.plot_reliability(pd.DataFrame(metrics["reliability"]), metrics["test"]["ece"]),
        "gains": figures.plot_gains(pd.DataFrame(metrics["deciles"])),
        "score_distribution": figures.plot_score_distribution(
            parts["test"]["target"].to_numpy(), parts["test"]["probability"].to_numpy(), metrics["threshold"]
        ),
        "feature_importance": figures.plot_feature_importance(booster.record["gain"]),
    }


def report_evaluation(metrics: dict[str, Any], split_record: dict[str, Any], model: ModelArtifact) -> dict[str, Any]:
    """The evaluation of a model under its version, with the split that it was measured on."""
    return {**metrics, "split": split_record, "model_version": model.version}
