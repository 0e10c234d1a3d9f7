"""The leakage guard: a column that knows the outcome ends the run before a model is trained on it."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from segmentation_model.columns import Layout
from segmentation_model.columns.keys import KEYS
from segmentation_model.errors import shorten
from segmentation_model.pipelines.feature_engineering.later_dates import LaterDates, later_dates
from segmentation_model.pipelines.feature_engineering.params import LeakageSettings
from segmentation_model.pipelines.feature_engineering.separation import (
    Separation,
    customer_folds,
    separation_of_codes,
    separation_of_numbers,
)

#: Rows of each class that numeric columns are screened on: the AUC does not depend on how frequent a class is, and its
#: standard error at 0.99 is then 0.0015.
_SCREENED = 2_000
#: A column this far below the bound on the screened rows is not measured on all of them.
_SCREEN_MARGIN = 0.05
#: Columns that are reported although nothing is wrong with them.
_STRONGEST = 10

_GROUP = "feature_engineering.leakage"


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Strength(_Result):
    """How well one feature alone separates the target in the training part."""

    feature: str
    source: str = Field(description="Column of the raw table that it is built from, and the key that maps it.")
    auc: float = Field(
        description="Area under the ROC curve in the better direction, or of the target rates of its values."
    )
    auc_lower: float = Field(description="One-sided lower confidence bound of it (DeLong).")


class LeakageReport(_Result):
    """What the guard found in one tariff's training part."""

    status: Literal["checked", "not_checked"]
    reason: str | None = Field(description="Why the separation was not checked; dates always are.")
    rows: int
    cases: int = Field(description="Rows of the rarer class.")
    features: int
    max_auc: float = Field(description="The bound.")
    strongest: tuple[Strength, ...] = Field(description="The features that separate best alone, best first.")
    dates_after_invoice: dict[str, LaterDates] = Field(description="Date column: how many lie after the invoice.")
    leaks: dict[str, str] = Field(description="Feature: why it knows the outcome.")


def check_for_leaks(train: pd.DataFrame, layout: Layout, settings: LeakageSettings) -> LeakageReport:
    """Look for columns that know the outcome.

    A feature leaks if it copies the target (one value for each class, in whatever codes), if it separates the target
    with an AUC that is certainly above the bound, or if too many of its dates lie after the invoice.

    Args:
        train: Training part of a tariff: keys, target (0 or 1), candidate features.
        layout: The layout in use, to name raw columns.
        settings: Bounds.

    Returns:
        The report; a part with too few cases of a class is checked for dates only.
    """
    dates = later_dates(train, layout)
    leaks = {found.feature: why for name, found in dates.items() if (why := _date_leak(name, found, settings))}
    positive = train["target"].to_numpy() == 1
    cases = int(min(positive.sum(), (~positive).sum()))
    reason = None
    separations: dict[str, Separation] = {}
    if cases < settings.min_cases:
        reason = f"{cases} cases of the rarer class, fewer than {settings.min_cases} ({_GROUP}.min_cases)"
    else:
        separations = _separations(train, positive, settings)
    for name, found in separations.items():
        if why := _separation_leak(found, settings):
            leaks[name] = f"{leaks[name]}, and it {why}" if name in leaks else why
    ranked = sorted(separations, key=lambda name: -separations[name].auc)
    strongest = tuple(
        Strength(
            feature=name,
            source=_source(name, layout),
            auc=round(separations[name].auc, 6),
            auc_lower=round(separations[name].lower, 6),
        )
        for name in ranked[:_STRONGEST]
    )
    return LeakageReport(
        status="checked" if reason is None else "not_checked",
        reason=reason,
        rows=len(train),
        cases=cases,
        features=len(train.columns.difference([*KEYS, "target"])),
        max_auc=settings.max_auc,
        strongest=strongest,
        dates_after_invoice=dates,
        leaks=leaks,
    )


