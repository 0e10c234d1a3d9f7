"""Cross-validation: customers on one side of a fold each, an AUC that is measured where nothing was learnt."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.pipelines.modeling import cross_validation
from segmentation_model.pipelines.modeling.cross_validation import CrossValidation
from segmentation_model.pipelines.modeling.params import TrainingSettings
from tests.model.artifacts import FEW_TREES, labelled, trained


def folds_of(rows: pd.DataFrame, folds: int = 3, seed: int = 7) -> CrossValidation:
    spec = FeatureSpec.model_validate(trained().spec)
    return CrossValidation.of(apply_feature_spec(rows, spec, "training part")[0], rows, folds, seed)


ROWS = labelled(900, 61)


class TestFolds:
    def test_all_invoices_of_a_customer_are_in_one(self):
        twice = pd.concat([ROWS, ROWS], ignore_index=True)
        fold = folds_of(twice).fold
        np.testing.assert_array_equal(fold[:900], fold[900:])
        assert set(fold) == {0, 1, 2}

    def test_are_about_equally_large_and_those_of_the_seed(self):
        counts = np.bincount(folds_of(ROWS).fold)
        assert (np.abs(counts - 300) < 4 * np.sqrt(900 * 2 / 9)).all()
        assert (folds_of(ROWS, seed=8).fold != folds_of(ROWS).fold).any()

    def test_do_not_say_which_customers_stop_the_training(self):
        """Folds by the hash of the stopping customers would leave some folds without any."""
        folds = folds_of(ROWS)
        np.testing.assert_array_equal(folds.stopping, hash_positions(ROWS["customer_id"], 7, "validation"))
        stops = [(folds.stopping[folds.fold == number] < 0.3).mean() for number in range(3)]
        assert min(stops) > 0.15

    def test_without_both_classes_inside_and_outside_are_not_used(self):
        fold = folds_of(ROWS).fold
        target = np.where((fold == 0) & (np.arange(900) % 2 == 0), 1, 0)
        assert folds_of(ROWS.assign(target=target)).usable == ()
        target = np.where(fold != 2, np.arange(900) % 2, 0)
        assert folds_of(ROWS.assign(target=target)).usable == (0, 1)


class TestAuc:
    def test_is_that_of_rows_which_taught_nothing(self, monkeypatch: pytest.MonkeyPatch):
        seen = []

        def spy(features: pd.DataFrame, *given: object) -> object:
            seen.append(set(features.index))
            return train(features, *given)

        train = cross_validation.train_booster
        monkeypatch.setattr(cross_validation, "train_booster", spy)
        folds = folds_of(ROWS)
        folds.aucs(FEW_TREES.model_copy(update={"max_trees": 2}))
        assert seen == [set(np.flatnonzero(folds.fold != number)) for number in range(3)]

    def test_is_one_half_where_there_is_nothing_to_learn_and_high_where_there_is(self):
        """Deep trees on labels of chance reach an AUC near 1 on the rows that they learn from."""
        deep = TrainingSettings(max_trees=50, max_depth=8, min_child_weight=0, learning_rate=0.3, threads=1)
        chance = np.random.default_rng(3).integers(0, 2, 900)
        assert np.mean(folds_of(ROWS.assign(target=chance)).aucs(deep)) == pytest.approx(0.5, abs=0.08)
        assert np.mean(folds_of(ROWS).aucs(FEW_TREES)) > 0.75
