"""Exact contributions by look-up, against hand, brute force and XGBoost's own."""

import json
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from segmentation_model.model import shapley_tables
from segmentation_model.model.features import apply_feature_spec
from segmentation_model.model.scoring import predict_margin
from segmentation_model.model.shapley_tables import MAX_DEPTH, ShapleyTables, tabulate
from tests.model.artifacts import trained


def tabulated(booster: xgb.Booster, groups: list[int] | None = None) -> ShapleyTables:
    tables = tabulate(booster, groups or list(range(booster.num_features())))
    assert tables is not None
    return tables


def xgboosts_own(booster: xgb.Booster, rows: pd.DataFrame) -> Any:
    """XGBoost's contributions, the bias in the last column."""
    return booster.predict(xgb.DMatrix(rows, enable_categorical=True), pred_contribs=True)


def grown(rows: pd.DataFrame, target: Any, trees: int = 1, **parameters: Any) -> xgb.Booster:
    matrix = xgb.DMatrix(rows, np.asarray(target, dtype=np.float32), enable_categorical=True)
    return xgb.train({"tree_method": "hist", "nthread": 1, **parameters}, matrix, trees)


def mixed(rows: int, seed: int) -> pd.DataFrame:
    """Numbers with missing values and a category."""
    random = np.random.default_rng(seed)
    late = random.integers(0, 40, rows).astype(np.float32)
    late[random.random(rows) < 0.2] = np.nan
    channel = pd.Categorical.from_codes(random.integers(-1, 3, rows), pd.Index(["app", "bank", "shop"], dtype="str"))
    return pd.DataFrame({"late": late, "balance": random.normal(size=rows).astype(np.float32), "channel": channel})


def mixed_booster(trees: int = 6, **parameters: Any) -> tuple[xgb.Booster, pd.DataFrame]:
    """Trees with a monotone feature, a category and missing values, and the rows they were grown on."""
    rows = mixed(600, 1)
    risk = rows["late"].fillna(10) / 20 + rows["balance"] * (rows["channel"] == "shop")
    target = risk + np.random.default_rng(2).normal(size=600) > 1
    given = {"monotone_constraints": {"late": 1}, "max_depth": 4, "max_cat_to_onehot": 1, **parameters}
    return grown(rows, target, trees, objective="binary:logistic", **given), rows


def expectation(node: dict[str, Any], row: dict[str, Any], known: frozenset[str]) -> float:
    """Value of a dumped tree where some features are known: an unknown split weighs its branches by their cover."""
    if "leaf" in node:
        return float(node["leaf"])
    branches = {child["nodeid"]: child for child in node["children"]}
    if node["split"] not in known:
        return sum(expectation(child, row, known) * child["cover"] for child in branches.values()) / sum(
            child["cover"] for child in branches.values()
        )
    value, condition = row[node["split"]], node["split_condition"]
    if np.isnan(value):
        way = node["missing"]
    elif isinstance(condition, list):
        way = node["yes"] if int(value) in condition else node["no"]
    else:
        way = node["yes"] if np.float32(value) < np.float32(condition) else node["no"]
    return expectation(branches[way], row, known)


def shapley(booster: xgb.Booster, row: dict[str, Any]) -> list[float]:
    """Shapley values by brute force over all subsets of the features."""
    names, trees = list(row), [json.loads(tree) for tree in booster.get_dump(with_stats=True, dump_format="json")]
    values = []
    for name in names:
        others = [other for other in names if other != name]
        value = 0.0
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(len(others) - size) / factorial(len(names))
            for subset in map(frozenset, combinations(others, size)):
                value += weight * sum(
                    expectation(tree, row, subset | {name}) - expectation(tree, row, subset) for tree in trees
                )
        values.append(value)
    return values


#: Both late and in debt: the one case in four that does not pay.
BOTH = pd.DataFrame({"late": [0, 0, 1, 1], "debt": [0, 1, 0, 1]}, dtype=np.float32)


def both() -> xgb.Booster:
    """A tree that says 1 for both and else 0; it asks for one, then for the other."""
    plain = {"objective": "reg:squarederror", "base_score": 0, "learning_rate": 1, "reg_lambda": 0}
    return grown(BOTH, [0, 0, 0, 1], max_depth=2, min_child_weight=0, **plain)


def test_a_tree_of_two_conditions_is_known_by_hand():
    expected = [[-0.125, -0.125], [-0.375, 0.125], [0.125, -0.375], [0.375, 0.375]]
    np.testing.assert_allclose(tabulated(both()).contributions(BOTH), expected, atol=1e-7)


