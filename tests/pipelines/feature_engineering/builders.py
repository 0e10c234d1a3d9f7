"""Small raw tables and the layouts that map them."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from segmentation_model.columns import Columns, Layout
from segmentation_model.datasets.table import TableDataset

REPOSITORY = Path(__file__).parents[3]

#: What a layout may map beside the customer's id.
ROLES = {
    "customer_id": "ID",
    "invoice_date": "Invoiced",
    "contract_start_date": "Since",
    "tariff": "Tariff",
    "stratum": "Stratum",
    "tenure_months": "Months",
    "region": "Region",
    "overdue_balance": "Owed",
    "overdue_invoices": "Unpaid",
    "target": "Default",
}
TARIFFS = {"Domestic": ["domestica", "D"], "Industrial": ["I"]}


def layout(*roles: str, **sections: Any) -> Layout:
    """A layout with the customer's id and these roles, and whatever other sections are given."""
    if "tariff" in roles:
        sections.setdefault("values", {"tariff": TARIFFS})
    return Layout.model_validate({"roles": {role: ROLES[role] for role in ("customer_id", *roles)}, **sections})


def columns(used: Layout) -> Columns:
    """The section of the parameters with this layout in use."""
    return Columns(use="mine", layouts={"mine": used})


def raw(rows: int | None = None, **values: Any) -> pd.DataFrame:
    """A raw table with ids C0, C1, … where none are given; scalars hold for every row."""
    lengths = [len(value) for value in values.values() if isinstance(value, list | pd.Series | np.ndarray)]
    number = lengths[0] if rows is None else rows
    return pd.DataFrame({"ID": [f"C{i}" for i in range(number)], **values})


@cache
def standard_layout() -> Layout:
    """The layout of ``conf/base``."""
    text = (REPOSITORY / "conf" / "base" / "parameters" / "columns.yml").read_text(encoding="utf-8")
    return Columns.model_validate(yaml.safe_load(text)["columns"] | {"use": "standard"}).layout


@cache
def sample(name: str) -> pd.DataFrame:
    """The committed sample ``labelled_customers`` or ``current_customers``; not to be changed."""
    table = TableDataset(filepath=str(REPOSITORY / "tests" / "fixtures" / f"{name}.parquet")).load()
    assert table is not None
    return table
