"""Training: reproducible, stopped in time, and what is stored is what was trained."""

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from pydantic import ValidationError
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import ConfigurationError, InputError
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling.params import TrainingSettings
from segmentation_model.pipelines.modeling.training import TrainingResult, train_booster

ROWS = 3_000
SETTINGS = TrainingSettings(max_trees=60, min_trees=1, learning_rate=0.2, early_stopping_rounds=10, threads=1)


def features(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Two numbers and a category that matter, one number that does not; some missing."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(rows, 3)).astype(np.float32), columns=["days_late", "amount", "noise"])
    table.loc[rng.random(rows) < 0.05, "amount"] = np.nan
    return table.assign(region=pd.Categorical.from_codes(rng.integers(-1, 3, rows), categories=["a", "b", "c"]))


def target(table: pd.DataFrame, seed: int = 1) -> np.ndarray:
    log_odds = 1.2 * table["days_late"] - table["amount"].fillna(0.5) + 2.0 * (table["region"] == "b") - 1.5
    return (np.random.default_rng(seed).random(len(table)) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)


def content(result: TrainingResult) -> bytes:
    return bytes(result.booster.save_raw("ubj"))


TABLE = features()
TARGET = target(TABLE)
VALIDATION = np.arange(ROWS) % 10 == 0


@pytest.fixture(scope="module")
def trained() -> TrainingResult:
    return train_booster(TABLE, TARGET, VALIDATION, SETTINGS, seed=1)


class TestQuality:
    def test_learns_numbers_categories_and_missing_values(self, trained: TrainingResult) -> None:
        fresh = features(seed=5)
        labels = target(fresh, seed=6)
        log_odds = 1.2 * fresh["days_late"] - fresh["amount"].fillna(0.5) + 2.0 * (fresh["region"] == "b")
        best_possible = roc_auc_score(labels, log_odds)
        assert best_possible - roc_auc_score(labels, predict_margin(trained.booster, fresh)) < 0.02

    def test_gain_names_every_feature_and_finds_the_ones_that_matter(self, trained: TrainingResult) -> None:
        assert list(trained.gain) == list(TABLE.columns)
        assert min(trained.gain[name] for name in ("days_late", "amount", "region")) > trained.gain["noise"]

    def test_a_feature_that_no_tree_uses_has_no_gain(self) -> None:
        result = train_booster(TABLE.assign(constant=np.float32(1)), TARGET, VALIDATION, SETTINGS, seed=1)
        assert result.gain["constant"] == 0


class TestReproducibility:
    def test_same_data_settings_and_seed_give_the_same_bytes(self, trained: TrainingResult) -> None:
        assert content(train_booster(TABLE, TARGET, VALIDATION, SETTINGS, seed=1)) == content(trained)

    def test_memory_layout_has_no_say(self, trained: TrainingResult) -> None:
        numbers = TABLE.columns[:3]
        table = pd.DataFrame(np.asfortranarray(TABLE[numbers]), columns=numbers).assign(region=TABLE["region"])
        assert content(train_booster(table, TARGET, VALIDATION, SETTINGS, seed=1)) == content(trained)

    def test_another_seed_gives_other_trees(self, trained: TrainingResult) -> None:
        assert content(train_booster(TABLE, TARGET, VALIDATION, SETTINGS, seed=2)) != content(trained)

    def test_inputs_are_left_alone(self) -> None:
        table, labels, mask = TABLE.copy(), TARGET.copy(), VALIDATION.copy()
        train_booster(table, labels, mask, SETTINGS, seed=1)
        pd.testing.assert_frame_equal(table, TABLE)
        assert (labels == TARGET).all()
        assert (mask == VALIDATION).all()


class TestStopping:
    def test_stops_at_the_best_validation_auc_and_drops_the_later_trees(self, trained: TrainingResult) -> None:
        assert trained.stopped_early
        assert trained.n_trees == int(np.argmax(trained.validation_auc)) + 1
        assert len(trained.validation_auc) == trained.n_trees + SETTINGS.early_stopping_rounds
        assert trained.booster.num_boosted_rounds() == trained.n_trees

    def test_the_history_is_the_auc_of_the_validation_rows(self, trained: TrainingResult) -> None:
        margin = predict_margin(trained.booster, TABLE[VALIDATION])
        assert roc_auc_score(TARGET[VALIDATION], margin) == pytest.approx(max(trained.validation_auc), abs=1e-6)

    def test_few_trees_are_too_few_even_where_they_do_as_well(self, trained: TrainingResult) -> None:
        assert trained.n_trees < 50
        many = train_booster(TABLE, TARGET, VALIDATION, SETTINGS.model_copy(update={"min_trees": 50}), seed=1)
        assert many.n_trees == many.booster.num_boosted_rounds() == 50
        assert many.validation_auc[: trained.n_trees] == trained.validation_auc[: trained.n_trees]

    def test_a_class_weight_does_not_keep_it_running(self) -> None:
        weighted = SETTINGS.model_copy(update={"scale_pos_weight": 10.0})
        assert train_booster(TABLE, TARGET, VALIDATION, weighted, seed=1).stopped_early

    def test_validation_rows_build_no_tree(self, trained: TrainingResult) -> None:
        # Swapping rows within the validation slice changes neither its AUC nor the learning rows.
        order = np.arange(ROWS)
        order[VALIDATION] = order[VALIDATION][::-1]
        shuffled = train_booster(TABLE.iloc[order], TARGET[order], VALIDATION, SETTINGS, seed=1)
        assert content(shuffled) == content(trained)

    @pytest.mark.parametrize(
        "validation",
        [np.zeros(ROWS, dtype=bool), (TARGET == 1) & VALIDATION, TARGET == 1],
        ids=["no row", "one class held out", "one class left"],
    )
    def test_rows_that_cannot_tell_when_to_stop_are_learnt_from(self, validation: np.ndarray) -> None:
        result = train_booster(TABLE, TARGET, validation, SETTINGS, seed=1)
        assert (result.n_trees, result.stopped_early, result.validation_auc) == (60, False, ())
        assert content(result) == content(train_booster(TABLE, TARGET, None, SETTINGS, seed=1))


class TestMargins:
    def test_memory_and_file_agree_to_the_bit(self, trained: TrainingResult) -> None:
        stored = xgb.Booster(model_file=bytearray(content(trained)))
        assert predict_margin(stored, TABLE).tobytes() == predict_margin(trained.booster, TABLE).tobytes()
        assert bytes(stored.save_raw("ubj")) == content(trained)

    def test_are_the_log_odds_of_xgboost_itself(self, trained: TrainingResult) -> None:
        oracle = trained.booster.predict(xgb.DMatrix(TABLE, enable_categorical=True), output_margin=True)
        margin = predict_margin(trained.booster, TABLE)
        assert margin.dtype == np.float64
        assert (margin == oracle.astype(np.float64)).all()

    def test_a_row_is_scored_alone(self, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = predict_margin(trained.booster, TABLE)
        monkeypatch.setattr("segmentation_model.model.scoring._ROWS_AT_A_TIME", 7)
        assert predict_margin(trained.booster, TABLE[:100]).tobytes() == whole[:100].tobytes()

    def test_no_rows_have_no_margins(self, trained: TrainingResult) -> None:
        assert predict_margin(trained.booster, TABLE[:0]).shape == (0,)

    def test_other_columns_are_refused(self, trained: TrainingResult) -> None:
        with pytest.raises(ValueError, match="feature_names mismatch"):
            predict_margin(trained.booster, TABLE[TABLE.columns[::-1]])


class TestMonotoneConstraints:
    def test_a_sweep_never_lowers_the_risk(self) -> None:
        # Unconstrained, the dip of the risk between 0 and 1 is learnt; constrained, it is not.
        dip = TABLE["days_late"].between(0, 1).to_numpy()
        labels = np.where(dip & (np.arange(ROWS) % 2 == 0), 0, TARGET)
        constrained = SETTINGS.model_copy(update={"monotone_constraints": {"days_*": 1}})
        sweep = np.linspace(-3, 3, 61, dtype=np.float32)
        steps = {}
        for name, settings in (("free", SETTINGS), ("constrained", constrained)):
            result = train_booster(TABLE, labels, VALIDATION, settings, seed=1)
            rows = TABLE.iloc[np.repeat(np.arange(50), len(sweep))].assign(days_late=np.tile(sweep, 50))
            steps[name] = np.diff(predict_margin(result.booster, rows).reshape(50, -1), axis=1)
        assert steps["free"].min() < -0.1
        assert steps["constrained"].min() >= 0

    def test_a_pattern_without_a_feature_is_reported(self) -> None:
        settings = SETTINGS.model_copy(update={"monotone_constraints": {"amount": -1, "days_la?e": 1, "debt_*": 1}})
        assert train_booster(TABLE, TARGET, VALIDATION, settings, seed=1).unused_constraints == ("debt_*",)

    @pytest.mark.parametrize(
        ("constraints", "message"),
        [
            ({"reg*": 1}, "'reg\\*' matches 'region', a categorical feature"),
            ({"a*": 1, "amount": -1}, "'amount' is matched by patterns of opposite signs"),
        ],
    )
    def test_constraints_that_make_no_sense_are_refused(self, constraints: dict[str, int], message: str) -> None:
        settings = SETTINGS.model_copy(update={"monotone_constraints": constraints})
        with pytest.raises(ConfigurationError, match=message):
            train_booster(TABLE, TARGET, VALIDATION, settings, seed=1)


class TestErrors:
    @pytest.mark.parametrize(
        ("table", "labels", "validation", "message"),
        [
            (TABLE, TARGET[1:], VALIDATION, "3000 rows of features, 2999 targets and 3000 validation marks"),
            (TABLE[[]], TARGET, VALIDATION, "no feature is left"),
            (TABLE, TARGET * 0, VALIDATION, r"column 'target' holds 0\.0 in 3000 rows; both 0 and 1 are needed"),
            (TABLE, TARGET * 2, VALIDATION, r"holds 0\.0, 2\.0 in"),
            (TABLE, np.where(np.arange(ROWS) == 0, np.nan, TARGET), VALIDATION, r"holds 0\.0, 1\.0, nan in"),
            (TABLE[:0], TARGET[:0], None, "in 0 rows"),
            (TABLE.assign(name="x"), TARGET, VALIDATION, "columns 'name' are neither numeric nor categorical"),
            (TABLE.rename(columns={"noise": "m[3]"}), TARGET, VALIDATION, r"column names 'm\[3\]' hold one of"),
            (TABLE.assign(noise=np.float32(np.inf)), TARGET, VALIDATION, "columns 'noise' hold infinite values"),
        ],
        ids=[
            "lengths",
            "no feature",
            "one class",
            "labels",
            "missing label",
            "no rows",
            "text",
            "name",
            "infinite",
        ],
    )
    def test_what_cannot_be_learnt_from_is_named(
        self, table: pd.DataFrame, labels: np.ndarray, validation: np.ndarray | None, message: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            train_booster(table, labels, validation, SETTINGS, seed=1)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"learning_rate": 0}, "greater than 0"),
            ({"subsample": 1.5}, "less than or equal to 1"),
            ({"device": "gpu"}, "'cpu' or 'cuda'"),
            ({"monotone_constraints": {"a": 2}}, "-1 or 1"),
            ({"eta": 0.1}, "Extra inputs are not permitted"),
        ],
    )
    def test_settings_out_of_bounds_are_refused(self, changes: dict[str, object], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            TrainingSettings.model_validate(changes)
