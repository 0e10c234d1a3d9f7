"""How a customer stands at the invoice: not up to date, new, or settled, so that the score decides."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.segments.rules import SegmentRules


def overdue_position(overdue_invoices: pd.Series, overdue_balance: pd.Series, rules: SegmentRules) -> NDArray[np.int8]:
    """Age of the debt: position in ``rules.overdue``, -1 for customers that are up to date.

    Not up to date is who has an overdue bill or an overdue balance; a balance without a counted bill is the youngest
    debt. A missing figure counts as nothing overdue.

    Args:
        overdue_invoices: Number of bills overdue at the invoice.
        overdue_balance: Money overdue at the invoice, same rows.
        rules: The business rules.

    Returns:
        One position per row.
    """
    bounds = [age.from_invoices for age in rules.overdue]
    invoices = overdue_invoices.to_numpy(dtype=np.float64, na_value=np.nan)
    balance = overdue_balance.to_numpy(dtype=np.float64, na_value=np.nan)
    position = np.searchsorted(bounds, np.nan_to_num(invoices), side="right") - 1
    return np.where((balance > 0) & (position < 0), 0, position).astype(np.int8)


def is_new_customer(tenure_months: pd.Series, rules: SegmentRules) -> NDArray[np.bool_]:
    """Whether a customer is new; one of unknown tenure is not (and is flagged)."""
    months: NDArray[np.float64] = tenure_months.to_numpy(dtype=np.float64, na_value=np.nan)
    return months <= rules.new_customer_months


def is_settled(context: pd.DataFrame, rules: SegmentRules) -> NDArray[np.bool_]:
    """Whether the score decides the category: neither new nor overdue. Only these enter the frozen cut-offs.

    Args:
        context: One row per customer: tenure_months, overdue_invoices, overdue_balance.
        rules: The business rules.

    Returns:
        One truth value per row.
    """
    overdue = overdue_position(context["overdue_invoices"], context["overdue_balance"], rules) >= 0
    return ~(overdue | is_new_customer(context["tenure_months"], rules))
