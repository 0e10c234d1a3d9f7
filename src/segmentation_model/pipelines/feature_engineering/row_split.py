"""Which rows of its customers a part uses: all of them, or only those of its months."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from segmentation_model.errors import ConfigurationError
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts

_UNUSED = -1
_TEST = PARTS.index("test")


class PartRecord(BaseModel):
    """What one part holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=0)
    customers: int = Field(ge=0)
    first_month: str | None = Field(description="Oldest invoice month, e.g. 2026-05; null without dates or rows.")
    last_month: str | None = Field(description="Newest invoice month.")


class SplitRecord(BaseModel):
    """How the labelled rows of one tariff were split. The rows of the parts and the unused ones are all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["random", "out_of_time"]
    parts: dict[str, PartRecord]
    unused: dict[str, int] = Field(description="Reason: rows that no part uses.")


def require_months(invoice_dates: pd.Series, settings: SplitSettings) -> None:
    """Refuse to split a labelled table out of time that has no time.

    Args:
        invoice_dates: Invoice date of every labelled row, of all tariffs.
        settings: How to split.

    Raises:
        ConfigurationError: It is to be split out of time, and has no invoice dates or those of one month only.
    """
    months = _months(invoice_dates)
    found = np.unique(months[~np.isnat(months)])
    if settings.method == "out_of_time" and len(found) < 2:
        what = f"those of {str(found[0])!r} only" if len(found) else "none"
        raise ConfigurationError(
            "feature_engineering.split.method: 'out_of_time' needs invoice dates of two months or more, and "
            f"labelled_customers has {what}; 'random' needs none"
        )


def split_rows(
    customer_ids: pd.Series, invoice_dates: pd.Series, settings: SplitSettings
) -> tuple[dict[str, NDArray[np.bool_]], SplitRecord]:
    """Split the labelled rows of one tariff; a customer is in one part only, whatever the method.

    Out of time, train and calibration use the rows before the tariff's newest month, test those of that month. The
    other rows of these customers are used by no part: in the newest month the model must not learn, and an earlier
    month would not be out of time.

    Args:
        customer_ids: Ids, no missing ones.
        invoice_dates: Invoice date of each row; missing is allowed.
        settings: Method, shares and seed.

    Returns:
        Part: true for the rows that it uses; and the record of the split.
    """
    parts = assign_parts(customer_ids, settings)
    months = _months(invoice_dates)
    unused: dict[str, int] = {}
    if settings.method == "out_of_time":
        dated = ~np.isnat(months)
        newest = months == (months[dated].max() if dated.any() else np.datetime64("NaT"))
        reasons = {
            "no invoice date": ~dated,
            **{f"{part} customer, newest month": newest & (parts == PARTS.index(part)) for part in PARTS[:_TEST]},
            "test customer, earlier month": dated & ~newest & (parts == _TEST),
        }
        unused = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
        parts[np.logical_or.reduce(list(reasons.values()))] = _UNUSED
    used = {part: parts == index for index, part in enumerate(PARTS)}
    records = {part: _describe(customer_ids[rows], months[rows]) for part, rows in used.items()}
    return used, SplitRecord(method=settings.method, parts=records, unused=unused)


def _months(dates: pd.Series) -> NDArray[np.datetime64]:
    return dates.to_numpy().astype("datetime64[M]")


def _describe(customer_ids: pd.Series, months: NDArray[np.datetime64]) -> PartRecord:
    dated = months[~np.isnat(months)]
    first, last = (str(dated.min()), str(dated.max())) if len(dated) else (None, None)
    return PartRecord(rows=len(months), customers=customer_ids.nunique(), first_month=first, last_month=last)
