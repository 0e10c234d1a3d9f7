"""Datasets of boosters, reference profiles, model artifacts and drift baselines."""

from typing import Any

from kedro.io import AbstractDataset, DatasetError

from segmentation_model.datasets.folders import (
    ArtifactFileError,
    read_archive,
    read_folder,
    write_archive,
    write_folder,
)
from segmentation_model.datasets.storage import Storage
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.errors import ArtifactError
from segmentation_model.model import artifact
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.baseline import Baseline
from segmentation_model.model.booster import TrainedBooster

_Options = dict[str, Any] | None


class TrainedBoosterDataset(AbstractDataset[TrainedBooster, TrainedBooster]):
    """What training gives, in a folder: the trees in UBJSON and a record."""

    def __init__(self, *, filepath: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the folder."""
        self._storage = Storage(filepath, credentials)
        self.metadata = metadata

    def load(self) -> TrainedBooster:
        """Read the folder."""
        return TrainedBooster.from_files(read_folder(self._storage))

    def save(self, data: TrainedBooster) -> None:
        """Replace the folder."""
        write_folder(self._storage, data.to_files())

    def _exists(self) -> bool:
        return self._storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


class ModelArtifactDataset(AbstractDataset[ModelArtifact, ModelArtifact]):
    """A model artifact: a folder, and its .tar.gz beside it for the cloud; the archive alone will do to read."""

    def __init__(self, *, filepath: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the folder."""
        self._storage = Storage(filepath, credentials)
        self._archive = Storage(f"{filepath.rstrip('/')}.tar.gz", credentials)
        self.metadata = metadata

    def load(self) -> ModelArtifact:
        """Read and check the artifact: schema version and checksums."""
        address, files = _read_folder_or_archive(self._storage, self._archive)
        return _checked(files, address)

    def save(self, data: ModelArtifact) -> None:
        """Replace folder and archive."""
        write_folder(self._storage, data.files)
        write_archive(self._archive, data.files)

    def _exists(self) -> bool:
        return self._storage.exists() or self._archive.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


class ReferenceProfileDataset(AbstractDataset[ReferenceProfile, ReferenceProfile]):
    """A reference profile: in a folder of its own to write, or among the files of a model artifact to read."""

    def __init__(self, *, filepath: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the folder."""
        self._storage = Storage(filepath, credentials)
        self._archive = Storage(f"{filepath.rstrip('/')}.tar.gz", credentials)
        self.metadata = metadata

    def load(self) -> ReferenceProfile:
        """Read the profile; a model artifact, folder or archive, is checked whole."""
        address, files = _read_folder_or_archive(self._storage, self._archive)
        if artifact.METADATA in files:
            return _checked(files, address).profile
        try:
            return artifact.profile_from_files(files, address)
        except ArtifactError as error:
            raise ArtifactFileError(error.message) from error

    def save(self, data: ReferenceProfile) -> None:
        """Replace the folder."""
        write_folder(self._storage, artifact.profile_to_files(data))

    def _exists(self) -> bool:
        return self._storage.exists() or self._archive.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


class BaselineDataset(AbstractDataset[None, Baseline]):
    """The baseline that the parameter ``baseline_profile`` names: ``train``, an address of 06_models, or nothing."""

    def __init__(
        self, *, address: str | None, tariff: str, credentials: _Options = None, metadata: _Options = None
    ) -> None:
        """Name the baseline.

        Args:
            address: ``train``, the address of a folder that holds ``<tariff>/`` or ``<tariff>.tar.gz``, or empty.
            tariff: Name of the tariff's folder.
            credentials: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._address = (address or "").strip()
        self._tariff = tariff
        self._credentials = credentials
        self.metadata = metadata

    def load(self) -> Baseline:
        """Find the baseline; an earlier artifact is read and checked."""
        if self._address in ("", "train"):
            return Baseline("train" if self._address else "none")
        place = f"{self._address.rstrip('/')}/{self._tariff}"
        return Baseline("artifact", ModelArtifactDataset(filepath=place, credentials=self._credentials).load())

    def save(self, data: None) -> None:
        """A baseline is never written."""
        raise DatasetError(f"the baseline {self._address!r} is read only: {data!r} cannot be saved")

    def _describe(self) -> dict[str, Any]:
        return {"address": self._address, "tariff": self._tariff}


def _read_folder_or_archive(folder: Storage, archive: Storage) -> tuple[str, dict[str, bytes]]:
    """Where the files lie, and their content by name."""
    if folder.is_folder():
        return folder.address, read_folder(folder)
    if archive.exists():
        return archive.address, read_archive(archive, artifact.FILES)
    raise ArtifactFileError(
        f"{folder.address}: there is neither this folder nor {archive.address}; run the pipeline `training` first"
    )


def _checked(files: dict[str, bytes], address: str) -> ModelArtifact:
    try:
        return artifact.check(files, address)
    except ArtifactError as error:
        raise ArtifactFileError(error.message) from error
