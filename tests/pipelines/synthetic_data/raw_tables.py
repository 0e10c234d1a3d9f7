"""Builders of the raw tables, and views of them that several tests need."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.pipelines.synthetic_data.nodes import make_current_customers, make_labelled_customers
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams

DRIFT = {
    "Consumo_m3_01": {"scale": 1.1},
    "Quejas_12m": {"add": 1, "share": 0.2},
    "Canal_Pago": {"to": "App", "share": 0.1},
}


class RawTables(NamedTuple):
    labelled: pa.Table
    current: pa.Table


def make_tables(**settings: Any) -> RawTables:
    params = SyntheticDataParams(**settings)
    return RawTables(make_labelled_customers(params).read_all(), make_current_customers(params).read_all())


def cents(table: pa.Table, column: str) -> np.ndarray:
    """Money as whole cents, NaN where null."""
    return np.rint(table[column].to_numpy(zero_copy_only=False) * 100)


def reference_month(table: pa.Table) -> pd.Series:
    """Calendar month of the invoice, whichever way its date is written."""
    text = table["Fecha_Factura"].to_pandas()
    return text.where(text.str[4:5] == "-", text.str[6:] + "-" + text.str[3:5]).str[:7]


def in_month(table: pa.Table, month: str) -> pa.Table:
    return table.filter(pa.array(reference_month(table) == month))


def is_industrial(table: pa.Table) -> np.ndarray:
    return pc.starts_with(pc.utf8_lower(pc.utf8_trim_whitespace(table["Tarifa"])), "i").to_numpy(zero_copy_only=False)
