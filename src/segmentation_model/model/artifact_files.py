"""The files of a model artifact, and the reference profile among them, which may also lie in a folder of its own.

Nothing here needs a model, so that drift against a profile is checked without the libraries of one.
"""

from collections.abc import Mapping

from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.profile_file import profile_from_bytes, profile_to_bytes
from segmentation_model.errors import ArtifactError, shorten

METADATA = "metadata.json"
PROFILE_FILES = ("reference_profile.json", "reference_profile.parquet")
MODEL_FILES = ("model.ubj", "calibrator.json", "risk_cutoffs.json")
#: Every file that an artifact may have; anything else in a folder or an archive is refused.
FILES = (METADATA, *PROFILE_FILES, *MODEL_FILES)


def profile_to_files(profile: ReferenceProfile) -> dict[str, bytes]:
    """The reference profile as JSON and Parquet."""
    return dict(zip(PROFILE_FILES, profile_to_bytes(profile), strict=True))


def profile_from_files(files: Mapping[str, bytes], address: str = "model artifact") -> ReferenceProfile:
    """Read what ``profile_to_files`` wrote.

    Args:
        files: Content by name; further files are left alone.
        address: Where they come from, for messages.

    Returns:
        The profile.

    Raises:
        ArtifactError: A file is missing, damaged, or of another schema version.
    """
    absent = [name for name in PROFILE_FILES if name not in files]
    if absent:
        raise ArtifactError(f"{address}: no {shorten(absent)}; a reference profile is needed")
    try:
        return profile_from_bytes(files[PROFILE_FILES[0]], files[PROFILE_FILES[1]])
    except ArtifactError as error:
        raise ArtifactError(f"{address}: {error.message}") from error