def test_crediting_the_order_of_the_questions_would_add_up_too_and_be_another_thing():
    matrix = xgb.DMatrix(BOTH)
    approximate = both().predict(matrix, pred_contribs=True, approx_contribs=True)
    np.testing.assert_allclose(approximate.sum(axis=1), [0, 0, 0, 1], atol=1e-7)
    assert np.abs(approximate[:, :2] - tabulated(both()).contributions(BOTH)).max() == pytest.approx(0.125)


def test_they_are_shapley_values_with_monotone_missing_and_categories():
    booster, rows = mixed_booster()
    few = rows.iloc[:40]
    assert few["late"].isna().any()
    assert few["channel"].isna().any()
    codes = few.assign(channel=few["channel"].cat.codes.replace(-1, np.nan)).to_dict("records")
    np.testing.assert_allclose(tabulated(booster).contributions(few), [shapley(booster, row) for row in codes],
                               atol=1e-6)  # fmt: skip


@pytest.mark.parametrize("depth", range(1, MAX_DEPTH + 1))
@pytest.mark.parametrize("one_hot", [1, 100])
def test_they_are_xgboosts_own(depth: int, one_hot: int):
    booster, _ = mixed_booster(20, max_depth=depth, max_cat_to_onehot=one_hot)
    unseen = mixed(500, 9)
    np.testing.assert_allclose(
        tabulated(booster).contributions(unseen), xgboosts_own(booster, unseen)[:, :-1], atol=1e-5
    )


def test_those_of_a_trained_model_are_xgboosts_own():
    rows, _ = apply_feature_spec(trained().test, trained().model.features, "test part")
    booster = trained().model.booster
    np.testing.assert_allclose(tabulated(booster).contributions(rows), xgboosts_own(booster, rows)[:, :-1], atol=1e-5)


def test_with_the_bias_they_add_up_to_the_margin():
    booster, rows = mixed_booster(60)
    bias = xgboosts_own(booster, rows)[:, -1].astype(np.float64)
    added = tabulated(booster).contributions(rows).sum(axis=1) + bias
    assert np.abs(added - predict_margin(booster, rows)).max() < 1e-4


def test_those_of_a_group_are_added_up():
    booster, rows = mixed_booster(20)
    single = tabulated(booster).contributions(rows)
    grouped = tabulated(booster, [0, 1, 0]).contributions(rows)
    np.testing.assert_allclose(grouped, np.column_stack([single[:, 0] + single[:, 2], single[:, 1]]), atol=1e-12)


def test_a_value_on_the_threshold_goes_right():
    rows = pd.DataFrame({"late": np.array([0, 1, 2, 3], dtype=np.float32)})
    booster = grown(rows, [0, 0, 1, 1], max_depth=1, min_child_weight=0)
    threshold = json.loads(booster.get_dump(dump_format="json")[0])["split_condition"]
    around = np.float32(threshold) + np.array([-1, 0, 1], dtype=np.float32) * np.spacing(np.float32(threshold))
    asked = pd.DataFrame({"late": around.astype(np.float32)})
    found = tabulated(booster).contributions(asked)[:, 0]
    np.testing.assert_allclose(found, xgboosts_own(booster, asked)[:, 0], atol=1e-7)
    assert found[0] < 0 < found[1]


def test_the_other_rows_change_nothing(monkeypatch: pytest.MonkeyPatch):
    booster, rows = mixed_booster(20)
    tables = tabulated(booster)
    whole = tables.contributions(rows)
    np.testing.assert_array_equal(tables.contributions(rows[::-1])[::-1], whole)
    np.testing.assert_array_equal(tables.contributions(rows.iloc[[7]]), whole[[7]])
    monkeypatch.setattr(shapley_tables, "_ROWS_AT_A_TIME", 77)
    np.testing.assert_array_equal(tables.contributions(rows), whole)


def test_a_tree_of_one_leaf_contributes_nothing():
    rows = mixed(50, 3)
    booster = grown(rows, np.arange(50) % 2, gamma=1e9)
    assert (tabulated(booster).contributions(rows) == 0).all()


def test_trees_that_are_too_deep_are_not_tabulated():
    booster, _ = mixed_booster(2, max_depth=MAX_DEPTH + 3, min_child_weight=0)
    assert tabulate(booster, [0, 1, 2]) is None
