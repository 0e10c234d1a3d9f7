"""Taking in a raw table: checked against the layout, brought under canonical names, parted from its unusable rows."""

import logging
from dataclasses import replace

import pandas as pd

from segmentation_model.columns import Layout
from segmentation_model.errors import shorten
from segmentation_model.model.hashing import content_hash
from segmentation_model.money import to_cents
from segmentation_model.pipelines.feature_engineering.canonical import CanonicalRows, canonicalise, check_columns
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from segmentation_model.pipelines.feature_engineering.rejection import Intake, duplicate_fault, reject_rows

logger = logging.getLogger(__name__)


def take_in(raw: pd.DataFrame, layout: Layout, table: str, settings: IntakeSettings, *, labelled: bool) -> Intake:
    """Take in a whole table.

    Args:
        raw: The raw table, one row per customer and, if labelled, invoice month.
        layout: The layout in use.
        table: Name of the table, for messages.
        settings: Execution date and the share of rows that may be rejected.
        labelled: Whether the target is read and a customer may come once a month.

    Returns:
        Accepted and rejected rows. The record has the numbers of rows, the faults, the columns that nothing names, the
        sum of the newest invoice amounts of all rows in cents, and the hash of the accepted rows.

    Raises:
        InputError: The table lacks something, or too many of its rows are unusable.
    """
    named = name_with_source(raw, table)
    unnamed = check_columns(raw, layout, named, with_target=labelled)
    if unnamed:
        logger.warning("%s: %d columns are named by nothing and left out: %s", table, len(unnamed), shorten(unnamed))
    reference = None if settings.execution_date is None else pd.Timestamp(settings.execution_date)
    rows = canonicalise(raw, layout, with_target=labelled, reference_date=reference)
    repeated = duplicate_fault(rows, layout.roles.customer_id, by_month=labelled)
    intake = reject_rows(CanonicalRows(rows.frame, (*rows.faults, repeated)), named, settings.max_rejected_share)
    if intake.record["rejected"]:
        logger.warning("%s: %d rows are rejected: %s", table, intake.record["rejected"], intake.record["faults"])
    amounts = rows.frame.get("invoice_amount_01")
    more = {
        "amount_cents": 0 if amounts is None else int(to_cents(amounts).sum()),
        "left_out": unnamed,
        "hash": content_hash(intake.accepted),
    }
    return replace(intake, record=intake.record | more)


def name_with_source(raw: pd.DataFrame, table: str) -> str:
    """The table's name, with the file it was read from where that is known."""
    source = raw.attrs.get("source")
    return f"{table} ({source})" if source else table
