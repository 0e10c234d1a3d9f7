"""The job and ``scoring`` for one tariff: nothing of the other is trained, scored or lost."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient

from segmentation_model.datasets.models import ModelArtifactDataset
from tests.in_process import registry_beside, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Path:
    """A root where the job has run for both tariffs."""
    folder: Path = tmp_path_factory.mktemp("both")
    run("synthetic_data", folder, rows=1000)
    run("__default__", folder)
    return folder


@pytest.fixture(scope="module")
def domestic(both, tmp_path_factory) -> Path:
    """The same raw tables and the same registry, but for Domestic only, against the models of before."""
    folder: Path = tmp_path_factory.mktemp("one") / "domestic"
    shutil.copytree(both / "01_raw", folder / "01_raw")
    earlier = {"baseline_profile": str(both / "06_models"), "conf": registry_beside(both).folder / "conf"}
    run("__default__", folder, tariffs="Domestic", **earlier)
    return folder


def reported(root: Path, name: str) -> Any:
    return json.loads((root / "08_reporting" / f"{name}.json").read_text())


def segments(root: Path, tariff: str) -> pd.DataFrame:
    table = pd.read_parquet(root / "07_model_output" / "segmented_customers.parquet")
    return table[table["tariff"] == tariff].drop(columns="model_version").reset_index(drop=True)


def test_no_row_of_the_other_tariff_is_lost(both, domestic):
    summary, before = reported(domestic, "run_summary"), reported(both, "run_summary")
    rows, amounts = summary["rows"], summary["amounts"]
    assert rows["current"] == 1000 == rows["segmented"] + rows["rejected"]
    assert round(amounts["segmented"] + amounts["rejected"], 2) == amounts["current"] == before["amounts"]["current"]
    assert rows["segmented"] == before["tariffs"]["Domestic"]["customers"]
    for place in ("02_intermediate/labelled_rejected.parquet", "08_reporting/rejected"):
        rejected = pd.read_parquet(domestic / place)
        left_out = rejected["reason"].str.startswith("Tarifa: not asked for (tariffs=Domestic)")
        assert (rejected["tariff"] == "Industrial").equals(left_out)
        assert left_out.sum() > 300


def test_the_tariff_that_is_asked_for_gets_the_same_scores(both, domestic):
    pd.testing.assert_frame_equal(segments(domestic, "Domestic"), segments(both, "Domestic"))
    assert segments(domestic, "Industrial").empty


def test_the_other_tariff_gets_an_artifact_without_a_model_that_says_why(domestic):
    artifact = ModelArtifactDataset(filepath=str(domestic / "06_models" / "industrial")).load()
    told = [
        artifact.metadata, reported(domestic, "evaluation_industrial"),
        reported(domestic, "run_summary")["tariffs"]["Industrial"],
    ]  # fmt: skip
    reason = "the tariff was not asked for (tariffs=Domestic)"
    assert {(record["status"], record["reason"]) for record in told} == {("skipped", reason)}
    assert reported(domestic, "promotion_industrial")["decision"] == "no_model"
    assert list(artifact.metadata["split_record"]["unused"]) == [reason]


def test_its_drift_is_skipped_though_the_baseline_has_the_tariff(domestic):
    summary = reported(domestic, "drift_summary")
    assert summary["status"] == "clean"
    assert {tariff: one["status"] for tariff, one in summary["tariffs"].items()} == {
        "Domestic": "clean", "Industrial": "skipped",
    }  # fmt: skip


def test_its_champion_stays(both, domestic):
    client = MlflowClient(f"sqlite:///{registry_beside(both).folder}/mlflow.db")
    name = "segmentation_model_dev_industrial"
    champion = client.get_model_version_by_alias(name, "champion")
    trained = ModelArtifactDataset(filepath=str(both / "06_models" / "industrial")).load()
    assert champion.tags["model_version"] == trained.version
    assert len(client.search_model_versions(f"name='{name}'")) == 1


@pytest.mark.parametrize("source", ["champion", "run"])
def test_scoring_needs_a_model_of_the_tariff_that_is_asked_for_only(both, tmp_path, source):
    root = tmp_path / "industrial"
    shutil.copytree(both / "01_raw", root / "01_raw")
    run("training", root, tariffs="Industrial")
    if source == "champion":
        shutil.rmtree(root / "06_models")
    run("scoring", root, tariffs="Industrial", model_source=source)
    pd.testing.assert_frame_equal(segments(root, "Industrial"), segments(both, "Industrial"))
    summary = reported(root, "run_summary")
    assert summary["rows"]["labelled"] == reported(both, "run_summary")["rows"]["labelled"]
    assert summary["tariffs"]["Domestic"]["reason"] == "the tariff was not asked for (tariffs=Industrial)"
    assert summary["tariffs"]["Domestic"]["customers"] == 0
    assert summary["rows"]["current"] == summary["rows"]["segmented"] + summary["rows"]["rejected"]
