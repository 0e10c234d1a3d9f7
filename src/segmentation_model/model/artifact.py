"""The artifact of one tariff's model: everything needed to score and to check drift, in files without pickle.

An artifact is a set of files: always ``metadata.json`` (with a checksum of every other file) and the reference profile;
where there is a model also ``model.ubj``, ``calibrator.json`` and ``risk_cutoffs.json``, and the profile holds its
scores. The version is a hash of the content, so two artifacts with one version are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.errors import ArtifactError, shorten
from segmentation_model.model.artifact_files import METADATA, MODEL_FILES, PROFILE_FILES, profile_from_files
from segmentation_model.model.booster import Status, TrainedBooster, load_booster, to_json
from segmentation_model.model.calibration import Calibrator
from segmentation_model.model.features import FeatureSpec
from segmentation_model.model.risk_cutoffs import RiskCutoffs

if TYPE_CHECKING:  # it takes seconds to import, which a profile alone can do without
    import xgboost as xgb

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class ModelArtifact:
    """A checked set of files; what they hold is parsed when asked for."""

    files: Mapping[str, bytes]

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Status, reason, version, features, parameters, seed, metrics, hashes and library versions."""
        return dict(json.loads(self.files[METADATA]))

    @property
    def status(self) -> Status:
        """Whether there is a model."""
        return self.metadata["status"]  # type: ignore[no-any-return]

    @property
    def version(self) -> str:
        """Hash of the content."""
        return str(self.metadata["model_version"])

    @cached_property
    def features(self) -> FeatureSpec:
        """The model's features, in its order."""
        return FeatureSpec.model_validate(self.metadata["features"])

    @cached_property
    def booster(self) -> xgb.Booster:
        """The trees; only where there is a model."""
        return load_booster(self.files["model.ubj"])

    @cached_property
    def calibrator(self) -> Calibrator:
        """From margin to probability; only where there is a model."""
        return Calibrator.model_validate_json(self.files["calibrator.json"])

    @cached_property
    def cutoffs(self) -> RiskCutoffs:
        """The frozen risk cut-offs; only where there is a model."""
        return RiskCutoffs.model_validate_json(self.files["risk_cutoffs.json"])

    @cached_property
    def profile(self) -> ReferenceProfile:
        """Profile of the training features; with the scores of the calibration part, where there is a model."""
        return profile_from_files(self.files)


def pack(
    trained: TrainedBooster,
    metadata: Mapping[str, Any],
    profile_files: Mapping[str, bytes],
    model_parts: Mapping[str, bytes],
) -> ModelArtifact:
    """Put an artifact together and give it its version.

    Args:
        trained: The booster, or the reason why there is none.
        metadata: What is worth knowing about the model, JSON-able.
        profile_files: The reference profile's files.
        model_parts: Calibrator and cut-offs as JSON; left out where there is no model.

    Returns:
        The artifact.

    Raises:
        ArtifactError: The files are not those of an artifact with that status.
    """
    files = dict(profile_files)
    if trained.booster is not None:
        files |= {"model.ubj": trained.to_files()["model.ubj"], **model_parts}
    described = {
        "schema_version": SCHEMA_VERSION,
        "status": trained.status,
        "reason": trained.reason,
        **metadata,
        "training": trained.record,
        "files": {name: _digest(content) for name, content in files.items()},
    }
    packed = {METADATA: to_json({**described, "model_version": _version_of(described)}), **files}
    return check(packed, "new model artifact")


def check(files: Mapping[str, bytes], address: str) -> ModelArtifact:
    """Accept files as an artifact.

    Args:
        files: Content by name.
        address: Where they come from, for messages.

    Returns:
        The artifact.

    Raises:
        ArtifactError: The schema version is another one, the metadata were edited, or a file is missing, unknown or
            damaged.
    """
    if METADATA not in files:
        raise ArtifactError(f"{address}: no {METADATA}; a model artifact is needed (06_models/<tariff>)")
    try:
        metadata = json.loads(files[METADATA])
        found, version = metadata["schema_version"], metadata.pop("model_version", None)
        of_content = _version_of(metadata)
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"{address}/{METADATA}: damaged ({error!r}); train again or restore the file") from error
    if found != SCHEMA_VERSION:
        raise ArtifactError(f"{address}: artifact schema version {found!r}; this release reads {SCHEMA_VERSION}")
    if of_content != version:
        raise ArtifactError(f"{address}/{METADATA}: changed after it was written: its content is not {version!r}'s")
    # From here on the metadata are what ``pack`` wrote.
    status, listed = metadata["status"], metadata["files"]
    expected = {*PROFILE_FILES, *(MODEL_FILES if status == "trained" else ())}
    for what, odd in (("missing", expected - set(files)), ("unknown", set(files) - expected - {METADATA})):
        if odd:
            raise ArtifactError(
                f"{address}: {what} files: {shorten(sorted(odd))}; besides {METADATA}, a {status} model has "
                f"{shorten(sorted(expected), len(expected))}"
            )
    damaged = [name for name, digest in listed.items() if _digest(files[name]) != digest]
    if damaged:
        raise ArtifactError(f"{address}: damaged, the checksum does not fit: {shorten(damaged)}")
    return ModelArtifact(dict(files))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _version_of(metadata: Mapping[str, Any]) -> str:
    """Hash of the metadata, and so of all files: it lists their checksums."""
    return _digest(to_json(metadata))[:12]
