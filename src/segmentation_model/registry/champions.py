"""Reading a registered version: its files come through MLflow, and are checked before anything is made of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from segmentation_model.errors import ArtifactError, shorten
from segmentation_model.model import artifact
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.artifact_files import FILES
from segmentation_model.registry.registered_model import RegisteredModel
from segmentation_model.registry.served_folder import ARTIFACT_FOLDER

if TYPE_CHECKING:
    from mlflow.entities import FileInfo

_LARGEST_FILE = 1 << 30


@lru_cache(maxsize=4)
def load_version(model: RegisteredModel, number: str) -> ModelArtifact:
    """The artifact of a version; read once in a process, because a version never changes.

    Args:
        model: The registered model.
        number: Number of the version.

    Returns:
        The artifact.

    Raises:
        ArtifactError: The version holds something else than plain files of an artifact, or they are damaged, too many,
            too few, or of another schema version.
        RegistryError: The registry cannot be used.
    """
    import mlflow.artifacts

    address = f"models:/{model.name}/{number}"
    with model.usable(), TemporaryDirectory() as folder:
        source = model.client.get_model_version_download_uri(model.name, number)
        place = f"{source.rstrip('/')}/{ARTIFACT_FOLDER}"
        listed = mlflow.artifacts.list_artifacts(artifact_uri=place, tracking_uri=model.uri)
        odd = [entry.path for entry in listed if _is_odd(entry)] or _links_in(place)
        if odd:
            raise ArtifactError(
                f"{address}: refused for {shorten(odd)}; plain files are allowed: {shorten(FILES, len(FILES))}"
            )
        files = {
            name: Path(
                mlflow.artifacts.download_artifacts(
                    artifact_uri=f"{place}/{name}", dst_path=folder, tracking_uri=model.uri
                )
            ).read_bytes()
            for name in (Path(entry.path).name for entry in listed)
        }
    return artifact.check(files, address)


def _is_odd(entry: FileInfo) -> bool:
    return entry.is_dir or Path(entry.path).name not in FILES or (entry.file_size or 0) > _LARGEST_FILE


def _links_in(place: str) -> list[str]:
    """Links in a folder on disk, which a download would follow; other stores have none."""
    parts = urlsplit(place)
    if parts.scheme not in ("", "file"):
        return []
    folder = Path(url2pathname(parts.path))
    return [str(path) for path in (folder, *sorted(folder.glob("*"))) if path.is_symlink()]
