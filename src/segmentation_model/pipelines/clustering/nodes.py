"""Nodes of the clustering pipeline."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.errors import InputError, shorten
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reasons import REASONS
from segmentation_model.pipelines.clustering.segments import risk_categories, segment_names, stratum_classes
from segmentation_model.segments import SegmentRules
from segmentation_model.segments.columns import SEGMENT_COLUMNS

logger = logging.getLogger(__name__)


def assign_segments(
    current_context: pd.DataFrame,
    scored_domestic: pd.DataFrame,
    scored_industrial: pd.DataFrame,
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    rules: SegmentRules,
) -> pd.DataFrame:
    """Put every customer into exactly one segment.

    Args:
        current_context: One row per customer to segment, each customer once.
        scored_domestic: Margin, probability and reasons of the Domestic ones, one row per customer.
        scored_industrial: The same of the Industrial ones.
        model_domestic: The model with its frozen cut-offs.
        model_industrial: The model with its frozen cut-offs.
        rules: The business rules.

    Returns:
        One row per customer, in the order of the context. ``probability`` and ``expected_unpaid_amount`` (probability
        x invoice amount, in currency units, rounded to cents) are missing where the tariff has no model;
        ``target`` is the outcome where it is known already.

    Raises:
        InputError: A customer was not scored by the tariff's model, or was scored twice.
        ConfigurationError: A category of a model has the name of one that the rules give.
    """
    models = {"Domestic": model_domestic, "Industrial": model_industrial}
    context = _with_scores(current_context, {"Domestic": scored_domestic, "Industrial": scored_industrial})
    category = risk_categories(
        context,
        context["margin"],
        {tariff: model.cutoffs if model.status == "trained" else None for tariff, model in models.items()},
        rules,
    )
    stratum = stratum_classes(context, rules)
    segment = segment_names(context["tariff"], stratum, category, rules)
    unknown = int((~context["tenure_known"]).sum())
    if unknown:
        logger.warning("%d customers of unknown tenure are segmented by their score and flagged", unknown)
    versions = {tariff: model.version for tariff, model in models.items()}
    columns: dict[str, object] = {
        "customer_id": context["customer_id"],
        "execution_date": context["execution_date"],
        "invoice_date": context["invoice_date"],
        "tariff": context["tariff"],
        "stratum_class": _text(stratum.labels),
        "tenure_months": context["tenure_months"],
        "tenure_known": context["tenure_known"],
        "probability": context["probability"],
        "risk_category": _text(category.labels),
        "segment_code": _text(segment.codes),
        "segment_label": _text(segment.labels),
        "overdue_invoices": context["overdue_invoices"],
        "overdue_balance": context["overdue_balance"],
        "invoice_amount": context["invoice_amount"],
        "expected_unpaid_amount": (context["probability"] * context["invoice_amount"]).round(2),
        **{name: context[name] for name in REASONS},
        "model_version": context["tariff"].map(versions).astype("str"),
        "target": context["target"],
    }
    return pd.DataFrame(columns)[[*SEGMENT_COLUMNS, "target"]]


def _with_scores(context: pd.DataFrame, scored: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The context with margin, probability and reasons by the model of each customer's tariff."""
    keys = ["customer_id", "tariff"]
    columns = [*keys, "margin", "probability", *REASONS]
    scores = pd.concat([rows.assign(tariff=tariff)[columns] for tariff, rows in scored.items()], ignore_index=True)
    twice = scores.loc[scores.duplicated("customer_id"), "customer_id"]
    if len(twice):
        raise InputError(f"current_customers: {len(twice)} customers were scored twice: {shorten(twice)}")
    joined = context.merge(scores, on=keys, how="left", validate="one_to_one", indicator=True)
    unscored = joined.loc[joined["_merge"] == "left_only", "customer_id"]
    if len(unscored) or len(scores) != len(context):
        raise InputError(
            f"current_customers: {len(scores)} customers were scored, {len(context)} are to be segmented; not scored "
            f"by the model of their tariff: {shorten(unscored) or 'none'}"
        )
    return joined.drop(columns="_merge")


def _text(values: Sequence[str | None] | NDArray[np.object_]) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")
