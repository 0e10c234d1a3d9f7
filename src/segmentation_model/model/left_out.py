"""The artifact of a tariff that a run was not asked for: it has no model, says so, and needs no training."""

import pandas as pd

from segmentation_model.drift.reference.profile import build_profile
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.model.artifact import ModelArtifact, pack
from segmentation_model.model.artifact_files import profile_to_files
from segmentation_model.model.booster import TrainedBooster


def left_out_artifact(reason: str) -> ModelArtifact:
    """An artifact without a model, on no rows.

    Args:
        reason: Why the tariff is left out.

    Returns:
        The artifact; of the labelled table that it might have been trained on nothing is known.
    """
    booster = TrainedBooster(None, {"rows": 0, "positives": 0, "reason": reason})
    metadata = {
        "features": {"features": [], "left_out": {}},
        "labelled": {},
        "metrics": {"status": "skipped", "reason": reason},
    }
    return pack(booster, metadata, profile_to_files(build_profile(pd.DataFrame(), ProfileSettings())), {})
