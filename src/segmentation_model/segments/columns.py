"""The columns of the segments that others rely on, in their order."""

#: Columns that name the partitions: they stand in the path, under names that others rely on.
PARTITIONS = ("execution_date", "tariff")

SEGMENT_COLUMNS = (
    "customer_id",
    "execution_date",
    "invoice_date",
    "tariff",
    "stratum_class",
    "tenure_months",
    "tenure_known",
    "probability",
    "risk_category",
    "segment_code",
    "segment_label",
    "overdue_invoices",
    "overdue_balance",
    "invoice_amount",
    "expected_unpaid_amount",
    *(f"reason_{rank}" for rank in range(1, 6)),
    "model_version",
)
