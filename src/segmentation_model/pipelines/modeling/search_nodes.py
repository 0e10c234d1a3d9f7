"""Nodes of the modeling pipeline that look for features and settings on the training part, before a model is trained.

They get neither the calibration nor the test part, so nothing that they choose can have been fitted to those.
"""

import logging
from typing import Any

import pandas as pd

from segmentation_model.datasets.journal import Journal
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.pipelines.modeling.cross_validation import CrossValidation
from segmentation_model.pipelines.modeling.eligibility import reason_to_skip
from segmentation_model.pipelines.modeling.feature_selection import select_by_gain
from segmentation_model.pipelines.modeling.monotone import constrain
from segmentation_model.pipelines.modeling.params import (
    FeatureSelectionSettings,
    MinimumCases,
    TrainingSettings,
    TuningSettings,
)
from segmentation_model.pipelines.modeling.tuning import Trials, require_optuna, search, search_key, settle

logger = logging.getLogger(__name__)


def select_features(
    train: pd.DataFrame,
    feature_spec: dict[str, Any],
    drift_gate: dict[str, Any],
    selection: FeatureSelectionSettings,
    settings: TrainingSettings,
    minimum: MinimumCases,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Drop the features from which the trees gain little, if that is asked for.

    Args:
        train: Training part: keys, target, candidate features.
        feature_spec: The chosen features.
        drift_gate: What the gate decided; the selection waits for it.
        selection: Whether and how to select.
        settings: Parameters of the training.
        minimum: Cases that a model needs.
        seed: Seed of the training.

    Returns:
        The features of the model as a ``FeatureSpec``: without a selection, or where there will be no model, those that
        came in. And a record of the selection: its ``status`` (``off``, ``skipped`` with a ``reason``, ``selected``),
        what was dropped and why, how stable that is, and what it costs in AUC.
    """
    logger.debug("The drift gate is %s", drift_gate["status"])
    if not selection.enabled:
        return feature_spec, {"status": "off"}
    spec = FeatureSpec.model_validate(feature_spec)
    reason = reason_to_skip({"training": train["target"]}, spec, minimum)
    if reason is not None:
        return feature_spec, {"status": "skipped", "reason": reason}
    selected = select_by_gain(train, spec, selection, constrain(settings, spec), seed)
    record = selected.record
    if record["status"] == "skipped":
        logger.warning("No features are selected: %s", record["reason"])
        return feature_spec, record
    cost = "not measurable" if record["auc_cost"] is None else f"{record['auc_cost']:.4f}"
    logger.info(
        "%d of %d features are kept (stability %.2f); cost in AUC: %s",
        record["kept"], record["features"], record["stability"], cost,
    )  # fmt: skip
    return selected.spec.model_dump(mode="json"), record


def tune_training(
    train: pd.DataFrame,
    model_spec: dict[str, Any],
    drift_gate: dict[str, Any],
    settings: TrainingSettings,
    tuning: TuningSettings,
    minimum: MinimumCases,
    journal: Journal,
    seed: int,
) -> dict[str, Any]:
    """Search for better training settings in cross-validation on the training part, if that is asked for.

    Args:
        train: Training part: keys, target, candidate features.
        model_spec: The features of the model.
        drift_gate: What the gate decided; the search waits for it.
        settings: The configured settings.
        tuning: Whether and how to search.
        minimum: Cases that a model needs.
        journal: Where finished trials are kept; a run of the same search goes on from there.
        seed: Seed of folds, trees and proposals.

    Returns:
        ``settings`` to train with: the configured ones, unless others gain enough. ``tuning``: a record with its
        ``status`` (``off``, ``skipped`` with a ``reason``, ``searched``), the trials, the best, and the AUCs.

    Raises:
        ConfigurationError: Optuna is not installed.
    """
    logger.debug("The drift gate is %s", drift_gate["status"])
    configured = settings.model_dump(mode="json")
    if not tuning.enabled:
        return {"settings": configured, "tuning": {"status": "off"}}
    require_optuna()
    spec = FeatureSpec.model_validate(model_spec)
    reason = reason_to_skip({"training": train["target"]}, spec, minimum)
    if reason is not None:
        return {"settings": configured, "tuning": {"status": "skipped", "reason": reason}}
    folds = CrossValidation.of(apply_feature_spec(train, spec, "training part")[0], train, tuning.folds, seed)
    if len(folds.usable) < 2:
        reason = f"{len(folds.usable)} of {tuning.folds} folds have both classes, fewer than 2 (modeling.tuning.folds)"
        logger.warning("No settings are searched: %s", reason)
        return {"settings": configured, "tuning": {"status": "skipped", "reason": reason}}
    constrained = constrain(settings, spec)
    key = search_key(folds, constrained, tuning)
    earlier = journal.read()
    finished = Trials.model_validate(earlier).trials if earlier.get("key") == key else ()
    trials = search(
        folds.aucs, constrained, tuning, seed, finished,
        keep=lambda so_far: journal.write(Trials(key=key, trials=tuple(so_far)).model_dump(mode="json")),
    )  # fmt: skip
    chosen, record = settle(settings, tuning, trials)
    logger.info(
        "%s settings: AUC %.4f in cross-validation, configured %.4f",
        "Tuned" if record["taken"] else "Configured", record["auc_best"], record["auc_configured"],
    )  # fmt: skip
    return {"settings": chosen.model_dump(mode="json"), "tuning": record}
