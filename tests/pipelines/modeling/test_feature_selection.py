"""Feature selection: what was planted is kept, noise is dropped, and the cost is measured where nothing was learnt."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.features import Feature, FeatureSpec, apply_feature_spec
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling import feature_selection
from segmentation_model.pipelines.modeling.feature_selection import (
    Selection,
    gain_shares,
    mean_overlap,
    select_by_gain,
    stability,
)
from segmentation_model.pipelines.modeling.params import FeatureSelectionSettings, TrainingSettings
from segmentation_model.pipelines.modeling.training import train_booster

ROWS = 3_000
PLANTED = ("strong", "weak", "region")
NOISE = tuple(f"noise_{number:02d}" for number in range(20))
TRAINING = TrainingSettings(
    max_trees=40, min_trees=10, early_stopping_rounds=10, learning_rate=0.2, max_depth=3, threads=1
)
SETTINGS = FeatureSelectionSettings(enabled=True, seeds=4)


def planted(seed: int = 0, rows: int = ROWS) -> pd.DataFrame:
    """Two numbers and a category that matter, twenty numbers that do not."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.normal(size=(rows, 22)).astype(np.float32), columns=["strong", "weak", *NOISE])
    table["region"] = pd.array(random.choice(["a", "b", "c"], rows), dtype="str")
    log_odds = 1.5 * table["strong"] + 0.7 * table["weak"] + 1.5 * (table["region"] == "b") - 1.5
    table.insert(0, "target", (random.random(rows) < expit(log_odds)).astype(np.float32))
    table.insert(0, "customer_id", pd.array([f"C{index:05d}" for index in range(rows)], dtype="str"))
    return table


TABLE = planted()
SPEC = FeatureSpec(
    features=(
        *(Feature(name=name, kind="numeric") for name in ("strong", *NOISE[:10], "weak", *NOISE[10:])),
        Feature(name="region", kind="categorical", categories=("a", "b", "c")),
    ),
    left_out={"constant": "100.00% of the rows are 1"},
)
MEASURING = hash_positions(TABLE["customer_id"], 7, "validation") < 0.2


@pytest.fixture(scope="module")
def selected() -> Selection:
    return select_by_gain(TABLE, SPEC, SETTINGS, TRAINING, seed=7)


class TestChoice:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_planted_features_are_kept_among_noise_in_their_order(self, seed: int):
        found = select_by_gain(planted(seed), SPEC, SETTINGS, TRAINING, seed=7)
        assert found.spec.names == ["strong", "weak", "region"]
        assert found.spec.features[2].categories == ("a", "b", "c")

    def test_what_is_dropped_is_left_out_with_the_reason_in_words(self, selected: Selection):
        assert selected.spec.left_out["constant"] == "100.00% of the rows are 1"
        assert set(selected.spec.left_out) == {"constant", *NOISE}
        assert selected.record["dropped"] == list(NOISE)
        mean = selected.record["importance"]["noise_03"]
        assert selected.spec.left_out["noise_03"].startswith(f"feature selection: {mean:.2%} of the gain on average; ")
        # half of the mean share of 23 features
        assert selected.spec.left_out["noise_03"].endswith(" of 4 boosters gain 2.17% or more from it")

    def test_the_least_gain_is_in_means_over_the_features(self):
        def kept(least_gain: float) -> set[str]:
            settings = SETTINGS.model_copy(update={"least_gain": least_gain})
            return set(select_by_gain(TABLE, SPEC, settings, TRAINING, seed=7).spec.names)

        assert set(PLANTED) < kept(0.01)
        assert kept(23 * 0.5) == {"strong"}

    def test_never_is_everything_dropped(self):
        settings = SETTINGS.model_copy(update={"least_gain": 23.5})  # more than all of the gain
        found = select_by_gain(TABLE, SPEC, settings, TRAINING, seed=7)
        assert found.spec.names == ["strong"]
        assert "strong" not in found.record["dropped"]

    def test_agreement_says_how_many_boosters_must_use_a_feature(self, monkeypatch: pytest.MonkeyPatch):
        """Four boosters: two, three and four of them use one, two and three of the features."""
        gains = iter([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]] + [[1, 1]] * 4)

        def train(features: pd.DataFrame, *given: object) -> object:
            result = train_booster(features, *given)
            values = dict(zip(features.columns, next(gains), strict=True))
            return type("Result", (), {"gain": values, "booster": result.booster})

        monkeypatch.setattr(feature_selection, "train_booster", train)
        spec = SPEC.model_copy(update={"features": SPEC.features[:4]})
        settings = SETTINGS.model_copy(update={"least_agreement": 0.8})
        found = select_by_gain(TABLE, spec, settings, TRAINING, seed=7)
        assert found.spec.names == spec.names[:2]
        assert "3 of 4 boosters" in found.spec.left_out[spec.names[2]]
        assert "2 of 4 boosters" in found.spec.left_out[spec.names[3]]

    def test_a_constrained_feature_may_be_dropped_like_others(self):
        training = TRAINING.model_copy(update={"monotone_constraints": {"noise_0*": 1, "strong": 1}})
        assert select_by_gain(TABLE, SPEC, SETTINGS, training, seed=7).spec.names == ["strong", "weak", "region"]


