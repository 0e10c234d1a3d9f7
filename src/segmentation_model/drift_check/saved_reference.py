"""A reference that was saved: profiles, models, or a folder of them per month.

What an address names is found out by looking:

| address | reference |
| --- | --- |
| a ``.tar.gz`` | a model artifact |
| a folder with ``metadata.json`` and a profile | a model artifact |
| a folder with ``reference_profile.json`` or ``.parquet`` | a profile |
| a folder with ``domestic`` or ``industrial``, as folder or ``.tar.gz`` | one of the above per tariff (06_models) |
| a folder of ``month=YYYY-MM`` with one of the above in each | that of the same calendar month, a year before the run |
| anything else | a table, which is none of ours |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentation_model.columns.layout import TARIFFS, Tariff
from segmentation_model.datasets.folders import read_archive, read_folder, write_folder
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.seasonal import month_in_name, same_month_last_year
from segmentation_model.drift_check.addresses import storage_at
from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.model.artifact_files import (
    FILES,
    METADATA,
    PROFILE_FILES,
    profile_from_files,
    profile_to_files,
)

if TYPE_CHECKING:  # what a model needs takes seconds to import
    from segmentation_model.model.artifact import ModelArtifact

_ARCHIVE = ".tar.gz"
_FOLDERS: Mapping[str, Tariff] = {tariff.lower(): tariff for tariff in TARIFFS}


@dataclass(frozen=True)
class SavedReference:
    """One tariff's reference.

    Attributes:
        address: Where it lies.
        profile: What the tariff looked like.
        model: The model that it belongs to; None for a profile on its own.
    """

    address: str
    profile: ReferenceProfile
    model: ModelArtifact | None = None


SavedReferences = Mapping[Tariff | None, SavedReference]
"""By tariff; under None where nothing says which tariff it is."""


def find_saved(address: str, execution_date: str, fs_args: dict[str, Any]) -> SavedReferences | None:
    """Read what was saved at an address.

    Args:
        address: What the user gave.
        execution_date: ISO date of the run: which month a folder of months is asked for.
        fs_args: Passed to the file system.

    Returns:
        The reference by tariff, under None where nothing says which tariff it is; None for a table.

    Raises:
        ConfigurationError: A folder of months has not the one that is needed.
        ArtifactError: A profile or an artifact is damaged, or of another schema version.
    """
    storage = storage_at(address, fs_args)
    if address.endswith(_ARCHIVE) and storage.exists():
        return _by_tariff(_from_files(address, read_archive(storage, FILES)))
    names = _names(address, fs_args)
    if _is_saved(names):
        return _by_tariff(_from_files(address, read_folder(storage)))
    places = _tariff_places(address, names)
    if places:
        found = [find_saved(place, execution_date, fs_args) for place in places]
        saved = {tariff: one for references in found if references is not None for tariff, one in references.items()}
        return saved or None
    months = {month: f"{address.rstrip('/')}/{name}" for name in sorted(names) if (month := month_in_name(name))}
    if not any(_holds_saved(place, fs_args) for place in months.values()):
        return None
    try:
        month = same_month_last_year(months, execution_date)
    except ConfigurationError as error:
        raise ConfigurationError(f"--reference-path: {error.message}") from error
    return find_saved(months[month], execution_date, fs_args)


def check_profile_place(address: str, fs_args: dict[str, Any]) -> None:
    """Refuse a place to save profiles at where something else would be replaced.

    Raises:
        ConfigurationError: A tariff's folder holds other files than a profile's, such as a model.
    """
    for place in (f"{address.rstrip('/')}/{name}" for name in _FOLDERS):
        other = _names(place, fs_args) - set(PROFILE_FILES)
        if other:
            raise ConfigurationError(
                f"--profile-path: {place} holds {shorten(sorted(other))}, which would be replaced; name another folder"
            )


def save_profiles(address: str, profiles: Mapping[Tariff, ReferenceProfile], fs_args: dict[str, Any]) -> list[str]:
    """Save the profile of each tariff that has rows, in a folder of its own, for later months.

    Returns:
        The folders.
    """
    place = address.rstrip("/")
    places = {f"{place}/{tariff.lower()}": profile for tariff, profile in profiles.items() if profile.rows}
    for place, profile in places.items():
        write_folder(storage_at(place, fs_args), profile_to_files(profile))
    return list(places)


def _by_tariff(one: SavedReference) -> dict[Tariff | None, SavedReference]:
    """By tariff: the folder's name says which it is, or the profile itself."""
    names = (_name(one.address).removesuffix(_ARCHIVE), one.profile.about.get("tariff", ""))
    return {next((tariff for name in names if (tariff := _FOLDERS.get(name.lower()))), None): one}


def _from_files(address: str, files: Mapping[str, bytes]) -> SavedReference:
    if METADATA not in files:
        return SavedReference(address, profile_from_files(files, address))
    from segmentation_model.model.artifact import check

    model = check(files, address)
    return SavedReference(address, model.profile, model)


def _tariff_places(address: str, names: set[str]) -> list[str]:
    """The folder of each tariff, else its archive."""
    candidates = ([name, f"{name}{_ARCHIVE}"] for name in _FOLDERS)
    found = (next((one for one in both if one in names), None) for both in candidates)
    return [f"{address.rstrip('/')}/{one}" for one in found if one is not None]


def _holds_saved(place: str, fs_args: dict[str, Any]) -> bool:
    names = _names(place, fs_args)
    return _is_saved(names) or bool(_tariff_places(place, names))


def _is_saved(names: set[str]) -> bool:
    return any(file in names for file in PROFILE_FILES)


def _names(address: str, fs_args: dict[str, Any]) -> set[str]:
    """Names directly in a folder; none where there is no folder."""
    storage = storage_at(address, fs_args)
    if not storage.is_folder():
        return set()
    return {_name(path) for path in storage.fs.ls(storage.path, detail=False)}


def _name(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1]
