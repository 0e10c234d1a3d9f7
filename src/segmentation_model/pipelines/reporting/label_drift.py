"""Label drift: did the share of unpaid bills move between the newest labelled months and those before?"""

from typing import Any

import pandas as pd

from segmentation_model.drift.judgement.prediction import judge_prediction
from segmentation_model.drift.reference.prediction_reference import Share
from segmentation_model.drift.reports.json_report import signal_to_json
from segmentation_model.drift.settings import DriftSettings

_NOT_COMPARED = {"status": "not_compared", "severity": "not_measured"}


def measure_label_drift(labelled: pd.DataFrame, newest_months: int, settings: DriftSettings) -> dict[str, Any]:
    """Compare the default rate of the newest labelled months with that of the months before, per tariff.

    The months before are those that a model can only have learnt from: of a split in time they are the training side,
    and of a split by chance the training part is a sample of them and of the newest months, which would hide half of a
    change. The newest months are counted back from the tariff's last one; a month without rows is no month.

    Args:
        labelled: One row per customer and labelled invoice: ``tariff``, ``invoice_date`` and ``target`` (1 unpaid,
            0 paid, missing where it is not known; such a row counts nowhere).
        newest_months: Calendar months that count as the newest.
        settings: The severity rule; the false discovery rate is one over the tariffs.

    Returns:
        Per tariff in their order: ``status`` and ``reason`` (not compared where one side has no rows), ``severity``,
        the two sides (months, rows, default rate), PSI and p-values as of every share of the prediction signals.
    """
    known = labelled.loc[labelled["target"].notna() & labelled["invoice_date"].notna()]
    known = known.assign(month=known["invoice_date"].dt.strftime("%Y-%m"))
    sides = {tariff: _sides(known[known["tariff"] == tariff], newest_months) for tariff in ("Domestic", "Industrial")}
    shares = [
        {tariff: Share(count=int(side["target"].sum()), rows=len(side)) for tariff, side in chosen.items()}
        for chosen in ({tariff: pair[position] for tariff, pair in sides.items()} for position in (0, 1))
    ]
    signals = judge_prediction(settings, reference_shares=shares[0], current_shares=shares[1])
    report: dict[str, Any] = {}
    for (tariff, (before, newest)), signal in zip(sides.items(), signals, strict=True):
        judged = signal_to_json(signal)
        compared = {key: judged[key] for key in ("status", "severity", "psi", "p_value", "adjusted_p_value")}
        if signal.status == "not_compared":
            compared = _NOT_COMPARED
        report[tariff] = {
            **compared,
            "reason": _reason(before, newest) or judged["reason"],
            "before": _described(before),
            "newest": _described(newest),
        }
    return report


def _sides(rows: pd.DataFrame, newest_months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    newest = rows["month"].isin(sorted(rows["month"].unique())[-newest_months:])
    return rows[~newest], rows[newest]


def _reason(before: pd.DataFrame, newest: pd.DataFrame) -> str | None:
    if newest.empty:
        return "no labelled row with an invoice date"
    if before.empty:
        return f"no labelled month before {newest['month'].min()}"
    return None


def _described(side: pd.DataFrame) -> dict[str, Any]:
    return {
        "first_month": side["month"].min() if len(side) else None,
        "last_month": side["month"].max() if len(side) else None,
        "rows": len(side),
        "default_rate": float(side["target"].mean()) if len(side) else None,
    }
