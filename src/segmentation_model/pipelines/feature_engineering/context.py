"""What is known about a customer at the invoice and decides the segment, kept apart from the features."""

import datetime as dt

import numpy as np
import pandas as pd

from segmentation_model.pipelines.feature_engineering.canonical import select_columns

#: Context column: canonical column and dtype.
_CONTEXT = {
    "customer_id": ("customer_id", "str"),
    "invoice_date": ("invoice_date", "datetime64[s]"),
    "tariff": ("tariff", "str"),
    "stratum": ("stratum", "float32"),
    "tenure_months": ("tenure_months", "float32"),
    "tenure_known": ("tenure_known", "bool"),
    "overdue_invoices": ("overdue_invoices", "float32"),
    "overdue_balance": ("overdue_balance", "float64"),
    "invoice_amount": ("invoice_amount_01", "float64"),
    "region": ("region", "str"),
    "target": ("target", "float32"),
}


def context_sources() -> list[str]:
    """The canonical columns that the context is taken from."""
    return [source for source, _ in _CONTEXT.values()]


def build_context(canonical: pd.DataFrame, execution_date: dt.date) -> pd.DataFrame:
    """Take the context columns of canonical rows; a role that the table lacks is all missing.

    Args:
        canonical: One row per customer and reference invoice.
        execution_date: Date of the run.

    Returns:
        One row per canonical row, same order: the columns of ``_CONTEXT`` and ``execution_date``. Money is in
        currency units, rounded to cents.
    """
    context = select_columns(canonical, _CONTEXT)
    for money in ("overdue_balance", "invoice_amount"):
        context[money] = context[money].round(2)
    context.insert(0, "execution_date", np.full(len(context), np.datetime64(execution_date, "s")))
    return context
