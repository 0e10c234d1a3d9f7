"""A model registry on a local database, which takes seconds to make and is therefore made once."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.registry.registered_model import RegisteredModel, Version
from segmentation_model.registry.registration import Experiment, register
from tests.mlflow_database import new_database


@dataclass(frozen=True)
class Place:
    """A registered model of its own in a registry on disk."""

    model: RegisteredModel
    experiment: Experiment
    artifacts: Path

    def register(self, artifact: ModelArtifact, **decision: Any) -> Version:
        """Register an artifact on which was decided: promoted as the first champion, unless something else is said."""
        decided = {"decision": "promote", "reason": "no champion yet", "mode": "auto", "champion": None, **decision}
        version = register(self.model, JudgedModel(artifact, decided, "2026-07-31"), "domestic", self.experiment)
        assert version is not None
        return version

    def champion(self) -> str | None:
        """Number of the champion."""
        return self.model.aliases().get("champion")

    def stored(self) -> list[Path]:
        """The folders in which MLflow keeps the versions, oldest first."""
        client = self.model.client
        versions = reversed(self.model.versions())
        return [Path(client.get_model_version_download_uri(self.model.name, each.number)) for each in versions]


def against(artifact: ModelArtifact) -> dict[str, Any]:
    """What a decision says of the champion it was compared with."""
    return {"champion": {"model_version": artifact.version, "roc_auc": 0.7}, "reason": "it is better"}


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a database and the files of its models."""
    folder = tmp_path_factory.mktemp("registry")
    new_database(folder / "mlflow.db")
    return folder


_NUMBER = count()


@pytest.fixture
def place(registry: Path) -> Place:
    """A registered model that does not exist yet."""
    model = RegisteredModel(f"sqlite:///{registry}/mlflow.db", f"model_{next(_NUMBER)}_domestic")
    return Place(model, Experiment("tests", str(registry / "files")), registry / "files")
