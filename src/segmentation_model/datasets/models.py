"""Datasets of boosters, reference profiles, model artifacts and drift baselines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from segmentation_model.datasets import model_previews, previews
from segmentation_model.datasets.folders import read_archive, read_folder, write_archive, write_folder
from segmentation_model.datasets.storage import Storage
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.seasonal import MONTH, month_in_name
from segmentation_model.errors import ArtifactError
from segmentation_model.model import artifact
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.artifact_files import FILES, METADATA, PROFILE_FILES, profile_from_files, profile_to_files
from segmentation_model.model.baseline import Baseline
from segmentation_model.model.booster import TrainedBooster

_Options = dict[str, Any] | None


class ArtifactFileError(ArtifactError, DatasetError):
    """A stored artifact cannot be used (a ``DatasetError``, so that Kedro passes it on as it is)."""


@contextmanager
def _passed_on() -> Iterator[None]:
    """Raise what is wrong with a stored artifact as an error that Kedro passes on."""
    try:
        yield
    except ArtifactError as error:
        raise ArtifactFileError(error.message) from error


class TrainedBoosterDataset(AbstractDataset[TrainedBooster, TrainedBooster]):
    """What training gives, in a folder: the trees in UBJSON and a record."""

    def __init__(self, *, filepath: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the folder."""
        self._storage = Storage(filepath, credentials)
        self.metadata = metadata

    @_passed_on()
    def load(self) -> TrainedBooster:
        """Read the folder."""
        return TrainedBooster.from_files(read_folder(self._storage))

    def save(self, data: TrainedBooster) -> None:
        """Replace the folder."""
        write_folder(self._storage, data.to_files())

    def preview(self) -> JSONPreview:
        """The record of the training, for Kedro-Viz."""
        return model_previews.of_booster(self.load())

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

    @_passed_on()
    def load(self) -> ModelArtifact:
        """Read and check the artifact: schema version and checksums."""
        address, files = _read_folder_or_archive(self._storage, self._archive)
        return artifact.check(files, address)

    def save(self, data: ModelArtifact) -> None:
        """Replace folder and archive."""
        write_folder(self._storage, data.files)
        write_archive(self._archive, data.files)

    def preview(self) -> JSONPreview:
        """What is frozen in it, for Kedro-Viz."""
        return model_previews.of_artifact(self.load())

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

    @_passed_on()
    def load(self) -> ReferenceProfile:
        """Read the profile; a model artifact, folder or archive, is checked whole."""
        address, files = _read_folder_or_archive(self._storage, self._archive)
        if METADATA in files:
            return artifact.check(files, address).profile
        return profile_from_files(files, address)

    def save(self, data: ReferenceProfile) -> None:
        """Replace the folder."""
        write_folder(self._storage, profile_to_files(data))

    def preview(self) -> JSONPreview:
        """What it was frozen from, for Kedro-Viz."""
        return model_previews.of_profile(self.load())

    def _exists(self) -> bool:
        return self._storage.exists() or self._archive.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._storage.address}


class MonthlyProfilesDataset(AbstractDataset[ReferenceProfile, dict[str, Callable[[], ReferenceProfile]]]):
    """The profiles of one tariff by month, each in ``month=YYYY-MM/<tariff>/``; saving one leaves the others alone."""

    def __init__(self, *, filepath: str, tariff: str, credentials: _Options = None, metadata: _Options = None) -> None:
        """Name the folder.

        Args:
            filepath: Folder or address that holds the months.
            tariff: Name of the tariff's folder in each.
            credentials: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._filepath = filepath.rstrip("/")
        self._tariff = tariff
        self._credentials = credentials
        self.metadata = metadata

    def load(self) -> dict[str, Callable[[], ReferenceProfile]]:
        """What reads the profile of each month, the oldest first."""
        return {month: self._of(month).load for month in self._months()}

    def save(self, data: ReferenceProfile) -> None:
        """Replace the profile of the month that its ``about`` names."""
        self._of(data.about[MONTH]).save(data)

    def _of(self, month: str) -> ReferenceProfileDataset:
        place = f"{_of_month(self._filepath, month)}/{self._tariff}"
        return ReferenceProfileDataset(filepath=place, credentials=self._credentials)

    def _months(self) -> list[str]:
        stored = _stored_months(Storage(self._filepath, self._credentials))
        return [month for month in stored if self._of(month).exists()]

    def preview(self) -> JSONPreview:
        """The months that are kept, for Kedro-Viz."""
        return previews.of_json({"months": self._months()})

    def _exists(self) -> bool:
        return bool(self._months())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": f"{_of_month(self._filepath, '*')}/{self._tariff}"}


class BaselineDataset(AbstractDataset[None, Baseline]):
    """The baseline that the parameter ``baseline_profile`` names: ``train``, an address, or nothing."""

    def __init__(
        self, *, address: str | None, tariff: str, credentials: _Options = None, metadata: _Options = None
    ) -> None:
        """Name the baseline.

        Args:
            address: ``train``; or the address of a folder that holds ``<tariff>/`` or ``<tariff>.tar.gz`` with a model
                artifact or a reference profile alone, or one such folder per month in ``month=YYYY-MM/``; or empty.
            tariff: Name of the tariff's folder.
            credentials: Passed to the file system.
            metadata: For Kedro plug-ins.
        """
        self._address = (address or "").strip()
        self._tariff = tariff
        self._credentials = credentials
        self.metadata = metadata

    @_passed_on()
    def load(self) -> Baseline:
        """Find the baseline; an earlier artifact or profile is read and checked, but of months only the chosen one."""
        if self._address in ("", "train"):
            return Baseline("train" if self._address else "none")
        folder = self._address.rstrip("/")
        months = _stored_months(Storage(folder, self._credentials))
        if not months or any(place.exists() for place in self._places(folder)):
            return self._read(folder)
        return Baseline("months", months={month: partial(self._read, _of_month(folder, month)) for month in months})

    def save(self, data: None) -> None:
        """A baseline is never written."""
        raise DatasetError(f"the baseline {self._address!r} is read only: {data!r} cannot be saved")

    def _read(self, folder: str) -> Baseline:
        address, files = _read_folder_or_archive(*self._places(folder))
        if set(files) <= set(PROFILE_FILES):
            return Baseline("profile", profile=profile_from_files(files, address))
        return Baseline("artifact", artifact.check(files, address))

    def _places(self, folder: str) -> tuple[Storage, Storage]:
        """The tariff's folder, and its archive."""
        place = f"{folder}/{self._tariff}"
        return Storage(place, self._credentials), Storage(f"{place}.tar.gz", self._credentials)

    def _describe(self) -> dict[str, Any]:
        return {"address": self._address, "tariff": self._tariff}


def _of_month(folder: str, month: str) -> str:
    return f"{folder}/month={month}"


def _stored_months(folder: Storage) -> list[str]:
    """Months that a folder holds as ``month=YYYY-MM/``, the oldest first."""
    if not folder.is_folder():
        return []
    names = (path.rstrip("/").rsplit("/", 1)[-1] for path in folder.fs.ls(folder.path, detail=False))
    return sorted(month for name in names if (month := month_in_name(name)) is not None)


def _read_folder_or_archive(folder: Storage, archive: Storage) -> tuple[str, dict[str, bytes]]:
    """Where the files lie, and their content by name."""
    if folder.is_folder():
        return folder.address, read_folder(folder)
    if archive.exists():
        return archive.address, read_archive(archive, FILES)
    raise ArtifactError(
        f"{folder.address}: there is neither this folder nor {archive.address}; run the pipeline `training` first"
    )
