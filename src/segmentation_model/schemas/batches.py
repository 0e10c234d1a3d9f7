"""Contracts of the tables that are written batch by batch: each batch is checked on its way to the disk.

Named in the catalog. That a customer is in one batch only is what the intake rejects and the reconciliation counts.
"""

from segmentation_model.schemas.tables import CurrentContext, Scored, SegmentedCustomers
from segmentation_model.table_batches import TableBatches


def check_current_context(table: TableBatches) -> TableBatches:
    """The same batches, each checked against ``CurrentContext`` when it comes."""
    return table.map(CurrentContext.validate)


def check_scored(table: TableBatches) -> TableBatches:
    """The same batches, each checked against ``Scored`` when it comes."""
    return table.map(Scored.validate)


def check_segmented_customers(table: TableBatches) -> TableBatches:
    """The same batches, each checked against ``SegmentedCustomers`` when it comes."""
    return table.map(SegmentedCustomers.validate)
