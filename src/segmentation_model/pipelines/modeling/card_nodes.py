"""Node that writes the model card of one tariff."""

from typing import Any

import numpy as np
import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model_card.card import build_model_card
from segmentation_model.model_card.facts import PARTS, CardFacts, PartRows
from segmentation_model.model_card.page import card_html, card_markdown


def write_model_card(
    model: ModelArtifact,
    labelled_margins: pd.DataFrame,
    leakage: dict[str, Any],
    drift_gate: dict[str, Any],
    reasons: ReasonSettings,
    columns: Columns,
) -> tuple[str, str]:
    """Write what a reviewer needs to know of the model, or why there is none.

    Args:
        model: The artifact, with or without a model.
        labelled_margins: The labelled rows by part; only counted.
        leakage: What the leakage guard found.
        drift_gate: What the gate decided.
        reasons: The words of the features.
        columns: The layout in use.

    Returns:
        The card as Markdown and as HTML, without a row of a customer.
    """
    facts = CardFacts(model, count_parts(labelled_margins), leakage, drift_gate, reasons, columns.layout)
    card = build_model_card(facts)
    return card_markdown(card), card_html(card)


def count_parts(labelled: pd.DataFrame) -> dict[str, PartRows]:
    """Count the labelled rows by part.

    Args:
        labelled: Keys, part and target of the labelled rows.

    Returns:
        Rows, customers, unpaid bills and months of every part, also of one without rows.
    """
    return {part: _count(labelled[labelled["part"] == part]) for part in PARTS}


def _count(rows: pd.DataFrame) -> PartRows:
    months = np.unique(rows["invoice_date"].dropna().to_numpy().astype("datetime64[M]"))
    return PartRows(
        rows=len(rows),
        customers=int(rows["customer_id"].nunique()),
        unpaid=int(rows["target"].sum()),
        months=tuple(months.astype(str).tolist()),
    )
