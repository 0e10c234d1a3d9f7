"""Nodes that make the model of one tariff, from its parts to the artifact."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_model import __version__
from segmentation_model.columns.keys import KEYS, context_of
from segmentation_model.customer_hash import hash_positions
from segmentation_model.drift.reference.prediction_reference import Scores, build_prediction_reference
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.library_versions import library_version
from segmentation_model.model.artifact import ModelArtifact, pack
from segmentation_model.model.artifact_files import profile_to_files
from segmentation_model.model.booster import TrainedBooster, to_json
from segmentation_model.model.calibration import CalibrationSettings, Calibrator, fit_calibrator
from segmentation_model.model.customer_parts import SplitSettings
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.model.risk_cutoffs import RiskCategorySettings, RiskCutoffs, fit_risk_cutoffs
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.modeling.eligibility import reason_to_skip
from segmentation_model.pipelines.modeling.monotone import constrain
from segmentation_model.pipelines.modeling.params import MinimumCases, TrainingSettings
from segmentation_model.pipelines.modeling.training import train_booster
from segmentation_model.segments import SegmentRules, is_settled

logger = logging.getLogger(__name__)

_PARTS = ("train", "calibration", "test")
_LIBRARIES = ("kedro", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "xgboost")


def train_model(
    train: pd.DataFrame,
    calibration: pd.DataFrame,
    feature_spec: dict[str, Any],
    drift_gate: dict[str, Any],
    tuned_settings: dict[str, Any],
    minimum: MinimumCases,
    seed: int,
    split_record: dict[str, Any] | None = None,
) -> TrainedBooster:
    """Train the booster on the training part, unless a part is too thin for a model.

    Args:
        train: Training part: keys, target, candidate features.
        calibration: Calibration part, looked at only for its number of cases.
        feature_spec: The model's features, and which way the risk may go with each.
        drift_gate: What the gate decided; training waits for it.
        tuned_settings: Parameters of the training, and how they were found.
        minimum: Cases that the parts need.
        seed: Seed of the training.
        split_record: Which rows no part uses, and why; None: all are used.

    Returns:
        The booster, or the reason why there is none.
    """
    logger.debug("The drift gate is %s", drift_gate["status"])
    spec = FeatureSpec.model_validate(feature_spec)
    cases = {"rows": len(train), "positives": int(train["target"].sum())}
    reason = reason_to_skip({"training": train["target"], "calibration": calibration["target"]}, spec, minimum)
    if split_record is not None and not any(part["rows"] for part in split_record["parts"].values()):
        reason = "; ".join(split_record["unused"]) or reason
    if reason is not None:
        logger.warning("No model is trained: %s", reason)
        return TrainedBooster(None, {**cases, "reason": reason})
    settings = TrainingSettings.model_validate(tuned_settings["settings"])
    features, _ = apply_feature_spec(train, spec, "training part")
    validation = hash_positions(train["customer_id"], seed, "validation") < settings.validation_share
    result = train_booster(features, train["target"], validation, constrain(settings, spec), seed)
    logger.info("%s built", plural(result.n_trees, "tree was", "trees were"))
    for pattern in result.unused_constraints:
        logger.warning("modeling.training.monotone_constraints: %r matches no feature", pattern)
    record = {
        "seed": seed,
        "device_used": result.device,
        "trees": result.n_trees,
        "stopped_early": result.stopped_early,
        "gain": dict(result.gain),
        "monotone": dict(result.signs),
        "tuning": tuned_settings["tuning"],
    }
    return TrainedBooster(result.booster, {**cases, **record})


def score_labelled(
    booster: TrainedBooster,
    train: pd.DataFrame,
    calibration: pd.DataFrame,
    test: pd.DataFrame,
    feature_spec: dict[str, Any],
) -> pd.DataFrame:
    """Score the three parts with the booster.

    Args:
        booster: The trained booster, or none.
        train: Training part.
        calibration: Calibration part.
        test: Test part.
        feature_spec: The model's features.

    Returns:
        One row per labelled row: keys, part, target and raw margin (NaN without a booster).
    """
    spec = FeatureSpec.model_validate(feature_spec)
    parts = []
    for part, rows in zip(_PARTS, (train, calibration, test), strict=True):
        margin = np.full(len(rows), np.nan)
        if booster.booster is not None and len(rows):
            margin = predict_margin(booster.booster, apply_feature_spec(rows, spec, f"{part} part")[0])
        parts.append(rows[[*KEYS, "target"]].assign(part=part, margin=margin))
    return pd.concat(parts, ignore_index=True)


def calibrate_model(
    booster: TrainedBooster, labelled_margins: pd.DataFrame, settings: CalibrationSettings
) -> dict[str, Any]:
    """Fit the calibration on the calibration part.

    Args:
        booster: The trained booster, or none.
        labelled_margins: Margins of the three parts.
        settings: How to calibrate.

    Returns:
        A ``Calibrator`` as JSON; empty without a booster.
    """
    if booster.status == "skipped":
        return {}
    rows = labelled_margins[labelled_margins["part"] == "calibration"]
    return fit_calibrator(rows["margin"], rows["target"], settings).model_dump(mode="json")


def freeze_cutoffs(
    calibrator: dict[str, Any],
    labelled_margins: pd.DataFrame,
    labelled_context: pd.DataFrame,
    settings: RiskCategorySettings,
    rules: SegmentRules,
) -> dict[str, Any]:
    """Freeze the risk cut-offs on the calibration part.

    New customers and customers that are not up to date do not enter them.

    Args:
        calibrator: The calibration; empty without a booster.
        labelled_margins: Margins of the three parts.
        labelled_context: Tenure and debt of the labelled rows.
        settings: Quantiles and names of the categories.
        rules: Who is new, and who is not up to date.

    Returns:
        ``RiskCutoffs`` as JSON; empty without a booster.
    """
    if not calibrator:
        return {}
    rows = labelled_margins[labelled_margins["part"] == "calibration"]
    context = context_of(rows, labelled_context)
    margin = rows["margin"].to_numpy()[is_settled(context, rules)]
    cutoffs = fit_risk_cutoffs(margin, Calibrator.model_validate(calibrator), settings)
    if cutoffs.unreachable_labels:
        logger.warning("Scores tie so much that no customer can be %s", ", ".join(cutoffs.unreachable_labels))
    return cutoffs.model_dump(mode="json")


def profile_scores(
    reference_profile: ReferenceProfile,
    calibrator: dict[str, Any],
    risk_cutoffs: dict[str, Any],
    labelled_margins: pd.DataFrame,
) -> ReferenceProfile:
    """Add the scores of the calibration part, out of sample, to the profile of the training features.

    Args:
        reference_profile: Profile of the training features.
        calibrator: The calibration; empty without a booster.
        risk_cutoffs: The frozen cut-offs; empty without a booster.
        labelled_margins: Margins of the three parts.

    Returns:
        The profile that the artifact keeps; without a booster, as it was.
    """
    if not calibrator:
        return reference_profile
    margin = labelled_margins.loc[labelled_margins["part"] == "calibration", "margin"]
    scores = Scores(
        margins=margin,
        probabilities=Calibrator.model_validate(calibrator).apply(margin),
        categories=RiskCutoffs.model_validate(risk_cutoffs).categorise(margin),
    )
    return reference_profile.with_prediction(build_prediction_reference(scores, reference_profile.settings))


def package_model(
    booster: TrainedBooster,
    feature_spec: dict[str, Any],
    feature_selection: dict[str, Any],
    calibrator: dict[str, Any],
    risk_cutoffs: dict[str, Any],
    profile: ReferenceProfile,
    metrics: dict[str, Any],
    monotone_check: dict[str, Any],
    labelled_intake: dict[str, Any],
    tuned_settings: dict[str, Any],
    split_record: dict[str, Any],
    feature_settings: FeatureSettings,
    split: SplitSettings,
) -> ModelArtifact:
    """Put the artifact together; its version is a hash of all that is in it.

    Args:
        booster: The trained booster, or none.
        feature_spec: The model's features, and what was left out and why.
        feature_selection: How they were selected from the chosen ones.
        calibrator: The calibration.
        risk_cutoffs: The frozen cut-offs.
        profile: Profile of the training features, with the scores of the calibration part.
        metrics: Metrics per part.
        monotone_check: What the sweep of the constrained features found.
        labelled_intake: Rows, rejections and hash of the labelled table.
        tuned_settings: Parameters of the training.
        split_record: Rows and months of the parts, and the rows that no part uses.
        feature_settings: How the features were built.
        split: Which customers the model was trained on.

    Returns:
        The artifact.
    """
    model_parts: Mapping[str, bytes] = {
        "calibrator.json": to_json(calibrator),
        "risk_cutoffs.json": to_json(risk_cutoffs),
    }
    metadata = {
        "features": feature_spec,
        "feature_settings": feature_settings.model_dump(mode="json"),
        "split": split.model_dump(mode="json"),
        "feature_selection": {key: value for key, value in feature_selection.items() if key != "importance"},
        "parameters": tuned_settings["settings"],
        "metrics": metrics,
        "monotone_check": monotone_check,
        "labelled": labelled_intake,
        "split_record": split_record,
        "code_version": __version__,
        "libraries": {library: library_version(library) for library in _LIBRARIES},
    }
    return pack(booster, metadata, profile_to_files(profile), model_parts)
