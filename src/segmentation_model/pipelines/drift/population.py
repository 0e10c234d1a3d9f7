"""What a profile says about its rows besides their features: tariff, months, segment shares."""

import numpy as np
import pandas as pd

from segmentation_model.columns.layout import TARIFFS, Tariff
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.segments import SegmentRules, is_new_customer, overdue_position
from segmentation_model.table_batches import TableBatches


def tariffs_of(context: pd.DataFrame) -> str:
    """Tariff of the rows, as a profile's ``about`` holds it; empty without rows."""
    return ", ".join(sorted(context["tariff"].dropna().unique()))


def months_of(rows: pd.DataFrame) -> str:
    """Invoice months of the rows, oldest first, as a profile's ``about`` holds them; empty without dates.

    >>> months_of(pd.DataFrame({"invoice_date": pd.to_datetime(["2026-06-30", None, "2026-05-01", "2026-06-01"])}))
    '2026-05, 2026-06'
    """
    dates = rows["invoice_date"].dropna().to_numpy()
    return ", ".join(np.unique(dates.astype("datetime64[M]")).astype(str))


def shares_by_tariff(context: TableBatches, rules: SegmentRules) -> dict[Tariff, dict[str, Share]]:
    """``segment_shares`` of each tariff's rows of a table."""
    names = ["tariff", "tenure_months", "overdue_invoices", "overdue_balance"]
    found: dict[Tariff, dict[str, Share]] = {}
    for batch in context.select(names):
        for tariff in TARIFFS:
            shares = segment_shares(batch[batch["tariff"] == tariff], rules)
            so_far = found.get(tariff)
            found[tariff] = {name: share + so_far[name] for name, share in shares.items()} if so_far else shares
    return found


def segment_shares(context: pd.DataFrame, rules: SegmentRules) -> dict[str, Share]:
    """The shares that no score decides: overdue customers, and new ones that are not overdue."""
    overdue = overdue_position(context["overdue_invoices"], context["overdue_balance"], rules) >= 0
    new = is_new_customer(context["tenure_months"], rules) & ~overdue
    return {
        rules.new_customer.label: Share(int(new.sum()), len(context)),
        rules.overdue_label: Share(int(overdue.sum()), len(context)),
    }
