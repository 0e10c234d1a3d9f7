"""Registered models in the catalog: the champion to compare with, a model to register, and what scores."""

from pathlib import Path
from typing import Any

import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.errors import ArtifactError, RegistryError
from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.registry.datasets import (
    ChampionDataset,
    RegisteredModelDataset,
    ScoringModelDataset,
    ScoringProfileDataset,
)
from segmentation_model.registry.moves import promote_by_hand
from tests.model.artifacts import skipped, trained
from tests.pipelines.modeling.test_promotion import retrained
from tests.registry.conftest import Place


def champion(place: Place) -> ChampionDataset:
    return ChampionDataset(name=place.model.name, tracking_uri=place.model.uri)


def options(place: Place, folder: Path, source: str = "champion") -> dict[str, Any]:
    return {
        "source": source,
        "filepath": str(folder / "domestic"),
        "name": place.model.name,
        "tracking_uri": place.model.uri,
        "tariff": "domestic",
    }


class TestTheChampion:
    def test_is_none_where_there_is_none(self, place: Place):
        assert champion(place).load() is None
        assert not champion(place).exists()

    def test_is_what_was_registered_first(self, place: Place):
        dataset = RegisteredModelDataset(
            name=place.model.name,
            tariff="industrial",
            tracking_uri=place.model.uri,
            experiment=place.experiment.name,
            artifacts=place.experiment.artifacts,
        )
        assert not dataset.exists()
        decision = {"decision": "promote", "reason": "no champion yet", "mode": "auto", "champion": None}
        dataset.save(JudgedModel(trained().model, decision, "2026-07-31"))
        assert dataset.exists()
        assert champion(place).exists()
        found = champion(place).load()
        assert found is not None
        assert found.version == trained().model.version
        assert place.model.versions()[0].tags["tariff"] == "industrial"
        with pytest.raises(DatasetError, match="is written only"):
            dataset.load()

    def test_is_read_only(self, place: Place):
        with pytest.raises(DatasetError, match="is read only"):
            champion(place).save(trained().model)  # type: ignore[arg-type]


class TestWhatScores:
    def test_is_the_champion_and_its_profile(self, place: Place, tmp_path: Path):
        place.register(trained().model)
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(retrained())
        assert ScoringModelDataset(**options(place, tmp_path)).load().version == trained().model.version
        profile = ScoringProfileDataset(**options(place, tmp_path)).load()
        assert profile.prediction is not None
        assert profile.rows == trained().model.profile.rows

    def test_is_what_training_left_where_that_is_asked_for(self, place: Place, tmp_path: Path):
        place.register(trained().model)
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(retrained())
        dataset = ScoringModelDataset(**options(place, tmp_path, "run"))
        assert dataset.exists()
        assert dataset.load().version == retrained().version
        with pytest.raises(ArtifactError, match="run the pipeline `training` first"):
            ScoringModelDataset(**options(place, tmp_path / "elsewhere", "run")).load()

    def test_stays_one_version_for_a_run_whatever_is_promoted_meanwhile(self, place: Place, tmp_path: Path):
        place.register(trained().model)
        place.register(retrained(), decision="refuse")
        model = ScoringModelDataset(**options(place, tmp_path))
        profile = ScoringProfileDataset(**options(place, tmp_path))
        looked_up: dict[str, Any] = {}
        model.pin(looked_up)
        promote_by_hand(place.model, "2", "agreed")
        profile.pin(looked_up)
        assert (model.load().version, profile.artifact().version) == (trained().model.version,) * 2
        assert ScoringModelDataset(**options(place, tmp_path)).load().version == retrained().version

    def test_without_a_champion_is_an_error_that_says_what_to_do(self, place: Place, tmp_path: Path):
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(trained().model)
        with pytest.raises(RegistryError, match="there is no champion in the model registry sqlite:///") as caught:
            ScoringModelDataset(**options(place, tmp_path)).artifact()
        assert caught.value.message.startswith(f"{place.model.name}: ")
        for advice in ("`training`", "models promote", "model_source=run"):
            assert advice in caught.value.message

    def test_of_a_tariff_that_has_no_model_is_the_artifact_that_says_why(self, place: Place, tmp_path: Path):
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(skipped().model)
        found = ScoringModelDataset(**options(place, tmp_path)).load()
        assert (found.status, found.version) == ("skipped", skipped().model.version)

    def test_is_read_only(self, place: Place, tmp_path: Path):
        with pytest.raises(DatasetError, match=rf"models:/{place.model.name}@champion is read only"):
            ScoringModelDataset(**options(place, tmp_path)).save(trained().model)  # type: ignore[arg-type]
