"""Node that scores the month of one tariff, batch by batch."""

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.features import require_features
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.reasons import REASONS_EXACT, Explainer, exact_margin
from segmentation_model.model.scoring import score_rows, tell_of_unseen
from segmentation_model.pages.wording import plural
from segmentation_model.table_batches import TableBatches

logger = logging.getLogger(__name__)


def score_current(
    model: ModelArtifact, current: TableBatches, drift_gate: dict[str, Any], reasons: ReasonSettings, columns: Columns
) -> TableBatches:
    """Score the customers of the month, and say why.

    Args:
        model: The artifact, with or without a model.
        current: Features of the tariff's customers, one row per customer.
        drift_gate: What the gate decided; scoring waits for it.
        reasons: The words of the reasons.
        columns: The layout in use.

    Returns:
        One row per customer, in their order: id, raw margin and calibrated probability (NaN without a model), the five
        reasons (missing without one), whether they are exact, and the version of the artifact.

    Raises:
        InputError: A feature of the model is absent; when the batches are gone through: or of another type.
    """
    logger.debug("The drift gate is %s", drift_gate["status"])
    if model.status == "trained":
        require_features(current.columns, model.features.names, "current_customers")
    explainer = Explainer.of(model, reasons, columns.layout)

    def scored() -> Iterator[pd.DataFrame]:
        exact_from = -np.inf
        if explainer.approximate is not None:
            margins = (score_rows(model, batch, "current_customers").margin for batch in current)
            exact_from = exact_margin(margins, model.cutoffs.margins[-2], reasons.most_exact_rows)
        unseen: Counter[str] = Counter()
        approximated = 0
        for batch in current:
            table = batch[["customer_id"]].assign(margin=np.nan, probability=np.nan)
            if model.status == "trained" and len(batch):
                table["margin"], table["probability"], unknown = score_rows(model, batch, "current_customers")
                unseen.update(unknown)
            table = table.join(explainer.explain(batch, table["margin"].to_numpy(), exact_from))
            table["model_version"] = pd.array([model.version] * len(batch), dtype="str")
            approximated += int((~table[REASONS_EXACT]).sum())
            yield table
        tell_of_unseen("current_customers", unseen)
        if approximated:
            logger.warning(
                "%s approximate reasons, below a margin of %.3f (modeling.reasons.most_exact_rows)",
                plural(approximated, "customer has", "customers have"),
                exact_from,
            )

    return TableBatches(scored)
