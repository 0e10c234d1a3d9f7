"""Scoring rows with a stored model: margin and calibrated probability."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.features import apply_feature_spec

if TYPE_CHECKING:  # it takes seconds to import, which a profile alone can do without
    import xgboost as xgb

logger = logging.getLogger(__name__)

FloatArray = NDArray[np.float64]
_ROWS_AT_A_TIME = 100_000


def predict_margin(booster: xgb.Booster, features: pd.DataFrame) -> FloatArray:
    """Raw margins (log-odds) of the rows; a row's margin does not depend on the others.

    Args:
        booster: The trained booster.
        features: The features it was trained on, in its order; NaN is missing.

    Returns:
        One margin per row: XGBoost's float32 values as float64.

    Raises:
        ValueError: The columns are not the booster's, from XGBoost.
    """
    margins = np.empty(len(features), dtype=np.float64)
    # The rows go in parts, so that what XGBoost has to convert (whole numbers, for one) is never converted all at once.
    for start in range(0, len(features), _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        margins[rows] = booster.inplace_predict(features.iloc[rows], predict_type="margin")
    return margins


def score(artifact: ModelArtifact, rows: pd.DataFrame, table: str) -> tuple[FloatArray, FloatArray]:
    """Score rows with the model of an artifact.

    Args:
        artifact: An artifact with a model.
        rows: One row per customer: at least the model's features.
        table: Name of the table, for messages.

    Returns:
        Raw margin and calibrated probability, one per row. A category that the training part did not have counts as
        missing; how many do is logged.

    Raises:
        InputError: A feature of the model is absent or of another type.
    """
    scores = score_rows(artifact, rows, table)
    tell_of_unseen(table, scores.unseen)
    return scores.margin, scores.probability


class RowScores(NamedTuple):
    """Scores of some rows.

    Attributes:
        margin: Raw margin per row.
        probability: Calibrated probability per row.
        unseen: Per categorical feature, the rows whose category the training part did not have.
    """

    margin: FloatArray
    probability: FloatArray
    unseen: Mapping[str, int]


def score_rows(artifact: ModelArtifact, rows: pd.DataFrame, table: str) -> RowScores:
    """As ``score``, for a part of a table: categories unknown to the model are counted, and left to be told."""
    features, unseen = apply_feature_spec(rows, artifact.features, table)
    margin = predict_margin(artifact.booster, features)
    return RowScores(margin, artifact.calibrator.apply(margin), unseen)


def tell_of_unseen(table: str, unseen: Mapping[str, int]) -> None:
    """Warn of categories that the model does not know, given as rows per feature."""
    if unseen:
        logger.warning(
            "%s: categories unknown to the model count as missing, rows per feature: %s", table, dict(unseen)
        )
