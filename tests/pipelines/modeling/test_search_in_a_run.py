"""Feature selection and search in the graph: what they find is in the artifact, and the month is scored with it."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.in_process import run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("fresh_logging")]

SEARCHES = {
    "modeling": {
        "training": {"max_trees": 15, "min_trees": 5},
        "evaluation": {"bootstrap_draws": 0},
        "feature_selection": {"enabled": True, "seeds": 2},
        "tuning": {"enabled": True, "trials": 3, "folds": 2, "least_gain": 0.0},
    }
}


def read(root: Path, *parts: str) -> dict[str, Any]:
    return json.loads(root.joinpath(*parts).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    run("synthetic_data", folder, rows=800)
    run("training", folder, **SEARCHES)
    run("scoring", folder, **SEARCHES)
    return folder


def test_the_artifact_says_what_was_searched_and_dropped(root: Path):
    fitted = root / "05_model_input" / "domestic" / "fitted"
    model = read(root, "06_models", "domestic", "metadata.json")
    assert model["training"]["tuning"]["trials"] == len(read(fitted, "tuning_journal.json")["trials"]) == 3
    assert model["parameters"] == read(fitted, "tuned_settings.json")["settings"]
    selection = read(fitted, "feature_selection.json")
    assert model["feature_selection"] == {key: value for key, value in selection.items() if key != "importance"}
    assert 1 <= selection["kept"] < selection["features"]
    chosen = read(root, "05_model_input", "domestic", "feature_spec.json")
    used = [feature["name"] for feature in model["features"]["features"]]
    assert used == [feature["name"] for feature in chosen["features"] if feature["name"] not in selection["dropped"]]
    assert list(model["training"]["gain"].keys()) == sorted(used)


def test_the_profile_holds_every_chosen_feature(root: Path):
    chosen = read(root, "05_model_input", "domestic", "feature_spec.json")
    profile = read(root, "06_models", "domestic", "reference_profile.json")
    assert len(profile["columns"]) == len(chosen["features"])


def test_every_customer_of_the_month_is_scored(root: Path):
    scored = pd.read_parquet(root / "07_model_output" / "domestic" / "scored.parquet")
    assert len(scored) > 300
    assert scored["probability"].notna().all()
    assert scored["reason_1"].notna().all()


def test_a_search_from_the_start_gives_the_same_bytes(root: Path):
    model = root / "06_models" / "domestic.tar.gz"
    before = model.read_bytes()
    (root / "05_model_input" / "domestic" / "fitted" / "tuning_journal.json").unlink()
    run("modeling", root, **SEARCHES)
    assert model.read_bytes() == before
