"""What is searched before a model is trained: on request, on the training part alone, with a trace in the model."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segmentation_model.customer_hash import hash_positions
from segmentation_model.datasets.journal import Journal
from segmentation_model.datasets.storage import Storage
from segmentation_model.pipelines import modeling
from segmentation_model.pipelines.modeling import nodes, search_nodes
from segmentation_model.pipelines.modeling.cross_validation import CrossValidation
from segmentation_model.pipelines.modeling.params import (
    FeatureSelectionSettings,
    MinimumCases,
    SearchSpace,
    TuningSettings,
)
from tests.model.artifacts import FEW_TREES, GATE_OPEN, MINIMUM, as_configured, labelled, skipped, trained, without_rows

OFF, ON = FeatureSelectionSettings(), FeatureSelectionSettings(enabled=True, seeds=2, least_gain=1.0)
FEW_WAYS = SearchSpace.model_validate(
    dict.fromkeys(SearchSpace.model_fields)
    | {"learning_rate": {"low": 0.1, "high": 0.5}, "max_depth": {"low": 2, "high": 4}}
)
SEARCH = TuningSettings(enabled=True, trials=4, folds=2, least_gain=0.0, space=FEW_WAYS)
#: Settings that are easily bettered: eight trees of one split, and each says what the one before said.
TINY = FEW_TREES.model_copy(
    update={"max_trees": 8, "min_trees": 8, "max_depth": 1, "learning_rate": 0.01, "colsample_bytree": 1.0}
)
CONFIGURED = as_configured(TINY)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(Storage((tmp_path / "journal.json").as_posix()))


def select(train: pd.DataFrame, selection: FeatureSelectionSettings, minimum: MinimumCases = MINIMUM) -> Any:
    return search_nodes.select_features(train, trained().spec, GATE_OPEN, selection, FEW_TREES, minimum, 7)


def tune(
    journal: Journal,
    train: pd.DataFrame | None = None,
    tuning: TuningSettings = SEARCH,
    spec: Any = None,
    seed: int = 7,
) -> dict[str, Any]:
    rows = trained().train if train is None else train
    return search_nodes.tune_training(rows, spec or trained().spec, GATE_OPEN, TINY, tuning, MINIMUM, journal, seed)


class Interrupted:
    """Measures so many trials, then the process ends; counts what it measured."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int | None = None) -> None:
        self.measured = 0
        aucs: Callable[..., Any] = CrossValidation.aucs

        def measure(folds: CrossValidation, *given: Any) -> Any:
            if self.measured == after:
                raise KeyboardInterrupt
            self.measured += 1
            return aucs(folds, *given)

        monkeypatch.setattr(CrossValidation, "aucs", measure)


def test_neither_node_is_given_the_calibration_or_the_test_part():
    seen = {node.name: set(node.inputs) for node in modeling.create_pipeline().nodes}
    for name in ("select_features", "tune_training"):
        assert "train_domestic" in seen[f"modeling.domestic.fit.{name}"]
        assert not {"calibration_domestic", "test_domestic", "current_domestic"} & seen[f"modeling.domestic.fit.{name}"]


class TestSelection:
    def test_switched_off_it_passes_the_chosen_features_on(self):
        assert select(trained().train, OFF) == (trained().spec, {"status": "off"})

    def test_on_request_it_drops_what_says_nothing_and_reports_it(self, caplog: pytest.LogCaptureFixture):
        with caplog.at_level(logging.INFO):
            spec, record = select(trained().train, ON)
        assert [feature["name"] for feature in spec["features"]] == ["late"]
        assert list(spec["left_out"]) == record["dropped"] == ["noise", "channel"]
        assert record["status"] == "selected"
        assert abs(record["auc_cost"]) < 0.02
        stability, cost = f"{record['stability']:.2f}", f"{record['auc_cost']:.4f}"
        assert f"1 of 3 features are kept (stability {stability}); cost in AUC: {cost}" in caplog.text

    @pytest.mark.parametrize("train", [skipped().train, without_rows().train], ids=["one class", "no rows"])
    def test_a_tariff_without_a_model_keeps_its_features_and_says_why(self, train: pd.DataFrame):
        spec, record = select(train, ON)
        assert spec == trained().spec
        assert record["status"] == "skipped"
        assert record["reason"].startswith("the training part has ")

    def test_where_one_customer_has_all_unpaid_bills_and_measures_nothing_is_dropped(
        self, caplog: pytest.LogCaptureFixture
    ):
        ids = pd.Series([f"A{number:05d}" for number in range(1_500)])
        measures = ids[hash_positions(ids, 7, "validation") < 0.2].iloc[0]
        customers = trained().train["customer_id"].mask(trained().train["target"] == 1, measures)
        spec, record = select(trained().train.assign(customer_id=customers), ON)
        assert (spec, record["status"]) == (trained().spec, "skipped")
        assert "No features are selected: the customers that build trees are of one class" in caplog.text

    def test_too_few_cases_are_no_ground_for_a_choice(self):
        _, record = select(trained().train, ON, MinimumCases(training=1_000, calibration=10))
        assert record["reason"].endswith("fewer than 1000 (modeling.minimum_cases.training)")


