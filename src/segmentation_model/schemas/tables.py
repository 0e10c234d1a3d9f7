"""Contracts of the tables that others rely on; Kedro checks them on the way to the disk.

Only what a contract is about is checked: further columns are free. A breach is a fault of the product, never of the
data, because unusable rows are rejected with a reason before.
"""

import numpy as np
import pandera.pandas as pa
from pandera.typing import Series

from segmentation_model.columns.layout import TARIFFS


class Context(pa.DataFrameModel):
    """Context of labelled rows: one row per customer and invoice, usable, of a known tariff."""

    customer_id: Series[str] = pa.Field(nullable=False)
    tariff: Series[str] = pa.Field(nullable=False, isin=TARIFFS)
    tenure_known: Series[bool] = pa.Field(nullable=False)
    target: Series[np.float32] = pa.Field(nullable=True, isin=(0.0, 1.0))


class CurrentContext(Context):
    """Context of the rows to score: one row per customer."""

    customer_id: Series[str] = pa.Field(nullable=False, unique=True)


class Scored(pa.DataFrameModel):
    """Scores of one tariff: one row per customer; margin and probability missing where there is no model."""

    customer_id: Series[str] = pa.Field(nullable=False, unique=True)
    margin: Series[float] = pa.Field(nullable=True)
    probability: Series[float] = pa.Field(nullable=True, gt=0.0, lt=1.0)


class SegmentedCustomers(pa.DataFrameModel):
    """Every customer in exactly one segment."""

    customer_id: Series[str] = pa.Field(nullable=False, unique=True)
    probability: Series[float] = pa.Field(nullable=True, gt=0.0, lt=1.0)
    tariff: Series[str] = pa.Field(nullable=False, isin=TARIFFS)
    risk_category: Series[str] = pa.Field(nullable=False)
    segment_code: Series[str] = pa.Field(nullable=False)
    segment_label: Series[str] = pa.Field(nullable=False)
    invoice_amount: Series[float] = pa.Field(nullable=True)
    expected_unpaid_amount: Series[float] = pa.Field(nullable=True)
    model_version: Series[str] = pa.Field(nullable=False)
