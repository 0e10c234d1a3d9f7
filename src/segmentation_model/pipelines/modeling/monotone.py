"""Monotone constraints: from the features to the training, and the sweep that shows that a model keeps to them."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.feature_settings import Sign
from segmentation_model.model.features import FeatureSpec
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling.params import TrainingSettings

_CUSTOMERS = 200
_VALUES = 11
_AT_A_TIME = 8


class MonotoneCheck(BaseModel):
    """What a sweep found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["checked", "skipped"]
    reason: str | None = Field(None, description="Why nothing was swept.")
    features: dict[str, Sign] = Field(default_factory=dict, description="What was swept: 1 rising, -1 falling.")
    customers: int = Field(0, ge=0, description="Customers of the calibration part whose features were moved.")
    steps: int = Field(0, ge=0, description="Comparisons of a customer's margin at one value with that at the next.")
    violations: dict[str, int] = Field(
        default_factory=dict, description="Feature: steps at which the margin went the wrong way; empty: none."
    )


def constrain(settings: TrainingSettings, spec: FeatureSpec) -> TrainingSettings:
    """Add the signs of the features to the constraints of the training.

    Args:
        settings: Parameters of the training, perhaps with constraints of their own.
        spec: The chosen features and their signs.

    Returns:
        The same parameters, under whose constraints every feature with a sign is.

    Raises:
        ConfigurationError: A constraint of the training contradicts the sign of a feature.
    """
    for pattern, sign in settings.monotone_constraints.items():
        for name, given in spec.signs.items():
            if fnmatchcase(name, pattern) and sign != given:
                raise ConfigurationError(
                    f"modeling.training.monotone_constraints: {pattern!r} gives {name!r} the sign {sign}, but "
                    f"feature_engineering.features.monotone gives it {given}; drop one of them"
                )
    return settings.model_copy(update={"monotone_constraints": {**settings.monotone_constraints, **spec.signs}})


def sweep(booster: xgb.Booster, rows: pd.DataFrame, signs: Mapping[str, Sign]) -> MonotoneCheck:
    """Move each constrained feature of real customers over its range, all else as it is, and watch the margin.

    A feature goes over the quantiles of its distinct values, so that rare ones are tried too. A sample proves nothing
    about all customers, the constraints do: the sweep shows that they have reached the trees.

    Args:
        booster: The trained booster.
        rows: Features in the booster's order, one row per customer; of more than 200, 200 evenly spread ones are moved.
        signs: The constrained features.

    Returns:
        How many steps were tried, and how many went the wrong way: not one is allowed, however small. A step is two
        values that follow each other, for one customer.
    """
    moved = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, _CUSTOMERS).astype(np.intp))] if len(rows) else rows
    values = {name: _spread_over(rows[name].to_numpy()) for name in signs}
    # XGBoost converts each table that it is given column by column, so one feature at a time would take thrice as long.
    as_they_are = moved.iloc[np.tile(np.arange(len(moved)), _VALUES * _AT_A_TIME)]
    violations = {}
    for start in range(0, len(signs), _AT_A_TIME):
        names = list(signs)[start : start + _AT_A_TIME]
        swept = as_they_are.iloc[: len(moved) * _VALUES * len(names)].copy()
        for place, name in enumerate(names):
            column = swept[name].to_numpy(copy=True)
            column.reshape(len(names), _VALUES, len(moved))[place] = values[name][:, None]
            swept[name] = column
        margins = predict_margin(booster, swept).reshape(len(names), _VALUES, len(moved))
        for name, of_name in zip(names, margins, strict=True):
            wrong = int((signs[name] * np.diff(of_name, axis=0) < 0).sum())
            if wrong:
                violations[name] = wrong
    steps = len(moved) * sum(int((np.diff(tried) > 0).sum()) for tried in values.values())
    return MonotoneCheck(
        status="checked", features=dict(signs), customers=len(moved), steps=steps, violations=violations
    )


def _spread_over(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """Evenly spread distinct values, ascending, from the smallest to the largest; of few ones some are repeated."""
    distinct = np.unique(column[~np.isnan(column)])
    if not len(distinct):
        return np.full(_VALUES, np.nan, dtype=np.float32)
    return distinct[np.linspace(0, len(distinct) - 1, _VALUES).astype(np.intp)]
