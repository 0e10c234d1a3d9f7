"""Nodes that choose the features of one tariff's model from its training part."""

import logging
from typing import Any

import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.columns.keys import KEYS
from segmentation_model.errors import InputError, shorten
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.model.features import fit_feature_spec
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.feature_engineering.features import feature_signs
from segmentation_model.pipelines.feature_engineering.leakage import check_for_leaks, describe_leaks
from segmentation_model.pipelines.feature_engineering.params import LeakageSettings, SelectionSettings

logger = logging.getLogger(__name__)


def check_leakage(train: pd.DataFrame, columns: Columns, settings: LeakageSettings) -> dict[str, Any]:
    """Check that no column of the training part knows the outcome.

    Args:
        train: Training part: keys, target and candidate features.
        columns: Layouts and the one in use.
        settings: Bounds beyond which a column knows the outcome.

    Returns:
        A ``LeakageReport`` as JSON: the strongest features, and the dates after the invoice.

    Raises:
        InputError: Names every column that leaks, its figure, and what to do.
    """
    report = check_for_leaks(train, columns.layout, settings)
    if report.leaks:
        raise InputError(describe_leaks(report.leaks, columns.layout, columns.use))
    for name, dates in report.dates_after_invoice.items():
        if dates.after and name not in settings.roles_after_invoice:
            lie = "lies" if dates.after == 1 else "lie"
            logger.warning("%s: %d of %d dates %s after the invoice", name, dates.after, dates.dates, lie)
    if report.reason is not None:
        logger.info("No feature is judged by how well it separates the target: %s", report.reason)
    return report.model_dump(mode="json")


def choose_features(
    train: pd.DataFrame,
    leakage: dict[str, Any],
    columns: Columns,
    features: FeatureSettings,
    settings: SelectionSettings,
) -> dict[str, Any]:
    """Choose the features that carry something in the training part, with the reason for every column left out.

    Args:
        train: Training part: keys, target and candidate features.
        leakage: What the leakage guard found; nothing is chosen before it has let the part pass.
        columns: Layouts and the one in use.
        features: How the features were built, and what the risk may follow one way only.
        settings: Bounds beyond which a column carries nothing.

    Returns:
        A ``FeatureSpec`` as JSON: the features, and which way the risk may go with each.
    """
    logger.debug("The leakage guard: %s", leakage["status"])
    signs = feature_signs(columns.layout, features)
    spec = fit_feature_spec(train.drop(columns=[*KEYS, "target"]), settings, signs)
    if spec.left_out and len(train):
        columns_are = plural(len(spec.left_out), "column carries nothing and is", "columns carry nothing and are")
        logger.info("%s left out: %s", columns_are, shorten(spec.left_out))
    return spec.model_dump(mode="json")
