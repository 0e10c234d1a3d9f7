"""Boosters, profiles, artifacts and baselines in the catalog: what was saved comes back, what was damaged does not."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from segmentation_model.datasets.models import (
    ArtifactFileError,
    BaselineDataset,
    ModelArtifactDataset,
    MonthlyProfilesDataset,
    ReferenceProfileDataset,
    TrainedBoosterDataset,
)
from segmentation_model.datasets.storage import Storage
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.errors import ArtifactError
from segmentation_model.model.artifact_files import profile_to_files
from segmentation_model.model.scoring import score
from tests.model.artifacts import features, skipped, trained

TRAINED_FILES = [
    "calibrator.json",
    "metadata.json",
    "model.ubj",
    "reference_profile.json",
    "reference_profile.parquet",
    "risk_cutoffs.json",
]


def of_month(month: str) -> ReferenceProfile:
    return replace(trained().reference, about={"month": month})


def names(place: str) -> list[str]:
    storage = Storage(place)
    return sorted(path.removeprefix(f"{storage.path}/") for path in storage.fs.find(storage.path))


def remove(place: str) -> None:
    storage = Storage(place)
    storage.fs.rm(storage.path, recursive=True)


class TestArtifact:
    def test_it_comes_back_and_scores_the_same(self, place: str):
        dataset = ModelArtifactDataset(filepath=f"{place}/domestic")
        assert not dataset.exists()
        dataset.save(trained().model)
        assert dataset.exists()
        read = dataset.load()
        assert (read.version, dict(read.files)) == (trained().model.version, dict(trained().model.files))
        rows = features(30, 81)
        np.testing.assert_array_equal(score(read, rows, "x")[1], score(trained().model, rows, "x")[1])

    def test_it_lies_in_a_folder_and_in_an_archive_beside_it(self, place: str):
        ModelArtifactDataset(filepath=f"{place}/domestic/").save(trained().model)
        assert names(place) == ["domestic.tar.gz", *(f"domestic/{name}" for name in TRAINED_FILES)]

    def test_the_archive_alone_will_do(self, place: str):
        dataset = ModelArtifactDataset(filepath=f"{place}/domestic")
        dataset.save(trained().model)
        remove(f"{place}/domestic")
        assert dataset.exists()
        assert dict(dataset.load().files) == dict(trained().model.files)

    def test_the_folder_alone_will_do(self, place: str):
        dataset = ModelArtifactDataset(filepath=f"{place}/domestic")
        dataset.save(trained().model)
        remove(f"{place}/domestic.tar.gz")
        assert dataset.load().version == trained().model.version

    def test_saving_again_gives_the_same_bytes(self, tmp_path: Path):
        dataset = ModelArtifactDataset(filepath=str(tmp_path / "domestic"))
        dataset.save(trained().model)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        dataset.save(dataset.load())
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before

    def test_a_tariff_that_loses_its_model_keeps_none_of_its_files(self, place: str):
        dataset = ModelArtifactDataset(filepath=f"{place}/industrial")
        dataset.save(trained().model)
        dataset.save(skipped().model)
        assert names(f"{place}/industrial") == ["metadata.json", "reference_profile.json", "reference_profile.parquet"]
        assert dataset.load().status == "skipped"
        remove(f"{place}/industrial")
        assert dataset.load().status == "skipped"

    def test_where_there_is_none_it_says_what_to_do(self, place: str):
        with pytest.raises(ArtifactFileError, match=r"neither this folder nor .*domestic\.tar\.gz; run the pip"):
            ModelArtifactDataset(filepath=f"{place}/domestic").load()

    def test_a_damaged_one_is_refused_with_its_address_and_without_a_traceback(self, tmp_path: Path):
        dataset = ModelArtifactDataset(filepath=str(tmp_path / "domestic"))
        dataset.save(trained().model)
        (tmp_path / "domestic" / "risk_cutoffs.json").write_text("{}", encoding="utf-8")
        with pytest.raises(DatasetError, match=r"/domestic: damaged, .* 'risk_cutoffs\.json'$") as caught:
            dataset.load()
        assert isinstance(caught.value, ArtifactError)

    def test_edited_metadata_are_refused_in_the_archive_too(self, tmp_path: Path):
        other, dataset = (ModelArtifactDataset(filepath=str(tmp_path / name)) for name in ("other", "domestic"))
        metadata = json.loads(trained().model.files["metadata.json"])
        metadata["metrics"] = {}
        edited = {**trained().model.files, "metadata.json": json.dumps(metadata).encode()}
        other.save(type(trained().model)(edited))
        shutil.move(tmp_path / "other.tar.gz", tmp_path / "domestic.tar.gz")
        with pytest.raises(ArtifactFileError, match=r"domestic\.tar\.gz/metadata\.json: changed after it was written"):
            dataset.load()

    @pytest.mark.parametrize("name", ["model.pkl", ".DS_Store"])
    def test_a_file_that_somebody_put_there_is_named(self, tmp_path: Path, name: str):
        dataset = ModelArtifactDataset(filepath=str(tmp_path / "domestic"))
        dataset.save(trained().model)
        (tmp_path / "domestic" / name).write_bytes(b"x")
        with pytest.raises(ArtifactFileError, match=f"unknown files: '{name}'"):
            dataset.load()


class TestBooster:
    def test_it_comes_back(self, place: str):
        dataset = TrainedBoosterDataset(filepath=f"{place}/booster")
        for booster in (trained().booster, skipped().booster):
            dataset.save(booster)
            assert dataset.load().to_files() == booster.to_files()
        assert names(f"{place}/booster") == ["training.json"]

    def test_trees_that_were_lost_are_an_error(self, tmp_path: Path):
        dataset = TrainedBoosterDataset(filepath=str(tmp_path / "booster"))
        dataset.save(trained().booster)
        (tmp_path / "booster" / "model.ubj").unlink()
        with pytest.raises(DatasetError, match=r"model\.ubj"):
            dataset.load()

    def test_without_a_folder_it_says_so(self, place: str):
        dataset = TrainedBoosterDataset(filepath=f"{place}/booster")
        assert not dataset.exists()
        with pytest.raises(ArtifactFileError, match="booster: there is no such folder"):
            dataset.load()


class TestProfile:
    def test_it_comes_back_from_a_folder_of_its_own(self, place: str):
        dataset = ReferenceProfileDataset(filepath=f"{place}/reference_profile")
        assert not dataset.exists()
        dataset.save(trained().reference)
        assert profile_to_files(dataset.load()) == profile_to_files(trained().reference)
        assert names(place) == [
            "reference_profile/reference_profile.json",
            "reference_profile/reference_profile.parquet",
        ]

    def test_it_is_read_from_a_model_folder_or_archive(self, place: str):
        ModelArtifactDataset(filepath=f"{place}/domestic").save(trained().model)
        dataset = ReferenceProfileDataset(filepath=f"{place}/domestic")
        expected = profile_to_files(trained().profile)
        assert profile_to_files(dataset.load()) == expected
        remove(f"{place}/domestic")
        assert dataset.exists()
        assert profile_to_files(dataset.load()) == expected

    def test_a_model_is_checked_whole_even_where_its_profile_is_sound(self, tmp_path: Path):
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(trained().model)
        (tmp_path / "domestic" / "model.ubj").write_bytes(b"{L")
        with pytest.raises(ArtifactFileError, match=r"damaged, the checksum does not fit: 'model\.ubj'"):
            ReferenceProfileDataset(filepath=str(tmp_path / "domestic")).load()

    def test_a_damaged_one_is_named(self, tmp_path: Path):
        dataset = ReferenceProfileDataset(filepath=str(tmp_path / "profile"))
        dataset.save(trained().reference)
        (tmp_path / "profile" / "reference_profile.json").write_text("{", encoding="utf-8")
        with pytest.raises(ArtifactFileError, match="/profile: reference profile: damaged, the document is not JSON"):
            dataset.load()


class TestMonthlyProfiles:
    def test_each_month_is_kept(self, place: str):
        dataset = MonthlyProfilesDataset(filepath=f"{place}/profiles/", tariff="domestic")
        assert not dataset.exists()
        assert dataset.load() == {}
        for month in ("2026-07", "2025-12", "2026-07"):
            dataset.save(of_month(month))
        MonthlyProfilesDataset(filepath=f"{place}/profiles", tariff="industrial").save(of_month("2026-08"))
        assert dataset.exists()
        assert {month: read().about["month"] for month, read in dataset.load().items()} == {
            "2025-12": "2025-12",
            "2026-07": "2026-07",
        }
        assert names(f"{place}/profiles/month=2025-12") == [
            "domestic/reference_profile.json",
            "domestic/reference_profile.parquet",
        ]

    def test_another_rendering_of_a_month_replaces_it(self, place: str):
        dataset = MonthlyProfilesDataset(filepath=place, tariff="domestic")
        dataset.save(of_month("2026-07"))
        dataset.save(replace(of_month("2026-07"), shares={}))
        assert dataset.load()["2026-07"]().shares == {}

    def test_what_is_no_month_is_left_alone(self, tmp_path: Path):
        for name in ("month=2026-7", "month=all", "domestic", "2026-07"):
            (tmp_path / name / "domestic").mkdir(parents=True)
        assert not MonthlyProfilesDataset(filepath=str(tmp_path), tariff="domestic").exists()

    def test_it_describes_where_its_tariff_lies(self):
        described = MonthlyProfilesDataset(filepath="s3://b/profiles", tariff="domestic")._describe()
        assert described == {"filepath": "s3://b/profiles/month=*/domestic"}


class TestBaseline:
    @pytest.mark.parametrize(
        ("address", "kind"), [("train", "train"), (" train ", "train"), ("", "none"), (None, "none")]
    )
    def test_the_parameter_may_be_train_or_empty(self, address: str | None, kind: str):
        baseline = BaselineDataset(address=address, tariff="domestic").load()
        assert (baseline.kind, baseline.artifact) == (kind, None)

    @pytest.mark.parametrize("end", ["", "/"])
    def test_an_address_is_that_of_an_earlier_folder_of_models(self, place: str, end: str):
        for name, fitted in (("domestic", trained()), ("industrial", skipped())):
            ModelArtifactDataset(filepath=f"{place}/06_models/{name}").save(fitted.model)
        remove(f"{place}/06_models/domestic")
        for name, fitted in (("domestic", trained()), ("industrial", skipped())):
            baseline = BaselineDataset(address=f"{place}/06_models{end}", tariff=name).load()
            assert baseline.kind == "artifact"
            assert baseline.artifact is not None
            assert baseline.artifact.version == fitted.model.version

    def test_a_profile_without_a_model_will_do(self, place: str):
        ReferenceProfileDataset(filepath=f"{place}/kept/domestic").save(trained().reference)
        baseline = BaselineDataset(address=f"{place}/kept", tariff="domestic").load()
        assert (baseline.kind, baseline.artifact) == ("profile", None)
        assert baseline.reference is not None
        assert profile_to_files(baseline.reference) == profile_to_files(trained().reference)

    @pytest.mark.parametrize(
        ("lost", "message"),
        [
            ("reference_profile.parquet", "domestic: no 'reference_profile.parquet'; a reference profile is needed"),
            ("reference_profile.json", "domestic: no 'reference_profile.json'; a reference profile is needed"),
        ],
    )
    def test_half_a_profile_is_none(self, tmp_path: Path, lost: str, message: str):
        ReferenceProfileDataset(filepath=str(tmp_path / "domestic")).save(trained().reference)
        (tmp_path / "domestic" / lost).unlink()
        with pytest.raises(ArtifactFileError, match=message):
            BaselineDataset(address=str(tmp_path), tariff="domestic").load()

    def test_a_model_that_lost_its_metadata_is_no_profile(self, tmp_path: Path):
        ModelArtifactDataset(filepath=str(tmp_path / "domestic")).save(trained().model)
        (tmp_path / "domestic" / "metadata.json").unlink()
        with pytest.raises(ArtifactFileError, match=r"domestic: no metadata\.json; a model artifact is needed"):
            BaselineDataset(address=str(tmp_path), tariff="domestic").load()

    @pytest.mark.parametrize("end", ["", "/"])
    def test_a_folder_of_months_gives_each_of_them_read_when_asked_for(self, place: str, end: str):
        dataset = MonthlyProfilesDataset(filepath=f"{place}/profiles", tariff="domestic")
        for month in ("2025-07", "2026-06"):
            dataset.save(of_month(month))
        ModelArtifactDataset(filepath=f"{place}/profiles/month=2025-08/domestic").save(trained().model)
        Storage(f"{place}/profiles").fs.pipe_file(f"{Storage(place).path}/profiles/month=2026-06/domestic/x", b"")
        baseline = BaselineDataset(address=f"{place}/profiles{end}", tariff="domestic").load()
        assert (baseline.kind, baseline.reference) == ("months", None)
        assert list(baseline.months) == ["2025-07", "2025-08", "2026-06"]
        chosen = baseline.at("2026-07-26")
        assert chosen.reference is not None
        assert (chosen.kind, chosen.reference.about["month"]) == ("profile", "2025-07")
        assert baseline.at("2026-08-01").artifact is not None
        with pytest.raises(ArtifactError, match="domestic: no metadata"):
            baseline.at("2027-06-30")

    def test_a_month_that_lacks_the_tariff_is_an_error_that_names_it(self, place: str):
        MonthlyProfilesDataset(filepath=place, tariff="domestic").save(of_month("2025-07"))
        baseline = BaselineDataset(address=place, tariff="industrial").load()
        with pytest.raises(ArtifactError, match="month=2025-07/industrial: there is neither this folder nor"):
            baseline.at("2026-07-26")

    def test_an_address_without_models_is_an_error_that_names_it(self, place: str):
        with pytest.raises(ArtifactFileError, match="nowhere/domestic: there is neither this folder nor"):
            BaselineDataset(address=f"{place}/nowhere", tariff="domestic").load()

    def test_it_cannot_be_written(self):
        with pytest.raises(DatasetError, match="the baseline 'train' is read only"):
            BaselineDataset(address="train", tariff="domestic").save(3)  # type: ignore[arg-type]

    def test_it_describes_itself(self):
        assert BaselineDataset(address="s3://b/06_models", tariff="domestic")._describe() == {
            "address": "s3://b/06_models",
            "tariff": "domestic",
        }