class TestTuning:
    def test_switched_off_it_passes_the_configured_settings_on_and_writes_nothing(self, journal: Journal):
        assert tune(journal, tuning=TuningSettings()) == CONFIGURED
        assert journal.read() == {}

    def test_it_records_what_was_tried_and_trains_with_what_it_found(self, journal: Journal):
        found = tune(journal)
        assert found["tuning"]["status"] == "searched"
        assert (found["tuning"]["trials"], found["tuning"]["folds"], found["tuning"]["taken"]) == (4, 2, True)
        assert found["tuning"]["auc_best"] > found["tuning"]["auc_configured"]
        assert found["settings"] == {**CONFIGURED["settings"], **found["tuning"]["best"]}
        assert len(journal.read()["trials"]) == 4

    @pytest.mark.parametrize("train", [skipped().train, without_rows().train], ids=["one class", "no rows"])
    def test_a_tariff_without_a_model_keeps_its_settings_and_says_why(self, journal: Journal, train: pd.DataFrame):
        found = tune(journal, train)
        assert found["settings"] == CONFIGURED["settings"]
        assert found["tuning"]["status"] == "skipped"
        assert found["tuning"]["reason"].startswith("the training part has ")
        assert journal.read() == {}

    def test_where_too_few_folds_have_both_classes_nothing_is_searched(self, journal: Journal):
        """All unpaid bills are one customer's, and so in one fold: the others have none."""
        unpaid = trained().train["target"] == 1
        rows = trained().train.assign(customer_id=trained().train["customer_id"].mask(unpaid, "A00000"))
        found = tune(journal, rows)
        assert found["settings"] == CONFIGURED["settings"]
        assert found["tuning"] == {
            "status": "skipped",
            "reason": "0 of 2 folds have both classes, fewer than 2 (modeling.tuning.folds)",
        }


class TestGoingOn:
    def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(
        self, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        whole = tune(Journal(Storage((tmp_path / "other.json").as_posix())))
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            Interrupted(patched, after=2) and tune(journal)
        assert len(journal.read()["trials"]) == 2
        second = Interrupted(monkeypatch)
        assert tune(journal) == whole
        assert second.measured == 2

    def test_a_finished_search_is_not_done_again(self, journal: Journal, monkeypatch: pytest.MonkeyPatch):
        found = tune(journal)
        again = Interrupted(monkeypatch)
        assert tune(journal) == found
        assert again.measured == 0

    @pytest.mark.parametrize(
        "changes",
        [
            {"train": labelled(1_500, 64, "A")},
            {"seed": 8},
            {"tuning": SEARCH.model_copy(update={"folds": 3})},
            {"spec": {**trained().spec, "features": trained().spec["features"][:1]}},
        ],
        ids=["rows", "seed", "folds", "features"],
    )
    def test_another_search_begins_anew(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
    ):
        tune(journal)
        key = journal.read()["key"]
        other = Interrupted(monkeypatch)
        tune(journal, **changes)
        assert other.measured == 4
        assert journal.read()["key"] != key


class TestTheModel:
    def test_says_how_its_settings_were_found_and_equal_searches_give_equal_records(self, journal: Journal):
        found = tune(journal)
        given = (trained().train, trained().calibration, trained().spec, GATE_OPEN, found, MINIMUM, 7)
        booster = nodes.train_model(*given)
        assert booster.record["tuning"] == found["tuning"]
        journal.write({})
        again = nodes.train_model(*given[:4], tune(journal), MINIMUM, 7)
        assert again.to_files() == booster.to_files()

    def test_is_trained_with_the_settings_that_were_found(self):
        def trees(settings: dict[str, Any]) -> int:
            return nodes.train_model(
                trained().train, trained().calibration, trained().spec, GATE_OPEN, settings, MINIMUM, 7
            ).record["trees"]

        found = {
            "settings": {**CONFIGURED["settings"], "max_trees": 3, "min_trees": 3},
            "tuning": {"status": "searched"},
        }
        assert (trees(CONFIGURED), trees(found)) == (8, 3)
