"""The features of a model: their order, types and categories, fitted on the training part and applied everywhere."""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from segmentation_model.errors import ConfigurationError, InputError, shorten
from segmentation_model.model.feature_settings import Sign
from segmentation_model.model.hashing import column_hash


class SelectionBounds(Protocol):
    """Bounds beyond which a column carries nothing."""

    @property
    def max_missing_share(self) -> float: ...  # noqa: D102
    @property
    def max_constant_share(self) -> float: ...  # noqa: D102
    @property
    def max_categories(self) -> int: ...  # noqa: D102


class Feature(BaseModel):
    """One feature of a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["numeric", "categorical"]
    categories: tuple[str, ...] = Field((), description="Categories of the training part, sorted.")
    monotone: Literal[-1, 0, 1] = Field(0, description="1: more of it never lowers the risk; -1: it never raises it.")


class FeatureSpec(BaseModel):
    """The features that a model is trained on, in order, and the columns that were left out, each with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: tuple[Feature, ...]
    left_out: dict[str, str] = Field(default_factory=dict, description="Column: why it carries nothing.")

    @property
    def names(self) -> list[str]:
        """Feature names in the model's order."""
        return [feature.name for feature in self.features]

    @property
    def signs(self) -> dict[str, Sign]:
        """The features that the risk may follow one way only."""
        return {feature.name: feature.monotone for feature in self.features if feature.monotone != 0}


def fit_feature_spec(
    training: pd.DataFrame, bounds: SelectionBounds, signs: Mapping[str, Sign] | None = None
) -> FeatureSpec:
    """Choose the features: every column of the training part that carries something.

    Left out are columns that are almost all missing, that hold one value only (missing counts as a value), that repeat
    an earlier column, and categorical columns with too many categories.

    Args:
        training: Candidate features of the training part.
        bounds: Shares and counts beyond which a column is left out.
        signs: Columns that the risk may follow one way only; those that the table lacks have no say.

    Returns:
        The features, in the order of the columns; none for a part without rows.

    Raises:
        ConfigurationError: A column with a sign is categorical.
    """
    signs = signs or {}
    features: list[Feature] = []
    left_out: dict[str, str] = {}
    seen: dict[str, str] = {}
    for name in training.columns:
        values = training[name]
        reason = _reason_to_leave_out(values, bounds) if len(values) else "no rows"
        if reason is None:
            twin = seen.setdefault(column_hash(values), name)
            reason = None if twin == name else f"equals {twin}"
        if reason is not None:
            left_out[name] = reason
        elif pd.api.types.is_numeric_dtype(values.dtype):
            features.append(Feature(name=name, kind="numeric", monotone=signs.get(name, 0)))
        else:
            if name in signs:
                raise ConfigurationError(
                    f"feature_engineering.features.monotone: {name!r} is a category: it has no order to follow"
                )
            categories = tuple(sorted(values.dropna().unique().tolist()))
            features.append(Feature(name=name, kind="categorical", categories=categories))
    return FeatureSpec(features=tuple(features), left_out=left_out)


def require_features(present: Iterable[str], names: Iterable[str], table: str, needed_by: str = "the model") -> None:
    """Refuse a table that lacks features of a model, or of the profile that it is compared with.

    Args:
        present: Columns of the table.
        names: The features that are needed.
        table: Name of the table, for messages.
        needed_by: What needs them, for messages.

    Raises:
        InputError: Names the features that are absent.
    """
    there = set(present)
    absent = [name for name in names if name not in there]
    if absent:
        raise InputError(
            f"{table}: {needed_by} needs the features {shorten(absent)}, which the table lacks; score a table with the "
            "columns the model was trained on, or train again"
        )


def apply_feature_spec(rows: pd.DataFrame, spec: FeatureSpec, table: str) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """Give a table exactly the features of a model, in its order and types.

    Args:
        rows: One row per customer and invoice; further columns are dropped.
        spec: The model's features.
        table: Name of the table, for messages.

    Returns:
        float32 and categorical columns, and per categorical feature the number of rows whose category the training
        part did not have (they are treated as missing).

    Raises:
        InputError: A feature is absent, or its type differs from the training part's.
    """
    require_features(rows.columns, spec.names, table)
    columns: dict[str, object] = {}
    unseen: dict[str, int] = {}
    for feature in spec.features:
        values = rows[feature.name]
        if pd.api.types.is_numeric_dtype(values.dtype) != (feature.kind == "numeric"):
            raise InputError(
                f"{table}: column {feature.name!r} is {values.dtype}, but the model was trained on a {feature.kind} one"
            )
        if feature.kind == "numeric":
            columns[feature.name] = values.to_numpy(dtype=np.float32)
        else:
            categories = pd.Index(feature.categories, dtype="str")
            codes = categories.get_indexer(pd.Index(values))  # -1: missing or unseen
            unseen[feature.name] = int((codes < 0).sum() - values.isna().sum())
            columns[feature.name] = pd.Categorical.from_codes(codes, categories)
    return pd.DataFrame(columns, index=rows.index, copy=False), {name: n for name, n in unseen.items() if n}


def _reason_to_leave_out(values: pd.Series, bounds: SelectionBounds) -> str | None:
    missing = float(values.isna().mean())
    if missing > bounds.max_missing_share or missing == 1:
        return f"{missing:.2%} missing"
    if pd.api.types.is_numeric_dtype(values.dtype):
        present = values.to_numpy()
        present = present[~np.isnan(present)]
        # A value that more than half of the rows share is their median: no sorting is needed to find it.
        common = np.partition(present, len(present) // 2)[len(present) // 2]
        share = float((present == common).sum()) / len(values)
    else:
        counts = values.value_counts()
        if len(counts) > bounds.max_categories:
            return f"{len(counts)} categories"
        common, share = counts.index[0], float(counts.iloc[0]) / len(values)
    if share > bounds.max_constant_share:
        return f"{share:.2%} of the rows are {common!s}"
    return None