class TestReproducibility:
    def test_the_same_seed_gives_the_same_record(self, selected: Selection):
        assert select_by_gain(TABLE.copy(), SPEC, SETTINGS, TRAINING, seed=7) == selected

    def test_another_seed_gives_other_gains(self, selected: Selection):
        other = select_by_gain(TABLE, SPEC, SETTINGS, TRAINING, seed=11).record
        assert (selected.record["seeds"], other["seeds"]) == ([7, 8, 9, 10], [11, 12, 13, 14])
        assert other["importance"] != selected.record["importance"]

    def test_the_largest_seed_has_seeds_after_it(self):
        settings = SETTINGS.model_copy(update={"seeds": 2})
        assert select_by_gain(TABLE, SPEC, settings, TRAINING, seed=2**32 - 1).record["seeds"] == [2**32 - 1, 0]


class TestCost:
    def test_it_is_the_mean_loss_in_auc_on_customers_that_taught_nothing(self, selected: Selection):
        features, _ = apply_feature_spec(TABLE, SPEC, "training part")
        target = TABLE["target"].to_numpy()

        def auc(names: list[str], seed: int) -> float:
            ids = TABLE.loc[~MEASURING, "customer_id"]
            stopping = hash_positions(ids, seed, "selection") < 0.1
            table = features[names]
            booster = train_booster(table[~MEASURING], target[~MEASURING], stopping, TRAINING, seed).booster
            return float(roc_auc_score(target[MEASURING], predict_margin(booster, table[MEASURING])))

        losses = [auc(SPEC.names, seed) - auc(list(PLANTED), seed) for seed in (7, 8, 9, 10)]
        assert selected.record["measuring_rows"] == MEASURING.sum()
        np.testing.assert_allclose(selected.record["auc_costs"], losses, rtol=0, atol=1e-12)
        assert selected.record["auc_cost"] == pytest.approx(np.mean(losses))
        assert selected.record["auc_all"] - selected.record["auc_kept"] == pytest.approx(np.mean(losses))
        assert selected.record["auc_cost"] < 0.005

    def test_it_is_high_where_something_of_worth_is_dropped(self):
        settings = SETTINGS.model_copy(update={"least_gain": 23 * 0.5})
        assert select_by_gain(TABLE, SPEC, settings, TRAINING, seed=7).record["auc_cost"] > 0.03

    def test_it_is_nothing_where_all_is_kept(self):
        spec = SPEC.model_copy(update={"features": tuple(f for f in SPEC.features if f.name in PLANTED)})
        record = select_by_gain(TABLE, spec, SETTINGS, TRAINING, seed=7).record
        assert (record["kept"], record["auc_cost"], record["dropped"]) == (3, 0.0, [])

    def test_it_is_not_known_where_a_class_is_absent(self):
        labels = np.where(MEASURING, 0, TABLE["target"])
        record = select_by_gain(TABLE.assign(target=labels), SPEC, SETTINGS, TRAINING, seed=7).record
        assert record["auc_cost"] is record["auc_all"] is record["auc_costs"] is None
        assert record["status"] == "selected"

    def test_without_both_classes_among_those_who_build_trees_all_is_kept_and_it_says_why(self):
        labels = np.where(MEASURING, TABLE["target"], 0)
        found = select_by_gain(TABLE.assign(target=labels), SPEC, SETTINGS, TRAINING, seed=7)
        reason = "the customers that build trees are of one class (modeling.feature_selection.measuring_share)"
        assert found == Selection(SPEC, {"status": "skipped", "reason": reason})

    def test_those_who_measure_it_do_not_choose(self, selected: Selection):
        """Nor do those who will decide when the model stops: they are among them."""
        labels = np.where(MEASURING, 1 - TABLE["target"], TABLE["target"])
        record = select_by_gain(TABLE.assign(target=labels), SPEC, SETTINGS, TRAINING, seed=7).record
        assert record["importance"] == selected.record["importance"]
        stopping = hash_positions(TABLE["customer_id"], 7, "validation") < TRAINING.validation_share
        assert not (stopping & ~MEASURING).any()

    def test_more_customers_measure_where_more_will_stop_the_model(self):
        training = TRAINING.model_copy(update={"validation_share": 0.4})
        stopping = hash_positions(TABLE["customer_id"], 7, "validation") < 0.4
        assert select_by_gain(TABLE, SPEC, SETTINGS, training, seed=7).record["measuring_rows"] == stopping.sum()


class TestStability:
    def test_choices_of_one_size_have_kunchevas_index(self):
        random = np.random.default_rng(5)
        used = np.zeros((6, 12), dtype=bool)
        for choice in used:
            choice[random.choice(12, 4, replace=False)] = True
        expected = 4 * 4 / 12
        pairs = itertools.combinations(used, 2)
        kuncheva = np.mean([((one & other).sum() - expected) / (4 - expected) for one, other in pairs])
        assert stability(used) == pytest.approx(kuncheva)

    def test_chance_has_none_and_agreement_has_all(self):
        random = np.random.default_rng(6)
        assert stability(random.random((200, 500)) < 0.3) == pytest.approx(0, abs=0.01)
        assert stability(np.tile(random.random(50) < 0.3, (5, 1))) == 1
        for everything_or_nothing in (np.ones((3, 4), dtype=bool), np.zeros((3, 4), dtype=bool)):
            assert stability(everything_or_nothing) == mean_overlap(everything_or_nothing) == 1

    def test_overlap_is_the_mean_over_the_pairs(self):
        used = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0]], dtype=bool)
        assert mean_overlap(used) == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)

    def test_planted_features_are_chosen_again_and_again(self, selected: Selection):
        assert selected.record["stability"] > 0.7
        assert selected.record["overlap"] > 0.7


def test_shares_are_those_of_each_booster_and_none_where_no_tree_was_split():
    shares = gain_shares(({"a": 3.0, "b": 1.0}, {"a": 0.0, "b": 0.0}))
    assert shares.to_dict("list") == {"a": [0.75, 0.0], "b": [0.25, 0.0]}
