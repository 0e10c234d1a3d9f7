"""The context columns, kept apart from the features."""

import datetime as dt

import numpy as np
import pandas as pd

from segmentation_model.pipelines.feature_engineering.canonical import canonicalise
from segmentation_model.pipelines.feature_engineering.context import build_context
from tests.pipelines.feature_engineering.builders import layout, raw, sample, standard_layout

DATE = dt.date(2026, 7, 26)
DTYPES = {
    "execution_date": "datetime64[s]",
    "customer_id": "str",
    "invoice_date": "datetime64[s]",
    "tariff": "str",
    "stratum": "float32",
    "tenure_months": "float32",
    "tenure_known": "bool",
    "overdue_invoices": "float32",
    "overdue_balance": "float64",
    "invoice_amount": "float64",
    "region": "str",
    "target": "float32",
}


def dtypes(context: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in context.dtypes.items()}


def test_the_standard_layout_has_all_of_it() -> None:
    canonical = canonicalise(sample("labelled_customers"), standard_layout(), with_target=True).frame
    context = build_context(canonical, DATE)
    assert dtypes(context) == DTYPES
    assert (context["execution_date"] == pd.Timestamp(DATE)).all()
    assert len(context) == len(canonical)
    for name in ("customer_id", "stratum", "tenure_months", "tenure_known", "region", "target"):
        pd.testing.assert_series_equal(context[name], canonical[name])


def test_what_the_table_lacks_is_missing_and_the_tenure_unknown() -> None:
    context = build_context(canonicalise(raw(2), layout(), with_target=False).frame, DATE)
    assert dtypes(context) == DTYPES
    assert context["tariff"].tolist() == ["Domestic", "Domestic"]
    assert context["tenure_known"].tolist() == [False, False]
    empty = context.drop(columns=["execution_date", "customer_id", "tariff", "tenure_known"])
    assert empty.isna().all(axis=None)


def test_the_invoice_amount_is_the_newest_month_s_and_money_is_rounded_to_cents() -> None:
    used = layout("overdue_balance", monthly={"invoice_amount": {"columns": ["New", "Old"]}})
    table = raw(New=[1234567.894, np.nan], Old=[1.0, 2.0], Owed=[0.129, -0.001])
    context = build_context(canonicalise(table, used, with_target=False).frame, DATE)
    np.testing.assert_array_equal(context["invoice_amount"], [1234567.89, np.nan])
    np.testing.assert_array_equal(context["overdue_balance"], [0.13, 0])


def test_the_rows_keep_their_order_whatever_their_index() -> None:
    canonical = canonicalise(raw(3), layout(), with_target=False).frame.iloc[[2, 0]]
    context = build_context(canonical, DATE)
    assert context["customer_id"].tolist() == ["C2", "C0"]
    assert context.index.tolist() == [0, 1]
