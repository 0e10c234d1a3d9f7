"""Nothing is lost: every current row is segmented once or rejected with a reason, and the money adds up."""

from typing import Any

import pandas as pd

from segmentation_model.errors import SegmentationError
from segmentation_model.money import to_cents


def reconcile(
    segmented: pd.DataFrame,
    rejected: pd.DataFrame,
    current_rows: int,
    current_cents: int,
    benchmark_totals: pd.DataFrame,
) -> dict[str, Any]:
    """Check that rows and money add up.

    Args:
        segmented: One row per customer in a segment.
        rejected: One row per rejected row of the current table.
        current_rows: Rows of the current table.
        current_cents: Its newest invoices, added up when the table was taken in.
        benchmark_totals: BENCHMARK's rows of this date.

    Returns:
        ``rows`` and ``amounts`` (currency units) of the current table, segmented and rejected.

    Raises:
        SegmentationError: They do not add up: a fault of the product, never of the data.
    """
    twice = int(segmented["customer_id"].duplicated().sum())
    if twice or len(segmented) + len(rejected) != current_rows:
        raise SegmentationError(
            f"reconciliation: {current_rows} current rows, but {len(segmented)} segmented and {len(rejected)} rejected "
            f"ones; {twice} rows repeat a customer who has a segment already"
        )
    segmented_cents = int(to_cents(segmented["invoice_amount"]).sum())
    rejected_cents = int(to_cents(rejected["invoice_amount"]).sum()) if "invoice_amount" in rejected else 0
    if segmented_cents + rejected_cents != current_cents:
        raise SegmentationError(
            f"reconciliation: the current invoices come to {current_cents / 100:.2f}, the segmented ones to "
            f"{segmented_cents / 100:.2f} and the rejected ones to {rejected_cents / 100:.2f}"
        )
    for level in ("segment", "tariff", "portfolio"):
        rows = benchmark_totals[benchmark_totals["level"] == level]
        customers, cents = int(rows["customers"].sum()), int(to_cents(rows["invoice_amount_sum"]).sum())
        if (customers, cents) != (len(segmented), segmented_cents):
            raise SegmentationError(
                f"reconciliation: BENCHMARK's {level} rows hold {customers} customers and {cents / 100:.2f}, the "
                f"segments {len(segmented)} and {segmented_cents / 100:.2f}"
            )
    return {
        "rows": {"current": current_rows, "segmented": len(segmented), "rejected": len(rejected)},
        "amounts": {
            "current": current_cents / 100,
            "segmented": segmented_cents / 100,
            "rejected": rejected_cents / 100,
        },
    }
