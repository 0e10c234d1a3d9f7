"""The drift of one tariff: its rows to score against the profile that the baseline names."""

import os

import pandas as pd

from segmentation_model.columns import Layout
from segmentation_model.columns.keys import KEYS
from segmentation_model.drift.judgement.table_drift import TableDrift, check_table, skipped_table
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.model.baseline import Baseline, current_scores, feature_weights
from segmentation_model.pipelines.drift.population import segment_shares
from segmentation_model.segments import SegmentRules

#: Threads that sort and count columns; no result depends on them.
WORKERS = min(4, os.cpu_count() or 1)

_NO_BASELINE = "no baseline is given (baseline_profile is empty)"


def check_tariff(
    own_profile: ReferenceProfile,
    baseline: Baseline,
    current: pd.DataFrame,
    context: pd.DataFrame,
    layout: Layout,
    settings: DriftSettings,
    rules: SegmentRules,
) -> TableDrift:
    """Judge the rows to score of one tariff.

    Args:
        own_profile: Profile of this run's training part, or of the loaded model's: the reference of the baseline
            ``train``.
        baseline: What to measure against; a model in it weighs the features, and its scores are judged.
        current: Keys and features of the rows to score.
        context: Tenure and debt of the same rows.
        layout: Knows the monthly families.
        settings: The severity rule.
        rules: Who is new, and who is not up to date.
    """
    if baseline.kind == "none":
        return skipped_table(_NO_BASELINE)
    profile = baseline.reference or own_profile
    if profile.rows == 0 and len(current) == 0:
        return skipped_table("the tariff has no rows, neither in the baseline nor now")
    weights, scores = None, None
    if baseline.artifact is not None and len(current):
        weights = feature_weights(baseline.artifact)
        scores = current_scores(baseline.artifact, current, "current_customers")
    features = current.drop(columns=KEYS)
    families = {name: family for name in features.columns if (family := layout.family_of(name)) is not None}
    return check_table(
        profile,
        features[[name for name in profile.columns if name in features]],
        settings,
        weights=weights,
        families=families,
        shares=segment_shares(context, rules),
        scores=scores,
        workers=WORKERS,
    )
