"""Taking in a raw table: checked against the layout, brought under canonical names, parted from its unusable rows."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns import Layout
from segmentation_model.errors import InputError, shorten
from segmentation_model.model.hashing import content_hash
from segmentation_model.money import to_cents
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.feature_engineering.canonical import CanonicalRows, canonicalise, check_columns
from segmentation_model.pipelines.feature_engineering.params import IntakeSettings
from segmentation_model.pipelines.feature_engineering.rejection import (
    Intake,
    Rejection,
    SeenCustomers,
    accepted_rows,
    duplicate_fault,
    reject_rows,
)
from segmentation_model.pipelines.feature_engineering.tariff_choice import leave_out_others
from segmentation_model.table_batches import TableBatches

logger = logging.getLogger(__name__)


def take_in(raw: pd.DataFrame, layout: Layout, table: str, settings: IntakeSettings) -> Intake:
    """Take in a labelled table, which may hold a customer once a month.

    Args:
        raw: The raw table, one row per customer and invoice month.
        layout: The layout in use.
        table: Name of the table, for messages.
        settings: Execution date, the share of rows that may be rejected, and the tariffs that are asked for.

    Returns:
        Accepted and rejected rows. The record has the numbers of rows, the faults, the columns that nothing names, the
        sum of the newest invoice amounts of all rows in cents, and the hash of the accepted rows.

    Raises:
        InputError: The table lacks something, or too many of its rows are unusable.
    """
    named = name_with_source(raw, table)
    unnamed = _unnamed_columns(raw, layout, table, with_target=True)
    rows = _canonical(raw, layout, settings, with_target=True)
    repeated = duplicate_fault(rows, layout.roles.customer_id, by_month=True)
    intake = reject_rows(CanonicalRows(rows.frame, (*rows.faults, repeated)), named, settings.max_rejected_share)
    _tell_of_rejected(table, intake.record)
    more = {
        "tariffs": settings.tariffs,
        "amount_cents": _cents(rows.frame),
        "left_out": unnamed,
        "hash": content_hash(intake.accepted),
    }
    return replace(intake, record=intake.record | more)


def take_in_batches(
    raw: TableBatches, layout: Layout, table: str, settings: IntakeSettings
) -> tuple[TableBatches, pd.DataFrame, dict[str, Any]]:
    """Take in a table of any size that holds a customer once; a target in it is not read.

    It is read twice: now, to find what cannot be used, and when the accepted rows are gone through. Kept of a customer
    is the id.

    Args:
        raw: The raw table, one row per customer.
        layout: The layout in use.
        table: Name of the table, for messages.
        settings: Execution date, the share of rows that may be rejected, and the tariffs that are asked for.

    Returns:
        Accepted and rejected rows, and the record, as of ``take_in``; its hash is that of the batches' hashes.

    Raises:
        InputError: The table lacks something, or too many of its rows are unusable.
    """
    named, unnamed = table, list[str]()
    seen, rejection = SeenCustomers(layout.roles.customer_id), Rejection()
    usable: list[NDArray[np.bool_]] = []
    hashes: list[str] = []
    cents = 0
    for batch in raw:
        if not usable:
            named = name_with_source(batch, table)
            unnamed = _unnamed_columns(batch, layout, table, with_target=False)
        rows = _canonical(batch, layout, settings, with_target=False)
        usable.append(rejection.add(CanonicalRows(rows.frame, (*rows.faults, seen.repeated(rows)))))
        hashes.append(content_hash(accepted_rows(rows.frame, usable[-1])))
        cents += _cents(rows.frame)
    rejected, record = rejection.close(named, settings.max_rejected_share)
    _tell_of_rejected(table, record)

    def accepted() -> Iterator[pd.DataFrame]:
        for batch, good in zip_longest(raw, usable):
            if batch is None or good is None or len(batch) != len(good):
                raise InputError(f"{named}: the table changed while it was read; run again")
            rows = _canonical(batch, layout, settings, with_target=False)
            yield accepted_rows(rows.frame, good)

    more = {"tariffs": settings.tariffs, "amount_cents": cents, "left_out": unnamed, "hash": content_hash(hashes)}
    return TableBatches(accepted), rejected, record | more


def _unnamed_columns(raw: pd.DataFrame, layout: Layout, table: str, *, with_target: bool) -> list[str]:
    unnamed = check_columns(raw, layout, name_with_source(raw, table), with_target=with_target)
    if unnamed:
        columns_are = plural(len(unnamed), "column is", "columns are")
        logger.warning("%s: %s named by nothing and left out: %s", table, columns_are, shorten(unnamed))
    return unnamed


def _canonical(raw: pd.DataFrame, layout: Layout, settings: IntakeSettings, *, with_target: bool) -> CanonicalRows:
    """A slice under canonical names, with what is wrong with its rows, or that the run was not asked for them."""
    date = None if settings.execution_date is None else pd.Timestamp(settings.execution_date)
    rows = canonicalise(raw, layout, with_target=with_target, reference_date=date)
    return leave_out_others(rows, raw, layout, settings.tariffs)


def _tell_of_rejected(table: str, record: dict[str, Any]) -> None:
    if record["rejected"]:
        rows_are = plural(record["rejected"], "row is", "rows are")
        logger.warning("%s: %s rejected: %s", table, rows_are, record["faults"])


def _cents(canonical: pd.DataFrame) -> int:
    """The newest invoice amounts, added up."""
    amounts = canonical.get("invoice_amount_01")
    return 0 if amounts is None else int(to_cents(amounts).sum())


def name_with_source(raw: pd.DataFrame, table: str) -> str:
    """The table's name, with the file it was read from where that is known."""
    source = raw.attrs.get("source")
    return f"{table} ({source})" if source else table
