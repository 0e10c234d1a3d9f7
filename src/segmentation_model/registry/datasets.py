"""Datasets of registered models: the champion to read, a judged model to register, and the models that score."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from segmentation_model.columns.layout import TARIFFS
from segmentation_model.columns.tariff_choice import TariffChoice, not_asked_for
from segmentation_model.datasets import model_previews, previews
from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.errors import RegistryError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.model.left_out import left_out_artifact
from segmentation_model.registry.champions import load_version
from segmentation_model.registry.registered_model import CHAMPION, RegisteredModel, Version
from segmentation_model.registry.registration import Experiment, register

ModelSource = Literal["run", "champion"]
_Options = dict[str, Any] | None
_Loaded = TypeVar("_Loaded")


class ChampionDataset(AbstractDataset[None, ModelArtifact | None]):
    """The champion of a registered model, read only; None where there is none."""

    def __init__(self, *, name: str, tracking_uri: str, metadata: _Options = None) -> None:
        """Name the registered model and the registry's address."""
        self._model = RegisteredModel(tracking_uri, name)
        self.metadata = metadata

    def load(self) -> ModelArtifact | None:
        """Read and check the champion's artifact."""
        champion = self._model.with_alias(CHAMPION)
        return None if champion is None else load_version(self._model, champion.number)

    def save(self, data: None) -> None:
        """A champion is made by promotion only."""
        raise DatasetError(f"the champion of {self._model.name} is read only: {data!r} cannot be saved")

    def preview(self) -> JSONPreview:
        """What is frozen in it, for Kedro-Viz; null where there is none."""
        champion = self.load()
        return previews.of_json(None) if champion is None else model_previews.of_artifact(champion)

    def _exists(self) -> bool:
        return self._model.with_alias(CHAMPION) is not None

    def _describe(self) -> dict[str, Any]:
        return {"filepath": f"models:/{self._model.name}@{CHAMPION}"}


class RegisteredModelDataset(AbstractDataset[JudgedModel, None]):
    """A registered model to which versions are added; see ``register``."""

    def __init__(
        self,
        *,
        name: str,
        tariff: str,
        tracking_uri: str,
        experiment: str,
        artifacts: str | None,
        metadata: _Options = None,
    ) -> None:
        """Name the registered model, the registry's address, and where files go outside of an MLflow run."""
        self._tariff = tariff
        self._model = RegisteredModel(tracking_uri, name)
        self._experiment = Experiment(experiment, artifacts)
        self._run: str | None = None
        self._version: Version | None = None
        self.metadata = metadata

    def belongs_to(self, run: str) -> None:
        """Say which MLflow run the next version belongs to."""
        self._run = run

    def registered(self) -> dict[str, str]:
        """What the model is in the registry now, as tags; nothing where there was none to register."""
        if self._version is None:
            return {}
        is_champion = self._model.aliases().get(CHAMPION) == self._version.number
        return {
            "registered_version": f"{self._model.name}/{self._version.number}",
            "is_champion": str(is_champion).lower(),
        }

    def load(self) -> None:
        """What was registered is read by its alias or version."""
        raise DatasetError(f"{self._model.name} is written only; read its champion")

    def save(self, data: JudgedModel) -> None:
        """Register the model, and promote it where that was decided."""
        self._version = register(self._model, data, self._tariff, self._experiment, self._run)

    def preview(self) -> JSONPreview:
        """Its versions, the newest first, for Kedro-Viz."""
        versions = [{"number": version.number, **version.tags} for version in self._model.versions()]
        return previews.of_json({"name": self._model.name, "aliases": self._model.aliases(), "versions": versions})

    def _exists(self) -> bool:
        return bool(self._model.versions())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": f"models:/{self._model.name}"}


