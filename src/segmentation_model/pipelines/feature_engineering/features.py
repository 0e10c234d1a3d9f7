"""The feature table: from canonical rows to what a model may see. Row by row: any slice gives the same as the whole."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns import Layout
from segmentation_model.columns.keys import KEYS
from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.model.feature_settings import FeatureSettings, Sign
from segmentation_model.pipelines.feature_engineering import family_features as family

_PAID_SHARE = {"paid_amount", "invoice_amount"}
_OPPOSITE: dict[Sign, Sign] = {1: -1, -1: 1}
#: What is known about a row and is no feature.
_NOT_FEATURES = frozenset({*KEYS, "tariff", "target", "tenure_known"})


def build_features(
    canonical: pd.DataFrame,
    families: Mapping[str, Sequence[str]],
    settings: FeatureSettings,
    reference_date: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Build every feature of a slice of canonical rows.

    Numbers and monthly columns stay as they are (float32), every date becomes days from the invoice (negative =
    before it), and each monthly family gives its averages, spread, trend and last month against the usual. Days late
    give the worst month, the late months and the months since the last late one; paid and invoiced amounts the paid
    share. A window longer than the family is left out. Every name begins with its family's.

    Of a family under ``settings.monotone`` only what goes one way with every month is built: no spread, no trend, no
    last month against the usual, and no paid share where the invoiced amounts are constrained.

    Args:
        canonical: One row per customer and reference invoice.
        families: Canonical columns of each monthly family, newest month first.
        settings: Windows and the date strategy.
        reference_date: Stands in for the invoice date in a table without that role.

    Returns:
        One row per canonical row, same order and index: the features only.

    Raises:
        ConfigurationError: Two features would have the same name.
    """
    features = _as_they_are(canonical, reference_date)
    for name, months in families.items():
        values = canonical[list(months)].to_numpy(dtype=np.float32)
        _add(features, _of_family(name, values, settings))
    if set(families) >= _PAID_SHARE and "invoice_amount" not in settings.signs:
        paid = canonical[list(families["paid_amount"])].to_numpy(dtype=np.float32)
        invoiced = canonical[list(families["invoice_amount"])].to_numpy(dtype=np.float32)
        for window in _windows(settings, min(paid.shape[1], invoiced.shape[1])):
            share = family.paid_share(paid[:, :window], invoiced[:, :window])
            _add(features, {f"paid_amount_share_{window}": share})
    return pd.DataFrame(features, index=canonical.index, copy=False)


def feature_signs(layout: Layout, settings: FeatureSettings) -> dict[str, Sign]:
    """Which way the risk may go with each feature, so that it goes one way with what ``settings.monotone`` names.

    A family's months, means, maximum and number of positive months rise with every month, and the time since the last
    positive month falls; the paid share rises with every payment; a date that is later is more days from the invoice.

    Args:
        layout: The layout in use; what it lacks has no features.
        settings: The constrained families, roles and further columns, and the windows.

    Returns:
        Feature: 1 if more of it must never lower the risk, -1 if it must never raise it.

    Raises:
        ConfigurationError: A name is no feature, for example the tariff, or one month of a family.
    """
    kinds = {column.name: column.kind for column in layout.table()}
    families = layout.family_columns()
    not_by_themselves = _NOT_FEATURES.union(*families.values())
    signs: dict[str, Sign] = {}
    for name, sign in settings.signs.items():
        if name in not_by_themselves:
            raise ConfigurationError(
                f"feature_engineering.features.monotone: {name!r} cannot be constrained; a whole monthly family, a "
                "number, an ordinal or a date is allowed"
            )
        if name in families:
            months = np.empty((0, len(families[name])), dtype=np.float32)
            signs |= dict.fromkeys((*families[name], *_of_family(name, months, settings)), sign)
            if _since_last(name) in signs:
                signs[_since_last(name)] = _OPPOSITE[sign]
        if kinds.get(name) == "date":
            signs[f"{name}_days"] = sign
        elif name in kinds:
            signs[name] = sign
    if "paid_amount" in settings.signs and "invoice_amount" in families:
        shared = min(len(families.get(name, ())) for name in _PAID_SHARE)
        signs |= {f"paid_amount_share_{window}": settings.signs["paid_amount"] for window in _windows(settings, shared)}
    return signs


def days_from_invoice(dates: pd.Series, invoice_dates: NDArray[np.datetime64]) -> NDArray[np.float32]:
    """Days from the invoice to a date, negative before it; NaN where either is missing."""
    days = (dates.to_numpy().astype("datetime64[D]") - invoice_dates.astype("datetime64[D]")).astype("timedelta64[D]")
    return np.where(np.isnat(days), np.float32(np.nan), days.astype(np.float32))


def _invoice_dates(canonical: pd.DataFrame, reference_date: pd.Timestamp | None) -> NDArray[np.datetime64]:
    if "invoice_date" in canonical:
        return canonical["invoice_date"].to_numpy()
    assert reference_date is not None
    return np.full(len(canonical), reference_date.to_datetime64())


def _as_they_are(canonical: pd.DataFrame, reference_date: pd.Timestamp | None) -> dict[str, object]:
    """The columns of the table themselves: numbers as float32, dates as days from the invoice, text."""
    features: dict[str, object] = {}
    for name in canonical.columns:
        if name in _NOT_FEATURES:
            continue
        values = canonical[name]
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            features[f"{name}_days"] = days_from_invoice(values, _invoice_dates(canonical, reference_date))
        elif pd.api.types.is_numeric_dtype(values.dtype):
            features[name] = values.to_numpy(dtype=np.float32)
        else:
            features[name] = values.array
    return features


def _of_family(name: str, months: family.Months, settings: FeatureSettings) -> dict[str, family.Values]:
    width = months.shape[1]
    recent = months[:, : settings.pattern_window]
    features = {f"{name}_mean_{window}": family.mean(months[:, :window]) for window in _windows(settings, width)}
    if width > 1 and name not in settings.signs:
        features[f"{name}_spread"] = family.spread(recent)
        features[f"{name}_trend"] = family.trend(recent)
        features[f"{name}_last_to_usual"] = family.last_to_usual(recent)
    if name == "days_late":
        features[f"{name}_max"] = family.maximum(recent)
        features |= {f"{name}_months_{w}": family.months_above_zero(months[:, :w]) for w in _windows(settings, width)}
        features[_since_last(name)] = family.months_since_positive(months)
    return features


def _since_last(family_name: str) -> str:
    return f"{family_name}_months_since_last"


def _add(features: dict[str, object], more: Mapping[str, object]) -> None:
    doubled = sorted(features.keys() & more.keys())
    if doubled:
        raise ConfigurationError(
            f"columns: two features would be called {shorten(doubled)}; give the monthly family another name"
        )
    features.update(more)


def _windows(settings: FeatureSettings, months: int) -> list[int]:
    return [window for window in settings.windows if window <= months]
