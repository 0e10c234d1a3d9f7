"""Nodes of the clustering pipeline."""

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns.layout import Tariff
from segmentation_model.errors import InputError, shorten
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reasons import REASONS, REASONS_EXACT
from segmentation_model.model.risk_cutoffs import RiskCutoffs
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.clustering.segments import (
    check_names_differ,
    risk_categories,
    segment_names,
    stratum_classes,
)
from segmentation_model.segments import SegmentRules
from segmentation_model.segments.columns import SEGMENT_COLUMNS
from segmentation_model.table_batches import RowQueue, TableBatches

logger = logging.getLogger(__name__)


def assign_segments(
    current_context: TableBatches,
    scored_domestic: TableBatches,
    scored_industrial: TableBatches,
    model_domestic: ModelArtifact,
    model_industrial: ModelArtifact,
    rules: SegmentRules,
) -> TableBatches:
    """Put every customer into exactly one segment.

    Args:
        current_context: One row per customer to segment, each customer once.
        scored_domestic: Margin, probability and reasons of the Domestic ones and the version of the model that gave
            them, one row per customer, in their order.
        scored_industrial: The same of the Industrial ones.
        model_domestic: The model with its frozen cut-offs.
        model_industrial: The model with its frozen cut-offs.
        rules: The business rules.

    Returns:
        One row per customer, in the order of the context. ``probability`` and ``expected_unpaid_amount`` (probability
        x invoice amount, in currency units, rounded to cents) are missing where the tariff has no model;
        ``target`` is the outcome where it is known already, ``reasons_exact`` whether the reasons are.

    Raises:
        ConfigurationError: A category of a model has the name of one that the rules give.
        InputError: When the batches are gone through: a customer was not scored by the tariff's model, or by another
            version of it than that whose cut-offs are applied, or somebody was scored who is not to be segmented.
    """
    models: dict[Tariff, ModelArtifact] = {"Domestic": model_domestic, "Industrial": model_industrial}
    cutoffs = {tariff: model.cutoffs if model.status == "trained" else None for tariff, model in models.items()}
    versions = {tariff: model.version for tariff, model in models.items()}
    check_names_differ(cutoffs, rules)

    def segmented() -> Iterator[pd.DataFrame]:
        scores: dict[Tariff, RowQueue] = {
            "Domestic": RowQueue(scored_domestic),
            "Industrial": RowQueue(scored_industrial),
        }
        unknown = 0
        for context in current_context:
            unknown += int((~context["tenure_known"]).sum())
            yield _segment(_with_scores(context, scores, versions), cutoffs, versions, rules)
        if unknown:
            customers_are = plural(unknown, "customer of unknown tenure is", "customers of unknown tenure are")
            logger.warning("%s segmented by their score and flagged", customers_are)
        for tariff, queue in scores.items():
            if not queue.ended:
                raise InputError(f"current_customers: {tariff} customers were scored who are not to be segmented")

    return TableBatches(segmented)


def _segment(
    customers: pd.DataFrame,
    cutoffs: Mapping[Tariff, RiskCutoffs | None],
    versions: Mapping[Tariff, str],
    rules: SegmentRules,
) -> pd.DataFrame:
    """The segment of every customer, given context and scores."""
    category = risk_categories(customers, customers["margin"], cutoffs, rules)
    stratum = stratum_classes(customers, rules)
    segment = segment_names(customers["tariff"], stratum, category, rules)
    columns: dict[str, object] = {
        "customer_id": customers["customer_id"],
        "execution_date": customers["execution_date"],
        "invoice_date": customers["invoice_date"],
        "tariff": customers["tariff"],
        "stratum_class": _text(stratum.labels),
        "tenure_months": customers["tenure_months"],
        "tenure_known": customers["tenure_known"],
        "probability": customers["probability"],
        "risk_category": _text(category.labels),
        "segment_code": _text(segment.codes),
        "segment_label": _text(segment.labels),
        "overdue_invoices": customers["overdue_invoices"],
        "overdue_balance": customers["overdue_balance"],
        "invoice_amount": customers["invoice_amount"],
        "expected_unpaid_amount": (customers["probability"] * customers["invoice_amount"]).round(2),
        **{name: customers[name] for name in REASONS},
        "model_version": customers["tariff"].map(versions).astype("str"),
        REASONS_EXACT: customers[REASONS_EXACT],
        "target": customers["target"],
    }
    return pd.DataFrame(columns)[[*SEGMENT_COLUMNS, REASONS_EXACT, "target"]]


def _with_scores(
    context: pd.DataFrame, scores: Mapping[Tariff, RowQueue], versions: Mapping[Tariff, str]
) -> pd.DataFrame:
    """The next customers with margin, probability and reasons by the model of each one's tariff.

    Context and scores come of one table and are in its order: the next rows of both are of the same customers.
    """
    parts = []
    for tariff, queue in scores.items():
        positions = np.flatnonzero(context["tariff"] == tariff)
        rows = queue.take(len(positions))
        ids = context["customer_id"].to_numpy()[positions]
        same = rows["customer_id"].to_numpy() == ids[: len(rows)]
        if len(rows) < len(ids) or not same.all():
            odd = ids[len(rows) :] if same.all() else ids[: len(rows)][~same]
            raise InputError(
                f"current_customers: {tariff} customers were not scored by the model of their tariff, or in another "
                f"order: {shorten(odd)}"
            )
        others = sorted(set(rows["model_version"].unique()) - {versions[tariff]})
        if others:
            raise InputError(
                f"scored_{tariff.lower()}: scored by version {shorten(others)}, but the model is {versions[tariff]!r} "
                "now, whose risk cut-offs are others; score the month again"
            )
        parts.append(rows.set_axis(positions))
    joined = pd.concat(parts).sort_index()
    return context.join(joined[["margin", "probability", *REASONS, REASONS_EXACT]])


def _text(values: Sequence[str | None] | NDArray[np.object_]) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")
