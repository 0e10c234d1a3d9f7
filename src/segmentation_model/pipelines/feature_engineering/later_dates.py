"""Dates that lie after the invoice whose payment is to be predicted: only a column that knows the future has them."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from segmentation_model.columns import Layout
from segmentation_model.pipelines.feature_engineering.raw_values import read_dates

#: A column of timestamps that is mapped as a category is text like this.
_TIMESTAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dt%H:%M:%S")
#: Distinct texts that are tried before all of a column are read.
_TRIED = 20


class LaterDates(BaseModel):
    """The dates of one column against the invoice date of the same row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: str = Field(description="Feature that is built from the column.")
    dates: int = Field(description="Rows where both dates are there.")
    after: int = Field(description="Those where the date is a day or more after the invoice.")
    share: float = Field(description="after / dates; 0 without dates.")
    latest_days: int | None = Field(description="Days from the invoice to the date that is furthest after it.")


def later_dates(rows: pd.DataFrame, layout: Layout) -> dict[str, LaterDates]:
    """Count the dates after the invoice, per date role and per category whose values are all dates.

    Args:
        rows: Features with ``invoice_date``, one row per customer and invoice.
        layout: The layout in use; its date formats read a category.

    Returns:
        Canonical column: its count. A category of a table without invoice dates has nothing to be compared with.
    """
    found: dict[str, LaterDates] = {}
    for column in layout.table():
        feature = f"{column.name}_days" if column.kind == "date" else column.name
        if feature not in rows or column.name == "invoice_date":
            continue
        if column.kind == "date":
            found[column.name] = _count(feature, rows[feature].to_numpy())
        elif column.kind == "category":
            dates = _as_dates(rows[feature], (*layout.date_formats, *_TIMESTAMPS))
            if dates is not None:
                invoices = rows["invoice_date"].to_numpy().astype("datetime64[D]")
                days = (dates.astype("datetime64[D]") - invoices).astype("timedelta64[D]")
                found[column.name] = _count(feature, np.where(np.isnat(days), np.nan, days.astype(np.float64)))
    return found


def _count(feature: str, days: NDArray[np.floating]) -> LaterDates:
    dates, after = int((~np.isnan(days)).sum()), int((days > 0).sum())
    share = after / dates if dates else 0.0
    return LaterDates(
        feature=feature,
        dates=dates,
        after=after,
        share=share,
        latest_days=int(np.nanmax(days)) if after else None,
    )


def _as_dates(values: pd.Series, formats: tuple[str, ...]) -> NDArray[Any] | None:
    """The dates of a column of text; None where one of them is no date."""
    distinct = pd.Series(values.dropna().unique(), dtype="str")
    if distinct.empty or read_dates(distinct.head(_TRIED), formats).unusable.any():
        return None
    read = read_dates(values, formats)
    return None if read.unusable.any() else np.asarray(read.values)