class _ScoringDataset(AbstractDataset[None, _Loaded]):
    """What scores, by ``model_source``: the champion, or what the last training left in 06_models.

    A tariff that never had a model has no champion either; where 06_models says so, that artifact without a model
    stands in for it, and its customers are not evaluated. A run looks the champions up once and pins them, so that all
    of its nodes see one version, whatever is promoted meanwhile. A tariff that the run was not asked for needs no model
    of either kind.
    """

    def __init__(
        self,
        *,
        source: ModelSource,
        filepath: str,
        name: str,
        tracking_uri: str,
        tariff: str,
        tariffs: TariffChoice = "both",
        metadata: _Options = None,
    ) -> None:
        """Name both models.

        Args:
            source: ``champion`` or ``run``.
            filepath: Folder of the artifact in 06_models.
            name: Name of the registered model.
            tracking_uri: Address of the registry.
            tariff: Whose model it is, as in the names of the files: ``domestic`` or ``industrial``.
            tariffs: Which tariffs the run is asked for.
            metadata: For Kedro plug-ins.
        """
        (named,) = (known for known in TARIFFS if known.lower() == tariff)
        self._left_out = not_asked_for(named, tariffs)
        self._source = source
        self._of_run = ModelArtifactDataset(filepath=filepath)
        self._registered = RegisteredModel(tracking_uri, name)
        self._champion: Version | None = None
        self.metadata = metadata

    def pin(self, champions: dict[str, Version | None]) -> None:
        """Stay with the champion of now, if there is one.

        Args:
            champions: What the run has looked up so far, by name; this one is added.

        Raises:
            RegistryError: The registry cannot be used.
        """
        if self._source == "champion" and self._left_out is None:
            name = self._registered.name
            if name not in champions:
                champions[name] = self._registered.with_alias(CHAMPION)
            self._champion = champions[name]

    @property
    def is_left_out(self) -> bool:
        """Whether the run was not asked for the tariff."""
        return self._left_out is not None

    def artifact(self) -> ModelArtifact:
        """Read and check the artifact.

        Raises:
            ArtifactError: It is absent from 06_models, or damaged.
            RegistryError: There is no champion, or the registry cannot be used.
        """
        if self._left_out is not None:
            return self._stand_in(self._left_out)
        if self._source == "run":
            return self._of_run.load()
        champion = self._champion or self._registered.with_alias(CHAMPION)
        if champion is not None:
            return load_version(self._registered, champion.number)
        if self._of_run.exists() and (found := self._of_run.load()).status == "skipped":
            return found
        raise RegistryError(
            f"{self._registered.name}: there is no champion in the model registry {self._registered.address}; run the "
            "pipeline `training`, make one of its versions champion (segmentation-model models promote), or score with "
            "the models in 06_models: --params model_source=run"
        )

    def _stand_in(self, reason: str) -> ModelArtifact:
        """What the last training left, if it was not asked for the tariff either, so that both tell the same."""
        if self._of_run.exists() and (found := self._of_run.load()).metadata["reason"] == reason:
            return found
        return left_out_artifact(reason)

    def save(self, data: None) -> None:
        """Models are written by training only."""
        raise DatasetError(f"{self._describe()['filepath']} is read only: {data!r} cannot be saved")

    def _exists(self) -> bool:
        if self._left_out is not None:
            return True
        in_registry = self._source == "champion" and self._registered.with_alias(CHAMPION) is not None
        return in_registry or self._of_run.exists()

    def _describe(self) -> dict[str, Any]:
        if self._source == "run":
            return self._of_run._describe()
        return {"filepath": f"models:/{self._registered.name}@{CHAMPION}"}


class ScoringModelDataset(_ScoringDataset[ModelArtifact]):
    """The model that scores; see ``_ScoringDataset``."""

    def load(self) -> ModelArtifact:
        """Read and check the artifact."""
        return self.artifact()

    def preview(self) -> JSONPreview:
        """What is frozen in it, for Kedro-Viz."""
        return model_previews.of_artifact(self.load())


class ScoringProfileDataset(_ScoringDataset[ReferenceProfile]):
    """The reference profile of the model that scores; see ``_ScoringDataset``."""

    def load(self) -> ReferenceProfile:
        """Read and check the artifact; its profile."""
        return self.artifact().profile

    def preview(self) -> JSONPreview:
        """What it was frozen from, for Kedro-Viz."""
        return model_previews.of_profile(self.load())
