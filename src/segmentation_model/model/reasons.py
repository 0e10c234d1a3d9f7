"""Reason codes: what raised or lowered a customer's risk most, from the model's own contributions, in words.

A contribution is a feature's part of one customer's raw margin (log-odds), against the average of the training part;
with the bias, which is equal for all customers, they add up to the margin. They are exact: Shapley values, those of
XGBoost's ``pred_contribs``. Trees deeper than those that can be tabulated cost milliseconds a customer; then the
riskiest customers have exact reasons and the others approximate ones (``approx_contribs``), which each row says.

Contributions of features that come of one monthly family, role or column are added up before anything is ranked:
nobody is told "days late" five times, and features of one family that pull apart cancel out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns import Layout, Roles
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.shapley_tables import MAX_DEPTH, tabulate

if TYPE_CHECKING:  # it takes seconds to import, which a profile alone can do without
    import xgboost as xgb

logger = logging.getLogger(__name__)

#: Columns of the reasons, the strongest first.
REASONS = tuple(f"reason_{rank}" for rank in range(1, 6))
#: Whether they are exact.
REASONS_EXACT = "reasons_exact"

# What is held per customer at a time: the model's features and a few hundred numbers.
_ROWS_AT_A_TIME = 20_000
# Leaves are float32: contributions that agree to this many decimals are equal, and what is nothing moves nothing.
_DECIMALS = 7

Contributions = NDArray[np.float64]
Contribute = Callable[[pd.DataFrame], Contributions]


@dataclass(frozen=True)
class Explainer:
    """Gives customers the reasons of their scores.

    Attributes:
        features: The model's features.
        groups: What they come of, each once, in their order.
        contribute: Exact contributions of the groups; None without a model.
        approximate: Approximate ones, at a fraction of the time, where exact ones have to be computed row by row;
            None where all are exact.
        settings: The words.
    """

    features: FeatureSpec
    groups: Sequence[str]
    contribute: Contribute | None
    approximate: Contribute | None
    settings: ReasonSettings

    @classmethod
    def of(cls, artifact: ModelArtifact, settings: ReasonSettings, layout: Layout) -> Explainer:
        """Prepare a model's reasons; its trees are tabulated once, here.

        Args:
            artifact: Any artifact; without a model nobody has reasons.
            settings: The words.
            layout: The layout in use, for what each feature comes of.
        """
        if artifact.status != "trained":
            return cls(artifact.features, [], None, None, settings)
        of_feature = [group_of(name, layout) for name in artifact.features.names]
        groups = list(dict.fromkeys(of_feature))
        numbers = [groups.index(group) for group in of_feature]
        tables = tabulate(artifact.booster, numbers)
        if tables is not None:
            return cls(artifact.features, groups, tables.contributions, None, settings)
        logger.warning("The model's trees are deeper than %d: exact reasons take milliseconds a customer", MAX_DEPTH)
        exact, near = (
            partial(_computed, booster=artifact.booster, groups=numbers, approximate=way) for way in (False, True)
        )
        return cls(artifact.features, groups, exact, near, settings)

    def explain(self, rows: pd.DataFrame, margin: NDArray[np.float64], exact_from: float = -np.inf) -> pd.DataFrame:
        """Give customers their reasons.

        Args:
            rows: One row per customer: at least the model's features.
            margin: Their raw margins.
            exact_from: Margin below which approximate contributions will do, where exact ones are dear.

        Returns:
            On the index of the rows: text columns ``reason_1`` (the strongest) to ``reason_5``, missing where fewer
            things moved the margin; and ``reasons_exact``, False where they were approximated. A customer's reasons do
            not depend on the other rows.
        """
        texts = np.full((len(rows), len(REASONS)), None, dtype=object)
        exact = np.ones(len(rows), dtype=bool) if self.approximate is None else ~(margin < exact_from)
        for start in range(0, len(rows) if self.contribute else 0, _ROWS_AT_A_TIME):
            part = np.arange(start, min(start + _ROWS_AT_A_TIME, len(rows)))
            # Categories unknown to the model were reported when the rows were scored.
            features, _ = apply_feature_spec(rows.iloc[part], self.features, "rows to explain")
            for contribute, wanted in ((self.contribute, exact[part]), (self.approximate, ~exact[part])):
                if contribute is not None and wanted.any():
                    texts[part[wanted]] = strongest(contribute(features[wanted]), self.groups, self.settings)
        reasons = {name: pd.array(texts[:, place], dtype="str") for place, name in enumerate(REASONS)}
        return pd.DataFrame({**reasons, REASONS_EXACT: exact}, index=rows.index)


def exact_margin(margins: Iterable[NDArray[np.float64]], cutoff: float, most_rows: int) -> float:
    """From which margin on reasons are to be exact, where not everybody's can be: those of the riskiest.

    Args:
        margins: The month's margins, in any number of parts.
        cutoff: Lower bound of the second highest risk category.
        most_rows: Customers whose reasons may be exact.

    Returns:
        The cut-off; or above it, so that ``most_rows`` at most reach it.
    """
    high = np.sort(np.concatenate([np.zeros(0), *(part[part > cutoff] for part in margins)]))[::-1]
    return float(np.nextafter(cutoff if len(high) <= most_rows else high[most_rows], np.inf))


def group_of(feature: str, layout: Layout) -> str:
    """What a feature comes of: its monthly family, the role of its date, or itself.

    >>> layout = Layout(roles={"customer_id": "ID"}, monthly={"balance": {"pattern": "S{m}", "months": 2}})
    >>> [group_of(name, layout) for name in ("balance_mean_3", "due_date_days", "region")]
    ['balance', 'due_date', 'region']
    """
    role = feature.removesuffix("_days")
    return layout.family_of(feature) or (role if role in Roles.model_fields else feature)


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


def _computed(
    features: pd.DataFrame, booster: xgb.Booster, groups: Sequence[int], *, approximate: bool
) -> Contributions:
    import xgboost as xgb

    matrix = xgb.DMatrix(features, enable_categorical=True)
    values = booster.predict(matrix, pred_contribs=True, approx_contribs=approximate)
    sums = np.zeros((max(groups) + 1, len(features)), dtype=np.float64)
    # One feature after the other: a sum along the row would depend, in its last digit, on the number of rows.
    for column, group in enumerate(groups):
        sums[group] += values[:, column]
    return sums.T
