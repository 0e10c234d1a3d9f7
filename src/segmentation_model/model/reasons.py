"""Reason codes: what raised or lowered a customer's risk most, from the model's own contributions, in words.

A contribution is a feature's part of one customer's raw margin (log-odds), against the average of the training part;
with the bias, which is equal for all customers, they add up to the margin. They are exact for every customer: Shapley
values, those of XGBoost's ``pred_contribs``.

Contributions of features that come of one monthly family, role or column are added up before anything is ranked:
nobody is told "days late" five times, and features of one family that pull apart cancel out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns import Layout, Roles
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.features import apply_feature_spec
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.shapley_tables import MAX_DEPTH, tabulate

if TYPE_CHECKING:  # it takes seconds to import, which a profile alone can do without
    import xgboost as xgb

logger = logging.getLogger(__name__)

#: Columns of the reasons, the strongest first.
REASONS = tuple(f"reason_{rank}" for rank in range(1, 6))

# What is held per customer at a time: the model's features and a few hundred numbers.
_ROWS_AT_A_TIME = 20_000
# Leaves are float32: contributions that agree to this many decimals are equal, and what is nothing moves nothing.
_DECIMALS = 7

Contributions = NDArray[np.float64]


Explainer = Callable[[pd.DataFrame], pd.DataFrame]


def explainer(artifact: ModelArtifact, settings: ReasonSettings, layout: Layout) -> Explainer:
    """What gives customers the reasons of their scores; the model's trees are tabulated once, here.

    Args:
        artifact: Any artifact; without a model nobody has reasons.
        settings: The words.
        layout: The layout in use, for what each feature comes of.

    Returns:
        A function from rows, one per customer with at least the model's features, to text columns ``reason_1`` (the
        strongest) to ``reason_5`` on the index of the rows, missing where fewer things moved the margin. A customer's
        reasons do not depend on the other rows.
    """
    if artifact.status != "trained":
        return lambda rows: _reason_columns(_no_reasons(len(rows)), rows.index)
    of_feature = [group_of(name, layout) for name in artifact.features.names]
    groups = list(dict.fromkeys(of_feature))
    contribute = contributor(artifact.booster, [groups.index(group) for group in of_feature])

    def explain(rows: pd.DataFrame) -> pd.DataFrame:
        texts = _no_reasons(len(rows))
        for start in range(0, len(rows), _ROWS_AT_A_TIME):
            part = slice(start, start + _ROWS_AT_A_TIME)
            # Categories unknown to the model were reported when the rows were scored.
            features, _ = apply_feature_spec(rows.iloc[part], artifact.features, "rows to explain")
            texts[part] = strongest(contribute(features), groups, settings)
        return _reason_columns(texts, rows.index)

    return explain


def group_of(feature: str, layout: Layout) -> str:
    """What a feature comes of: its monthly family, the role of its date, or itself.

    >>> layout = Layout(roles={"customer_id": "ID"}, monthly={"balance": {"pattern": "S{m}", "months": 2}})
    >>> [group_of(name, layout) for name in ("balance_mean_3", "due_date_days", "region")]
    ['balance', 'due_date', 'region']
    """
    role = feature.removesuffix("_days")
    return layout.family_of(feature) or (role if role in Roles.model_fields else feature)


def contributor(booster: xgb.Booster, groups: Sequence[int]) -> Callable[[pd.DataFrame], Contributions]:
    """The exact contributions of a booster's groups of features, as a function of the features.

    They are looked up, unless a tree is deeper than ``MAX_DEPTH``: then XGBoost computes them anew for every row, at a
    millisecond a row and more, which a warning says.

    Args:
        booster: The trained booster.
        groups: Number of the group of each feature, from 0.

    Returns:
        A function from features to one row per row and one column per group: log-odds.
    """
    tables = tabulate(booster, groups)
    if tables is not None:
        return tables.contributions
    logger.warning("The model's trees are deeper than %d: each customer's reasons take milliseconds", MAX_DEPTH)
    return lambda features: _computed(booster, features, groups)


def strongest(contributions: Contributions, groups: Sequence[str], settings: ReasonSettings) -> NDArray[np.object_]:
    """The texts of the five strongest contributions of each row, whichever way they go.

    Equal ones stand in the order of the groups. What moves nothing is no reason.

    Args:
        contributions: One column per group.
        groups: The groups, in the order of the model's features.
        settings: The words.

    Returns:
        One row per row and five columns; None where fewer groups moved the margin.
    """
    texts = np.array([[settings.text(group, raises) for group in groups] for raises in (False, True)], dtype=object)
    rounded = np.round(contributions, _DECIMALS)
    order = np.argsort(-np.abs(rounded), axis=1, kind="stable")[:, : len(REASONS)]
    strength = np.take_along_axis(rounded, order, axis=1)
    said = texts[(strength > 0).astype(np.intp), order]
    said[strength == 0] = None
    found = np.full((len(contributions), len(REASONS)), None, dtype=object)
    found[:, : said.shape[1]] = said
    return found


def _no_reasons(rows: int) -> NDArray[np.object_]:
    return np.full((rows, len(REASONS)), None, dtype=object)


def _reason_columns(texts: NDArray[np.object_], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({name: pd.array(texts[:, place], dtype="str") for place, name in enumerate(REASONS)}, index)


def _computed(booster: xgb.Booster, features: pd.DataFrame, groups: Sequence[int]) -> Contributions:
    import xgboost as xgb

    values = booster.predict(xgb.DMatrix(features, enable_categorical=True), pred_contribs=True)
    sums = np.zeros((max(groups) + 1, len(features)), dtype=np.float64)
    # One feature after the other: a sum along the row would depend, in its last digit, on the number of rows.
    for column, group in enumerate(groups):
        sums[group] += values[:, column]
    return sums.T
