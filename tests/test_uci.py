"""A real foreign table, taken by YAML alone: how good its models are, with and without a class weight."""

import json
import shutil
from pathlib import Path
from statistics import mean

import pandas as pd
import pytest

from tests.in_process import run

pytestmark = pytest.mark.slow

SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def roots(shared_data, tmp_path_factory) -> list[Path]:
    """The whole job, once a seed."""
    table = shared_data / "uci_credit_default" / "default_of_credit_card_clients.parquet"
    found = []
    for seed in SEEDS:
        root = tmp_path_factory.mktemp(f"seed{seed}")
        run("__default__", root, env="uci", labelled_path=str(table), seed=seed)
        found.append(root)
    return found


@pytest.fixture(scope="module")
def evaluations(roots) -> list[dict]:
    return [read_reports(root) for root in roots]


@pytest.fixture(scope="module")
def weighted(roots, tmp_path_factory) -> list[dict]:
    """The same parts, the models trained with a class weight."""
    found = []
    for seed, root in zip(SEEDS, roots, strict=True):
        copy = tmp_path_factory.mktemp(f"weighted{seed}")
        shutil.copytree(root, copy, dirs_exist_ok=True)
        run("modeling", copy, env="uci", seed=seed, modeling={"training": {"scale_pos_weight": 3.5}})
        found.append(read_reports(copy))
    return found


@pytest.fixture(scope="module")
def free(shared_data, tmp_path_factory) -> list[dict]:
    """Models without monotone constraints, and with the features that these rule out."""
    table = shared_data / "uci_credit_default" / "default_of_credit_card_clients.parquet"
    found = []
    for seed in SEEDS:
        root = tmp_path_factory.mktemp(f"free{seed}")
        off = {"features": {"monotone": {"days_late": 0}}}
        run("training", root, env="uci", labelled_path=str(table), seed=seed, feature_engineering=off)
        found.append(read_reports(root))
    return found


def read_reports(root: Path) -> dict:
    return {path.stem: json.loads(path.read_text()) for path in (root / "08_reporting").glob("*.json")}


def on_test_part(evaluations: list[dict], metric: str) -> float:
    return mean(found["evaluation_domestic"]["test"][metric] for found in evaluations)


@pytest.mark.parametrize("runs", ["evaluations", "weighted"])
class TestQuality:
    """Means of five seeds: one split's noise is about .01."""

    @pytest.fixture
    def models(self, request, runs) -> list[dict]:
        return request.getfixturevalue(runs)

    def test_models_are_as_good_as_the_table_allows_and_no_better(self, models):
        """Above .80 means leakage until shown otherwise."""
        assert 0.78 <= on_test_part(models, "roc_auc") <= 0.80
        assert on_test_part(models, "ks") >= 0.425
        assert on_test_part(models, "pr_auc") >= 0.55
        assert on_test_part(models, "capture_top_decile") >= 0.31

    def test_probabilities_are_calibrated_and_calibration_costs_next_to_nothing(self, models):
        assert on_test_part(models, "brier") <= 0.1355
        assert on_test_part(models, "ece") <= 0.02
        assert mean(found["evaluation_domestic"]["calibration_cost"] for found in models) <= 0.002


def test_a_class_weight_gives_another_model(evaluations, weighted):
    versions = [found["evaluation_domestic"]["model_version"] for found in (*evaluations, *weighted)]
    assert len(set(versions)) == len(versions)


def test_monotone_constraints_cost_next_to_nothing(evaluations, free):
    assert on_test_part(free, "roc_auc") - on_test_part(evaluations, "roc_auc") <= 0.005


def test_risk_never_falls_with_a_worse_status_code(roots):
    for root in roots:
        metadata = json.loads((root / "06_models" / "domestic" / "metadata.json").read_text())
        check = metadata["monotone_check"]
        assert (check["customers"], check["violations"]) == (200, {})
        assert check["features"].items() >= {f"days_late_0{month}": 1 for month in range(1, 7)}.items()
        codes = pd.read_parquet(root / "05_model_input" / "domestic" / "calibration.parquet")["days_late_01"]
        assert codes.min() == -2  # no use is the least risky status, then paid in full, then revolving
        assert codes.max() >= 4


def test_the_tariff_that_the_table_lacks_is_skipped_with_a_reason(evaluations):
    for found in evaluations:
        industrial = found["run_summary"]["tariffs"]["Industrial"]
        assert (industrial["status"], industrial["reason"]) == ("skipped", "the training part has no rows")
        assert found["evaluation_industrial"]["status"] == "skipped"


def test_the_performance_that_scores_promise_is_the_one_that_comes(evaluations):
    months = [found["expected_performance"]["Domestic"] for found in evaluations]
    gaps = [month["expected_roc_auc"]["value"] - month["realised"]["roc_auc"] for month in months]
    assert abs(mean(gaps)) <= 0.01
    assert sum(month["realised"]["roc_auc_in_band"] for month in months) >= 4
    assert sum(month["realised"]["default_rate_in_band"] for month in months) >= 4
    for found, month in zip(evaluations, months, strict=True):
        assert month["realised"]["rows"] == month["rows"] == found["run_summary"]["rows"]["segmented"]


def test_every_held_out_customer_is_segmented(evaluations):
    for found in evaluations:
        rows = found["run_summary"]["rows"]
        assert rows["labelled"] == 30_000
        assert rows["current"] == rows["segmented"] == found["evaluation_domestic"]["test"]["rows"]
