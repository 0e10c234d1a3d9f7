"""Nodes of the synthetic data: each streams one raw table."""

import pyarrow as pa

from segmentation_model.pipelines.synthetic_data import tables
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams


def make_labelled_customers(params: SyntheticDataParams) -> pa.RecordBatchReader:
    """Stream the labelled raw table: two months whose outcome is known.

    Args:
        params: Settings of the synthetic tables.

    Returns:
        One row per customer and reference invoice, two months of a block of customers after one another. Customers
        who had not started yet have no row. To be read once, front to back.
    """
    return tables.labelled_table(params)


def make_current_customers(params: SyntheticDataParams) -> pa.RecordBatchReader:
    """Stream the current raw table: the month to score.

    Args:
        params: Settings of the synthetic tables.

    Returns:
        One row per customer, the target null. To be read once, front to back.
    """
    return tables.current_table(params)
