"""The profile of a scored month, kept for a later year."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile
from segmentation_model.drift.reference.seasonal import MONTH
from segmentation_model.pipelines.drift.tariff_check import WORKERS
from segmentation_model.table_batches import TableBatches


def profile_month(
    tariff: Tariff, like: ReferenceProfile, current: TableBatches, shares: Mapping[str, Share], month: str
) -> ReferenceProfile:
    """Freeze the rows to score of one tariff as the model's training part was frozen, column after column.

    Args:
        tariff: The tariff.
        like: Profile of the model's features: which ones, and how they are frozen.
        current: Features of the rows to score; those that it lacks are left out.
        shares: Segment shares of the same rows.
        month: Year and month of the run.
    """
    known = set(current.columns)
    names = [name for name in like.columns if name in known]
    has_rows = current.has_rows
    profile = build_profile(
        pd.DataFrame(), like.settings, shares=shares, about={"tariff": tariff if has_rows else "", MONTH: month}
    )
    for block in current.column_blocks(names):
        frozen = build_profile(block, like.settings, workers=WORKERS)
        profile = replace(
            profile,
            rows=frozen.rows,
            columns={**profile.columns, **frozen.columns},
            left_out={**profile.left_out, **frozen.left_out},
        )
    return profile