def describe_leaks(leaks: Mapping[str, str], layout: Layout, layout_name: str) -> str:
    """One message that names every leaking column, raw and canonical, its figure, and what to do."""
    what_to_do = (
        f"take it out of its place in columns.layouts.{layout_name} and put it under `ignore` there, or raise the "
        "bound if it is known before the invoice"
    )
    lines = [f"{_source(feature, layout)}, feature {feature!r}, {why}" for feature, why in leaks.items()]
    if len(lines) == 1:
        return f"labelled_customers: a column knows the outcome: {lines[0]}; {what_to_do}"
    listed = "\n".join(f"  {line}" for line in lines)
    return f"labelled_customers: {len(lines)} features know the outcome; for each, {what_to_do}:\n{listed}"


def _separations(train: pd.DataFrame, positive: NDArray[np.bool_], settings: LeakageSettings) -> dict[str, Separation]:
    """Text columns, and the numeric ones that come near the bound or are the strongest, measured on all rows."""
    folds = customer_folds(train["customer_id"])
    screened = _screened_rows(positive)
    exact: dict[str, Separation] = {}
    screen: dict[str, float] = {}
    for name in train.columns.difference([*KEYS, "target"], sort=False):
        values = train[name]
        if pd.api.types.is_numeric_dtype(values.dtype):
            numbers = values.to_numpy()[screened]
            found = separation_of_numbers(numbers, positive[screened], folds[screened], settings.confidence)
            screen[name] = found.auc
        else:
            codes, distinct = pd.factorize(values)
            exact[name] = separation_of_codes(
                codes, distinct.to_numpy(dtype=object), positive, folds, settings.confidence
            )
    strongest = sorted(screen, key=lambda name: -screen[name])
    for place, name in enumerate(strongest):
        if place < _STRONGEST or screen[name] > settings.max_auc - _SCREEN_MARGIN:
            exact[name] = separation_of_numbers(train[name].to_numpy(), positive, folds, settings.confidence)
    return exact


def _screened_rows(positive: NDArray[np.bool_]) -> NDArray[np.intp]:
    random = np.random.default_rng(0)
    classes = (np.flatnonzero(positive), np.flatnonzero(~positive))
    chosen = [rows if len(rows) <= _SCREENED else random.choice(rows, _SCREENED, replace=False) for rows in classes]
    return np.sort(np.concatenate(chosen))


def _separation_leak(found: Separation, settings: LeakageSettings) -> str | None:
    if found.copy is not None:
        one, zero = map(_shown, found.copy)
        return f"copies the target: {one} where it is 1, {zero} where it is 0 (no bound allows that)"
    if found.lower > settings.max_auc:
        return (
            f"separates the target alone: AUC {found.auc:.4f}, with {settings.confidence:.0%} confidence at least "
            f"{found.lower:.4f}; at most {settings.max_auc:g} is allowed ({_GROUP}.max_auc)"
        )
    return None


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value)
    number = float(value)  # type: ignore[arg-type]
    return "missing" if np.isnan(number) else f"{number:g}"


def _date_leak(name: str, found: LaterDates, settings: LeakageSettings) -> str | None:
    if name in settings.roles_after_invoice or found.after < settings.min_dates_after_invoice:
        return None
    if found.share <= settings.max_share_after_invoice:
        return None
    return (
        f"is dated after the invoice in {found.after:,} of {found.dates:,} rows ({found.share:.1%}), by up to "
        f"{found.latest_days} days; at most {settings.max_share_after_invoice:.1%} is allowed "
        f"({_GROUP}.max_share_after_invoice)"
    )


def _source(feature: str, layout: Layout) -> str:
    """Raw column and key of a feature: ``'Fecha_Alta' (roles.contract_start_date)``; of a family's figure, all."""
    table = layout.table()
    for column in table:
        if feature == (f"{column.name}_days" if column.kind == "date" else column.name):
            return f"column {column.raw!r} ({column.source})"
    family = layout.family_of(feature)
    months = [column.raw for column in table if column.family == family]
    return f"columns {shorten(months, 2)} (monthly.{family})"
