"""Nodes that evaluate the model of one tariff: numbers, tables, figures, report."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from segmentation_model.columns.keys import context_of
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import TrainedBooster
from segmentation_model.model.calibration import Calibrator
from segmentation_model.pipelines.modeling import figures
from segmentation_model.pipelines.modeling.evaluation import evaluate_parts, tables_of
from segmentation_model.pipelines.modeling.params import CostMatrix, EvaluationSettings
from segmentation_model.pipelines.modeling.segment_metrics import segment_dimensions
from segmentation_model.segments import SegmentRules

_PARTS = ("train", "calibration", "test")


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


def tabulate_evaluation(metrics: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables of an evaluation, for spreadsheets.

    Args:
        metrics: The evaluation.

    Returns:
        Risk deciles, reliability, segments and fairness of the test part; without rows where there is no model, and
        the first where the test part lacks a class.
    """
    deciles, reliability, segments, fairness = tables_of(metrics)
    return deciles, reliability, segments, fairness


def plot_evaluation(
    booster: TrainedBooster, labelled_predictions: pd.DataFrame, metrics: dict[str, Any]
) -> tuple[Figure, Figure, Figure, Figure, Figure, Figure]:
    """Draw the evaluation.

    Args:
        booster: The trained booster, or none.
        labelled_predictions: Margins and probabilities of the three parts.
        metrics: The evaluation.

    Returns:
        ROC curves, precision and recall, reliability, gains, score distribution, feature importance; notices in their
        place without a model, and of the test part where it lacks a class.
    """
    titles = (
        "ROC curve",
        "Precision and recall",
        "Reliability",
        "Gains and lift",
        "Score distribution",
        "Feature importance",
    )
    if metrics["status"] == "skipped":
        notices = [figures.plot_notice(title, f"No model: {metrics['reason']}") for title in titles]
        return notices[0], notices[1], notices[2], notices[3], notices[4], notices[5]
    parts = {part: labelled_predictions[labelled_predictions["part"] == part] for part in _PARTS}
    curves = {part: (rows["target"].to_numpy(), rows["margin"].to_numpy()) for part, rows in parts.items()}
    return (
        figures.plot_roc_curve(curves),
        figures.plot_precision_recall(curves),
        figures.plot_reliability(pd.DataFrame(metrics["reliability"]), metrics["test"]["ece"]),
        figures.plot_gains(pd.DataFrame(metrics["deciles"])),
        figures.plot_score_distribution(
            parts["test"]["target"].to_numpy(), parts["test"]["probability"].to_numpy(), metrics["threshold"]
        ),
        figures.plot_feature_importance(booster.record["gain"]),
    )


def report_evaluation(metrics: dict[str, Any], model: ModelArtifact) -> dict[str, Any]:
    """The evaluation of a model under its version."""
    return {**metrics, "model_version": model.version}
