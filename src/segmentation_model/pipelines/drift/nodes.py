"""Nodes of the drift pipeline."""

import logging
import os
from typing import Any

import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.columns.keys import KEYS, context_of
from segmentation_model.drift.judgement.gate import GateOutcome, decide_gate
from segmentation_model.drift.judgement.table_drift import TableDrift, check_table, skipped_table
from segmentation_model.drift.reference.prediction_reference import Scores, Share
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import drift_page
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.errors import DriftGateError, InputError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.baseline import Baseline
from segmentation_model.model.features import FeatureSpec, require_features
from segmentation_model.model.scoring import score
from segmentation_model.pipelines.drift.params import GateSettings
from segmentation_model.segments import SegmentRules, is_new_customer, overdue_position

logger = logging.getLogger(__name__)

_WORKERS = min(4, os.cpu_count() or 1)
_NO_BASELINE = "no baseline is given (baseline_profile is empty)"


def profile_reference(
    train: pd.DataFrame,
    feature_spec: dict[str, Any],
    labelled_context: pd.DataFrame,
    settings: ProfileSettings,
    rules: SegmentRules,
) -> ReferenceProfile:
    """Freeze the training features of one tariff; no customer row is in the profile.

    Args:
        train: Training part: keys, target, candidate features.
        feature_spec: The chosen features.
        labelled_context: Tenure and debt of the labelled rows.
        settings: Bins, pooling, grid.
        rules: Who is new, and who is not up to date.

    Returns:
        The profile of the chosen features, with the shares of the segments that no score decides.
    """
    spec = FeatureSpec.model_validate(feature_spec)
    shares = _shares(context_of(train, labelled_context), rules)
    return build_profile(train[spec.names], settings, shares=shares, workers=_WORKERS)


def check_drift(
    reference_profile_domestic: ReferenceProfile,
    reference_profile_industrial: ReferenceProfile,
    baseline_domestic: Baseline,
    baseline_industrial: Baseline,
    current_domestic: pd.DataFrame,
    current_industrial: pd.DataFrame,
    current_context: pd.DataFrame,
    execution_date: str,
    columns: Columns,
    settings: DriftSettings,
    gate: GateSettings,
    rules: SegmentRules,
) -> tuple[dict[str, Any], dict[str, Any], str, pd.DataFrame, dict[str, Any]]:
    """Judge the rows to score against the baseline, per tariff, and write down what the gate makes of it.

    With the baseline ``train`` the features and segment shares are judged, with equal weights: there is no earlier
    model. With an earlier model as baseline its gains weigh the features, and its scores of the current rows are
    judged too.

    Args:
        reference_profile_domestic: Profile of this run's training part, or of the loaded model's.
        reference_profile_industrial: The same for Industrial.
        baseline_domestic: What to measure against.
        baseline_industrial: The same for Industrial.
        current_domestic: Features of the Domestic rows to score.
        current_industrial: Features of the Industrial rows to score.
        current_context: Tenure and debt of the rows to score.
        execution_date: Date of the run in ISO text.
        columns: Layouts and the one in use, for the families.
        settings: The severity rule.
        gate: When drift stops a run.
        rules: Who is new, and who is not up to date.

    Returns:
        Report, summary, page of text, tidy table, and the verdict for the gate.

    Raises:
        InputError: The rows lack a feature of this run's own models.
    """
    sides = {
        "Domestic": (reference_profile_domestic, baseline_domestic, current_domestic),
        "Industrial": (reference_profile_industrial, baseline_industrial, current_industrial),
    }
    for profile, _, current in sides.values():
        require_features(current, profile.columns, "current_customers")
    tables = {
        tariff: _check_tariff(
            profile, baseline, current, current_context[current_context["tariff"] == tariff], columns, settings, rules
        )
        for tariff, (profile, baseline, current) in sides.items()
    }
    outcome = decide_gate(tables, gate.fail_on_drift)
    logger.info(outcome.message)
    return (
        drift_report(tables, outcome, settings, execution_date),
        drift_summary(tables, outcome, settings, execution_date),
        drift_page(tables, outcome, settings, execution_date),
        drift_columns(tables),
        _verdict(outcome),
    )


def apply_gate(drift_verdict: dict[str, Any], settings: GateSettings) -> dict[str, Any]:
    """Stop the run where the gate tripped, unless that is the orchestrator's task.

    Args:
        drift_verdict: What the drift check made of the month.
        settings: When drift stops a run.

    Returns:
        What training and scoring wait for.

    Raises:
        DriftGateError: The gate tripped.
    """
    if drift_verdict["status"] == "tripped":
        if settings.on_trip == "stop":
            raise DriftGateError(f"{drift_verdict['message']}; see 08_reporting/drift_report.txt")
        logger.warning("%s; the run goes on (drift.gate.on_trip: record)", drift_verdict["message"])
    return drift_verdict


def _check_tariff(
    profile: ReferenceProfile,
    baseline: Baseline,
    current: pd.DataFrame,
    context: pd.DataFrame,
    columns: Columns,
    settings: DriftSettings,
    rules: SegmentRules,
) -> TableDrift:
    if baseline.kind == "none":
        return skipped_table(_NO_BASELINE)
    weights, scores = None, None
    if baseline.artifact is not None:
        profile = baseline.artifact.profile
        if baseline.artifact.status == "trained" and len(current):
            weights = baseline.artifact.metadata["training"]["gain"]
            scores = _scores(baseline.artifact, current)
    if profile.rows == 0 and len(current) == 0:
        return skipped_table("the tariff has no rows, neither in the baseline nor now")
    features = current.drop(columns=KEYS)
    families = {name: family for name in features.columns if (family := columns.layout.family_of(name)) is not None}
    return check_table(
        profile,
        features[[name for name in profile.columns if name in features]],
        settings,
        weights=weights,
        families=families,
        shares=_shares(context, rules),
        scores=scores,
        workers=_WORKERS,
    )


def _scores(earlier: ModelArtifact, current: pd.DataFrame) -> Scores | None:
    """Current rows scored with an earlier model; None, with a warning, where the table has not its features any more.

    That is a finding about these columns, which the report gives, and no reason to end a run that trains anew.
    """
    try:
        margin, probability = score(earlier, current, "current_customers")
    except InputError as error:
        logger.warning("The scores of the baseline's model are not judged: %s", error.message)
        return None
    return Scores(margin, probability, earlier.cutoffs.categorise(margin))


def _shares(context: pd.DataFrame, rules: SegmentRules) -> dict[str, Share]:
    """The shares that no score decides: overdue customers, and new ones that are not overdue."""
    overdue = overdue_position(context["overdue_invoices"], context["overdue_balance"], rules) >= 0
    new = is_new_customer(context["tenure_months"], rules) & ~overdue
    return {
        rules.new_customer.label: Share(int(new.sum()), len(context)),
        rules.overdue_label: Share(int(overdue.sum()), len(context)),
    }


def _verdict(outcome: GateOutcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "severity": outcome.severity,
        "exit_code": outcome.exit_code,
        "message": outcome.message,
    }
