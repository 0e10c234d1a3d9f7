"""The drift of one tariff: its rows to score against the profile that the baseline names."""

import os
from collections.abc import Mapping

from segmentation_model.columns import Layout
from segmentation_model.drift.judgement.table_drift import TableDrift, check_counts, skipped_table
from segmentation_model.drift.reference.prediction_reference import PredictionCounts, Share, count_scores
from segmentation_model.drift.reference.profile import ReferenceProfile, TableCounts, count_table, no_rows
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.baseline import Baseline, current_scores, feature_weights
from segmentation_model.table_batches import TableBatches

#: Threads that sort and count columns; no result depends on them.
WORKERS = min(4, os.cpu_count() or 1)

_NO_BASELINE = "no baseline is given (baseline_profile is empty)"


def check_tariff(
    own_profile: ReferenceProfile,
    baseline: Baseline,
    current: TableBatches,
    shares: Mapping[str, Share],
    layout: Layout,
    settings: DriftSettings,
) -> TableDrift:
    """Judge the rows to score of one tariff.

    Args:
        own_profile: Profile of this run's training part, or of the loaded model's: the reference of the baseline
            ``train``.
        baseline: What to measure against; a model in it weighs the features, and its scores are judged.
        current: Keys and features of the rows to score.
        shares: Segment shares of the same rows.
        layout: Knows the monthly families.
        settings: The severity rule.
    """
    if baseline.kind == "none":
        return skipped_table(_NO_BASELINE)
    profile = baseline.reference or own_profile
    has_rows = current.has_rows
    if profile.rows == 0 and not has_rows:
        return skipped_table("the tariff has no rows, neither in the baseline nor now")
    earlier = baseline.artifact if has_rows else None
    counts, prediction = _count(profile, current, earlier)
    return check_counts(
        profile,
        counts,
        settings,
        weights=None if earlier is None else feature_weights(earlier),
        families={name: family for name in profile.columns if (family := layout.family_of(name)) is not None},
        shares=shares,
        prediction=prediction,
    )


def _count(
    profile: ReferenceProfile, current: TableBatches, earlier: ModelArtifact | None
) -> tuple[TableCounts, PredictionCounts | None]:
    """Count features, and the scores that an earlier model gives them, batch by batch."""
    counts, prediction = no_rows(profile), None
    judged = None if earlier is None else profile.prediction
    for batch in current:
        counts += count_table(profile, batch[[name for name in profile.columns if name in batch]], workers=WORKERS)
        if earlier is None or judged is None or not len(batch):
            continue
        scores = current_scores(earlier, batch, "current_customers")
        if scores is None:  # without the scores of one batch there are none of the table
            judged = prediction = None
            continue
        found = count_scores(judged, scores)
        prediction = found if prediction is None else prediction + found
    return counts, prediction
