"""Margins and probabilities of a stored model."""

import logging

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from segmentation_model.errors import InputError
from segmentation_model.model import scoring
from segmentation_model.model.artifact import check
from segmentation_model.model.features import apply_feature_spec
from segmentation_model.model.scoring import predict_margin, score
from tests.model.artifacts import features, trained


def test_margins_are_xgboosts_own():
    rows, _ = apply_feature_spec(trained().test, trained().model.features, "test part")
    matrix = xgb.DMatrix(rows, enable_categorical=True)
    expected = trained().model.booster.predict(matrix, output_margin=True)
    np.testing.assert_array_equal(predict_margin(trained().model.booster, rows), expected.astype(np.float64))


def test_probabilities_are_the_calibrators():
    margin, probability = score(trained().model, trained().test, "test part")
    np.testing.assert_array_equal(probability, trained().model.calibrator.apply(margin))
    assert probability.min() > 0
    assert probability.max() < 1


def test_a_row_scores_the_same_alone_in_parts_and_in_any_order(monkeypatch: pytest.MonkeyPatch):
    rows = features(500, 61)
    whole, _ = score(trained().model, rows, "current_customers")
    backwards, _ = score(trained().model, rows[::-1], "current_customers")
    np.testing.assert_array_equal(backwards[::-1], whole)
    np.testing.assert_array_equal(score(trained().model, rows.iloc[[7]], "current_customers")[0], whole[[7]])
    monkeypatch.setattr(scoring, "_ROWS_AT_A_TIME", 77)
    np.testing.assert_array_equal(score(trained().model, rows, "current_customers")[0], whole)


def test_an_unseen_category_counts_as_missing_and_is_counted(caplog: pytest.LogCaptureFixture):
    rows = features(300, 62)
    channel = rows["channel"].astype(object)
    unseen = rows.assign(channel=pd.array(channel.where(channel != "app", "fax"), dtype="str"))
    missing = rows.assign(channel=pd.array(channel.where(channel != "app", None), dtype="str"))
    with caplog.at_level(logging.WARNING):
        found, _ = score(trained().model, unseen, "current_customers")
    count = int((channel == "app").sum())
    expected = f"categories unknown to the model count as missing, rows per feature: {{'channel': {count}}}"
    assert expected in caplog.text
    caplog.clear()
    np.testing.assert_array_equal(found, score(trained().model, missing, "current_customers")[0])
    assert not caplog.records


def test_the_stored_model_scores_as_the_one_in_memory():
    rows = features(200, 63)
    read = check(dict(trained().model.files), "06_models/domestic")
    for one, other in zip(score(read, rows, "x"), score(trained().model, rows, "x"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_rows_have_no_scores():
    margin, probability = score(trained().model, features(5, 64).iloc[:0], "current_customers")
    assert margin.shape == probability.shape == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns=["late", "noise"]), "the model needs the features 'late', 'noise', which the"),
        (
            lambda rows: rows.assign(late=rows["late"].astype("str")),
            "column 'late' is str, but the model was trained on a numeric one",
        ),
        (lambda rows: rows.assign(channel=1.0), "column 'channel' is float64, but .* trained on a categorical one"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(change, message: str):
    with pytest.raises(InputError, match=f"current_customers: {message}"):
        score(trained().model, change(features(5, 65)), "current_customers")


def test_features_in_another_order_are_refused_by_the_booster_itself():
    rows, _ = apply_feature_spec(features(5, 66), trained().model.features, "x")
    with pytest.raises(ValueError, match="feature_names mismatch"):
        predict_margin(trained().model.booster, rows[["noise", "late", "channel"]])
