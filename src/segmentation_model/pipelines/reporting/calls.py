"""Whom to call first: the customers of whom most is expected to stay unpaid."""

import pandas as pd

from segmentation_model.model.reasons import REASONS
from segmentation_model.table_batches import TableBatches

#: Columns of the call list, after the rank.
CALL_COLUMNS = (
    "customer_id",
    "tariff",
    "segment_code",
    "segment_label",
    "risk_category",
    "invoice_amount",
    "overdue_invoices",
    "overdue_balance",
    "probability",
    "expected_unpaid_amount",
    *REASONS,
)


def choose_calls(segmented: TableBatches, size: int, least_amount: float) -> pd.DataFrame:
    """The customers with the largest expected unpaid amounts; equal ones by their id.

    Args:
        segmented: One row per customer.
        size: Customers at most.
        least_amount: What the expected unpaid amount must exceed; a missing one exceeds nothing.

    Returns:
        One row per customer: ``rank`` from 1, then ``CALL_COLUMNS``. However the rows lie in batches, the same.
    """
    chosen: pd.DataFrame | None = None
    for batch in segmented.select(CALL_COLUMNS):
        worth = batch[batch["expected_unpaid_amount"] > least_amount]
        if chosen is None:
            chosen = _first(worth, size)
            continue
        if len(chosen) == size:  # most of a large month cannot get among the first any more
            worth = worth[worth["expected_unpaid_amount"] >= chosen["expected_unpaid_amount"].iloc[-1]]
        if len(worth):
            chosen = _first(pd.concat([chosen, worth]), size)
    assert chosen is not None, "a table has one batch at least"
    ranked = chosen.reset_index(drop=True)
    ranked.insert(0, "rank", range(1, len(ranked) + 1))
    return ranked


def _first(customers: pd.DataFrame, size: int) -> pd.DataFrame:
    ordered = customers.sort_values(["expected_unpaid_amount", "customer_id"], ascending=[False, True])
    return ordered.head(size)
