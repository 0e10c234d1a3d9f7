"""BENCHMARK: the same figures per segment, per tariff and for the portfolio, to compare the parts with the whole.

Money is summed in whole cents, so that the parts add up to the whole exactly.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from segmentation_model.money import to_cents

#: What identifies a row besides the date.
KEYS = ["level", "tariff", "segment_code"]
#: Figures that are compared with the portfolio and with the previous date.
FIGURES = [
    "customers",
    "share",
    "invoice_amount_sum",
    "invoice_amount_mean",
    "overdue_balance_sum",
    "probability_mean",
    "expected_unpaid_amount_sum",
    "observed_default_rate",
]
_MONEY = ("invoice_amount", "overdue_balance", "expected_unpaid_amount")
_MEMBER = ["tariff", "segment_code", "segment_label"]
_ALL = "All"
#: Columns of the segmented customers that are added up.
SUMMED = [*_MEMBER, "probability", "target", *_MONEY]


def aggregate(segmented: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Add up the customers of one date per segment, per tariff and over all.

    Args:
        segmented: One row per customer of one execution date, in any number of batches: the columns of ``SUMMED``.

    Returns:
        One row per level (``segment``, ``tariff``, ``portfolio``) and member: the ``FIGURES``. Amounts are in currency
        units, a missing one counts as nothing; the mean invoice is over all customers, to the cent, the mean
        probability over those scored, the observed default rate over those whose outcome is known, missing where none
        is.
    """
    rows = pd.concat([_sums_of(batch) for batch in segmented], ignore_index=True)
    levels = {
        "segment": rows,
        "tariff": rows.assign(segment_code=_ALL, segment_label=_ALL),
        "portfolio": rows.assign(tariff=_ALL, segment_code=_ALL, segment_label=_ALL),
    }
    table = pd.concat(
        [
            members.groupby(_MEMBER, sort=True).sum().reset_index().assign(level=level)
            for level, members in levels.items()
        ],
        ignore_index=True,
    )
    table["share"] = table["customers"] / rows["customers"].sum()
    table["invoice_amount_mean"] = (table["invoice_amount_sum"] / table["customers"]).round() / 100
    for name in _MONEY:
        table[f"{name}_sum"] = table[f"{name}_sum"] / 100
    table["probability_mean"] = table["probability_sum"] / table["scored"].where(table["scored"] > 0)
    table["observed_default_rate"] = table["unpaid"] / table["known"].where(table["known"] > 0)
    return table[[*KEYS, "segment_label", *FIGURES]]


def _sums_of(segmented: pd.DataFrame) -> pd.DataFrame:
    """What adds up of some customers, per segment; money in whole cents."""
    rows = segmented[_MEMBER].assign(
        probability=segmented["probability"],
        target=segmented["target"].astype(np.float64),
        **{name: to_cents(segmented[name]) for name in _MONEY},
    )
    return (
        rows.groupby(_MEMBER, sort=True)
        .agg(
            customers=("tariff", "size"),
            **{f"{name}_sum": (name, "sum") for name in _MONEY},
            probability_sum=("probability", "sum"),
            scored=("probability", "count"),
            unpaid=("target", "sum"),
            known=("target", "count"),
        )
        .reset_index()
    )


def compare(totals: pd.DataFrame, execution_date: str) -> pd.DataFrame:
    """Set one date's figures against the portfolio's and against the previous date's.

    Args:
        totals: ``aggregate``'s rows of all dates that were run, with ``execution_date`` as ISO text.
        execution_date: The date to report.

    Returns:
        The date's rows; ``<figure>_ratio`` to the portfolio (missing where that is 0; of the customers it is
        ``share``), and ``<figure>_change``, the difference to ``previous_execution_date``, the newest earlier one
        (missing where that date has no such row, or there is none).
    """
    now = totals[totals["execution_date"] == execution_date].reset_index(drop=True)
    portfolio = now[now["level"] == "portfolio"].iloc[0]
    ratios = {
        f"{figure}_ratio": now[figure] / portfolio[figure]
        if pd.notna(portfolio[figure]) and portfolio[figure] != 0
        else pd.Series(np.nan, index=now.index)
        for figure in FIGURES
        if figure not in ("customers", "share")
    }
    earlier = totals.loc[totals["execution_date"] < execution_date, "execution_date"]
    previous = earlier.max() if len(earlier) else None
    then = now[KEYS].merge(totals[totals["execution_date"] == previous], on=KEYS, how="left", validate="one_to_one")
    changes = {f"{figure}_change": (now[figure] - then[figure]).astype("float64") for figure in FIGURES}
    result = pd.concat([now, pd.DataFrame(ratios), pd.DataFrame(changes)], axis=1)
    money = [f"{figure}_change" for figure in FIGURES if figure.endswith(("amount_sum", "amount_mean", "balance_sum"))]
    result[money] = result[money].round(2)
    result["previous_execution_date"] = pd.array([previous] * len(result), dtype="str")
    return result
