"""What training gives, stored and read again."""

import json

import numpy as np
import pytest
import xgboost as xgb

from segmentation_model.model.booster import TrainedBooster, load_booster, to_json
from segmentation_model.model.features import apply_feature_spec
from segmentation_model.model.scoring import predict_margin
from tests.model.artifacts import skipped, trained


class TestFiles:
    def test_a_booster_comes_back_with_its_record_and_scores_the_same(self):
        stored = trained().booster.to_files()
        assert set(stored) == {"model.ubj", "training.json"}
        read = TrainedBooster.from_files(stored)
        assert (read.status, read.reason, read.record) == ("trained", None, trained().booster.record)
        rows, _ = apply_feature_spec(trained().test, trained().model.features, "test part")
        assert isinstance(read.booster, xgb.Booster)
        np.testing.assert_array_equal(
            predict_margin(read.booster, rows), predict_margin(trained().booster.booster, rows)
        )

    def test_a_reason_comes_back_without_a_booster(self):
        stored = skipped().booster.to_files()
        assert set(stored) == {"training.json"}
        read = TrainedBooster.from_files(stored)
        assert (read.booster, read.status) == (None, "skipped")
        assert read.reason == skipped().booster.reason == "the training part has one class only: every target is 0"

    def test_a_trained_one_whose_trees_were_lost_is_not_taken_for_a_skipped_one(self):
        stored = trained().booster.to_files()
        del stored["model.ubj"]
        with pytest.raises(KeyError, match=r"model\.ubj"):
            TrainedBooster.from_files(stored)

    def test_storing_twice_gives_the_same_bytes(self):
        stored = trained().booster.to_files()
        assert TrainedBooster.from_files(stored).to_files() == stored

    def test_the_trees_are_ubjson(self):
        content = trained().booster.to_files()["model.ubj"]
        assert content.startswith(b"{L")
        assert load_booster(content).num_boosted_rounds() == trained().booster.record["trees"]


class TestJson:
    def test_equal_values_give_equal_bytes_whatever_their_order(self):
        assert to_json({"b": 1, "a": [1.5, None]}) == to_json({"a": [1.5, None], "b": 1})

    @pytest.mark.parametrize("value", [0.1 + 0.2, 1e-300, 5e-324, -0.0, 2**60, "Doméstica · Año", True, None, [[]], {}])
    def test_a_value_comes_back_as_it_was(self, value: object):
        assert repr(json.loads(to_json({"x": value}))["x"]) == repr(value)

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_json_has_no_word_for_is_refused(self, value: float):
        with pytest.raises(ValueError, match="not JSON compliant"):
            to_json({"x": value})
