"""One registered model: its versions, what their tags say, and where its aliases point."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from segmentation_model.errors import RegistryError, SegmentationError, shorten
from segmentation_model.registry.address import without_password
from segmentation_model.registry.local_database import database_is_absent, make_folder_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION = "champion"
CHALLENGER = "challenger"
#: What MLflow says of a model or version that is not there, and of an alias.
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Version:
    """A version of a registered model.

    Attributes:
        number: Its number in the registry.
        tags: What is recorded of it; ``model_version`` is the hash of the artifact's content.
        run_id: The MLflow run that registered it; None outside of one.
        created: When, in milliseconds since 1970, UTC.
    """

    number: str
    tags: Mapping[str, str] = field(default_factory=dict)
    run_id: str | None = None
    created: int = 0

    @property
    def model_version(self) -> str:
        """Hash of the artifact's content; empty where something else than the job registered the version."""
        return self.tags.get("model_version", "")


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model by its address and name; it need not exist yet.

    Every method that asks the registry raises ``RegistryError`` where it cannot be used.

    Attributes:
        uri: MLflow's address, of a tracking server or of a database.
        name: Name in the registry.
    """

    uri: str
    name: str

    @property
    def address(self) -> str:
        """The registry's address for messages: without user and password."""
        return without_password(self.uri)

    @property
    def client(self) -> MlflowClient:
        """MLflow's client of the registry; the folder of a local database is made."""
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # of six small files
        from mlflow import MlflowClient

        make_folder_of(self.uri)
        return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    def with_alias(self, alias: str) -> Version | None:
        """The version that an alias points to; None where there is no such model or alias."""
        found = self._ask(lambda: self.client.get_model_version_by_alias(self.name, alias))
        return None if found is None else _read(found)

    def version(self, number: str) -> Version:
        """A version by its number.

        Raises:
            RegistryError: There is none, or the registry cannot be used.
        """
        versions = self.versions()
        for version in versions:
            if version.number == number:
                return version
        known = shorten([version.number for version in versions], 10) if versions else "none"
        raise RegistryError(f"{self.name}: no version {number!r} in {self.address}; there are: {known}")

    def versions(self) -> list[Version]:
        """All versions, the newest first; none where there is no such model."""
        return self._search(f"name = '{self.name}'")

    def holding(self, model_version: str) -> Version | None:
        """The newest version whose artifact has this hash."""
        found = self._search(f"name = '{self.name}' AND tags.model_version = '{model_version}'")
        return found[0] if found else None

    def aliases(self) -> dict[str, str]:
        """Alias: number of the version that it points to."""
        found = self._ask(lambda: self.client.get_registered_model(self.name))
        return {} if found is None else {alias: str(number) for alias, number in found.aliases.items()}

    def move_alias(self, alias: str, version: Version) -> None:
        """Let an alias point to a version."""
        with self.usable():
            self.client.set_registered_model_alias(self.name, alias, version.number)

    def tag(self, version: Version, tags: Mapping[str, str | None]) -> None:
        """Record something of a version; None takes an earlier record away."""
        with self.usable():
            for key, value in tags.items():
                if value is not None:
                    self.client.set_model_version_tag(self.name, version.number, key, value)
                elif key in version.tags:
                    self.client.delete_model_version_tag(self.name, version.number, key)

    @contextmanager
    def usable(self) -> Iterator[None]:
        """Give what goes wrong in MLflow, in its database or on the way to it as one line with the address.

        Raises:
            RegistryError: Something does.
        """
        try:
            yield
        except SegmentationError:
            raise
        except Exception as error:  # MLflow wraps some errors of the database and of the network, not all
            reason = " ".join(str(error).split()).replace(self.uri, self.address)
            raise RegistryError(f"{self.name}: the model registry {self.address} cannot be used: {reason}") from error

    def _ask(self, call: Callable[[], _Found]) -> _Found | None:
        """What MLflow answers; None where it says that there is no such thing."""
        if database_is_absent(self.uri):
            return None
        from mlflow.exceptions import MlflowException

        with self.usable():
            try:
                return call()
            except MlflowException as error:
                if error.error_code in _ABSENT:
                    return None
                raise

    def _search(self, condition: str) -> list[Version]:
        found: list[Any] = []
        token: str | None = ""
        while token is not None:
            page = self._ask(
                lambda after=token: self.client.search_model_versions(  # type: ignore[misc]
                    condition, page_token=after or None
                )
            )
            found.extend(page or [])
            token = getattr(page, "token", None) or None
        return sorted(map(_read, found), key=lambda version: -int(version.number))


def _read(version: Any) -> Version:
    return Version(str(version.version), dict(version.tags), version.run_id or None, version.creation_timestamp)
