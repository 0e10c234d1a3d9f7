"""What Kedro-Viz shows of models and profiles: what is frozen in them, as JSON that fits on a page."""

from collections.abc import Mapping
from typing import Any

from kedro_datasets._typing import JSONPreview

from segmentation_model.datasets import previews
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.booster import TrainedBooster

_LARGEST_GAINS = 20


def of_artifact(artifact: ModelArtifact) -> JSONPreview:
    """Version and cut-offs of an artifact, its features by name, and all else that its metadata say."""
    metadata = artifact.metadata
    features = (metadata.get("features") or {}).get("features", [])
    first = {"model_version": artifact.version, "status": artifact.status, "reason": metadata["reason"]}
    return previews.of_json(
        {
            **first,
            "risk_cutoffs": artifact.cutoffs.model_dump(mode="json") if artifact.status == "trained" else None,
            "features": [feature["name"] for feature in features],
            "training": _with_largest_gains(metadata.get("training") or {}),
            **{key: value for key, value in metadata.items() if key not in {*first, "features", "training"}},
        }
    )


def of_booster(trained: TrainedBooster) -> JSONPreview:
    """The record of a training."""
    return previews.of_json(_with_largest_gains(trained.record))


def of_profile(profile: ReferenceProfile) -> JSONPreview:
    """Of what, and how, a profile was frozen; its columns by name."""
    return previews.of_json(
        {
            "about": dict(profile.about),
            "rows": profile.rows,
            "shares": {name: f"{share.count} of {share.rows}" for name, share in profile.shares.items()},
            "with_scores": profile.prediction is not None,
            "left_out": dict(profile.left_out),
            "columns": list(profile.columns),
        }
    )


def _with_largest_gains(record: Mapping[str, Any]) -> dict[str, Any]:
    gain = record.get("gain")
    if not gain:
        return dict(record)
    largest = sorted(gain, key=lambda name: (-gain[name], name))[:_LARGEST_GAINS]
    return {**record, "gain": {name: gain[name] for name in largest}}
