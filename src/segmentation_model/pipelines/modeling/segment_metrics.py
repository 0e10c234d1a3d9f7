"""Metrics by region, stratum class and standing of the customers: where the model is good, and whom it treats."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.pipelines.modeling.metrics import evaluate_scores
from segmentation_model.segments import SegmentRules, is_settled, overdue_position

_METRICS = ("roc_auc", "gini", "ks", "pr_auc", "brier", "log_loss", "ece")
_DECISIONS = ("treated_share", "unpaid_found", "paid_treated")
SEGMENT_COLUMNS = ("dimension", "value", "rows", "base_rate", "mean_probability", *_METRICS, *_DECISIONS)
#: The value of a dimension where a customer's is not known.
UNKNOWN = "(not known)"


def segment_dimensions(context: pd.DataFrame, rules: SegmentRules) -> pd.DataFrame:
    """Where each customer belongs in each dimension.

    Args:
        context: One row per labelled row: tariff, stratum, tenure_months, overdue_invoices, overdue_balance, region.
        rules: Who is new, who is not up to date, which strata are treated alike.

    Returns:
        Same rows: ``region`` and ``stratum_class``, each left out where no customer has one (Industrial customers have
        no class), and ``standing``: overdue, else new, else settled (the score decides).
    """
    dimensions = {}
    if context["region"].notna().any():
        dimensions["region"] = context["region"].fillna(UNKNOWN).to_numpy(dtype=object)
    stratum = context["stratum"].to_numpy(dtype=np.float64)
    domestic = (context["tariff"] != "Industrial").to_numpy(dtype=bool)
    if (domestic & ~np.isnan(stratum)).any():
        members = [np.isin(stratum, group.strata) for group in rules.strata]
        labels = [group.label for group in rules.strata]
        dimensions["stratum_class"] = np.select(members, labels, default=rules.no_stratum.label).astype(object)
    overdue = overdue_position(context["overdue_invoices"], context["overdue_balance"], rules) >= 0
    standing = np.select([overdue, is_settled(context, rules)], ["overdue", "settled"], default="new")
    dimensions["standing"] = standing.astype(object)
    return pd.DataFrame(dimensions, index=context.index)


def tabulate_segments(
    rows: pd.DataFrame, dimensions: pd.DataFrame, threshold: float, minimum_cases: int
) -> pd.DataFrame:
    """Metrics of every segment of some rows.

    Args:
        rows: Target, margin and probability of labelled rows.
        dimensions: Where each of them belongs, in the same order: one column per dimension.
        threshold: Probability from which a customer is treated.
        minimum_cases: Cases of the rarer class from which a segment's metrics say anything.

    Returns:
        One row per dimension and value, sorted: rows, base rate, mean probability, metrics (as in ``PartMetrics``),
        share of customers that the threshold treats, of the unpaid bills that it finds, and of the customers who pay
        that it treats in vain. Metrics and the last two shares are NaN in a segment with fewer cases.
    """
    target, margin, probability = (rows[name].to_numpy(np.float64) for name in ("target", "margin", "probability"))
    found = []
    for dimension in dimensions.columns:
        codes, values = pd.factorize(dimensions[dimension].to_numpy(), sort=True)
        for code, value in enumerate(values):
            chosen = codes == code
            measured = _measure(target[chosen], margin[chosen], probability[chosen], threshold, minimum_cases)
            found.append({"dimension": dimension, "value": value, **measured})
    return pd.DataFrame(found, columns=list(SEGMENT_COLUMNS))


def _measure(
    target: NDArray[np.float64],
    margin: NDArray[np.float64],
    probability: NDArray[np.float64],
    threshold: float,
    minimum_cases: int,
) -> dict[str, float]:
    treated, unpaid = probability >= threshold, target == 1
    known: dict[str, float] = {
        "rows": len(target),
        "base_rate": float(unpaid.mean()),
        "mean_probability": float(probability.mean()),
        "treated_share": float(treated.mean()),
    }
    if min(unpaid.sum(), (~unpaid).sum()) < minimum_cases:
        return known
    metrics = evaluate_scores(target, margin, probability).model_dump(include=set(_METRICS))
    shares = {"unpaid_found": float(treated[unpaid].mean()), "paid_treated": float(treated[~unpaid].mean())}
    return known | metrics | shares
