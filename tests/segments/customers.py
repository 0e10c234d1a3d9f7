"""Customers to segment, and the business rules as the project ships them."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from segmentation_model.segments import SegmentRules

_SHIPPED = Path(__file__).parents[2] / "conf" / "base" / "parameters" / "clustering.yml"
RULES = SegmentRules.model_validate(yaml.safe_load(_SHIPPED.read_text(encoding="utf-8"))["clustering"])

_UP_TO_DATE = {
    "tariff": "Domestic",
    "stratum": 3.0,
    "tenure_months": 60.0,
    "overdue_invoices": 0.0,
    "overdue_balance": 0.0,
    "invoice_amount": 100.0,
    "target": np.nan,
}
_TYPES = {
    "tariff": "str",
    "stratum": "float32",
    "tenure_months": "float32",
    "overdue_invoices": "float32",
    "overdue_balance": "float64",
    "invoice_amount": "float64",
    "target": "float32",
}


def customers(rows: int | None = None, **columns: object) -> pd.DataFrame:
    """The context of customers who, but for the columns given, are settled Domestic ones of stratum 3.

    Args:
        rows: How many; by default as many as the columns given are long.
        columns: Values by column, one for all or one per customer.
    """
    given = {name: values for name, values in columns.items() if isinstance(values, list | np.ndarray | pd.Series)}
    count = rows if rows is not None else max((len(values) for values in given.values()), default=1)
    values = {**_UP_TO_DATE, **columns}
    ids = values.pop("customer_id", [f"C{index:05d}" for index in range(count)])
    date = np.datetime64(values.pop("invoice_date", "2026-07-05"), "s")
    table = pd.DataFrame(
        {
            "execution_date": np.full(count, np.datetime64("2026-07-26", "s")),
            "customer_id": pd.array(ids, dtype="str"),
            "invoice_date": np.full(count, date),
            **{name: pd.Series(values[name], index=range(count), dtype=dtype) for name, dtype in _TYPES.items()},
        }
    )
    return table.assign(tenure_known=table["tenure_months"].notna(), region=pd.array(["norte"] * count, dtype="str"))
