"""A real foreign table, taken by YAML alone."""

import json
from statistics import mean

import pytest

from tests.project_run import ProjectRun, succeeded

pytestmark = pytest.mark.slow

SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def evaluations(shared_data, tmp_path_factory) -> list[dict]:
    project = ProjectRun.create(tmp_path_factory.mktemp("project"))
    table = shared_data / "uci_credit_default" / "default_of_credit_card_clients.parquet"
    found = []
    for seed in SEEDS:
        root = tmp_path_factory.mktemp(f"seed{seed}")
        succeeded(project.run(root=root, env="uci", params=f"labelled_path={table},seed={seed}"))
        found.append({path.stem: json.loads(path.read_text()) for path in (root / "08_reporting").glob("*.json")})
    return found


def on_test_part(evaluations: list[dict], metric: str) -> float:
    return mean(found["evaluation_domestic"]["test"][metric] for found in evaluations)


def test_models_are_as_good_as_the_table_allows_and_no_better(evaluations):
    """Above .80 means leakage until shown otherwise."""
    assert 0.775 <= on_test_part(evaluations, "roc_auc") <= 0.80
    assert on_test_part(evaluations, "ks") >= 0.42


def test_probabilities_are_calibrated(evaluations):
    assert on_test_part(evaluations, "brier") <= 0.137
    assert on_test_part(evaluations, "ece") <= 0.02


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
