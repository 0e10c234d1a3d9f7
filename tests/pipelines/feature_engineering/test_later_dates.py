"""Dates after the invoice: counted per date role, and per category that is made of dates."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.pipelines.feature_engineering.later_dates import LaterDates, later_dates
from tests.pipelines.feature_engineering.builders import layout

ROLES = layout("invoice_date", "contract_start_date", "region")
INVOICED = np.array(["2026-09-14"] * 4, dtype="datetime64[s]")


def features(**values: object) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": list("abcd"), "invoice_date": INVOICED, **values})


def test_a_role_counts_the_days_after_the_invoice() -> None:
    rows = features(contract_start_date_days=np.array([-3, 0, 12, np.nan], dtype=np.float32))
    expected = LaterDates(feature="contract_start_date_days", dates=3, after=1, share=1 / 3, latest_days=12)
    assert later_dates(rows, ROLES) == {"contract_start_date": expected}


@pytest.mark.parametrize(
    ("texts", "after", "latest"),
    [
        (["2026-09-15", "14/09/2026", None, "01/01/2026"], 1, 1),
        (["2026-09-14 23:59:59", "2026-09-16 00:00:00", None, "2020-01-01 00:00:00"], 1, 2),
        (["2026-09-14t10:00:00", "2026-09-13t00:00:00", None, "2026-09-12t00:00:00"], 0, None),
    ],
)
def test_a_category_of_dates_is_read_as_such(texts: list[str | None], after: int, latest: int | None) -> None:
    rows = features(region=pd.array(texts, dtype="str"))
    expected = LaterDates(feature="region", dates=3, after=after, share=after / 3, latest_days=latest)
    assert later_dates(rows, ROLES) == {"region": expected}


@pytest.mark.parametrize(
    "texts", [["norte", "sur", "sur", None], ["2026-09-15", "2026-09-15", "none", None], ["12", "13", None, "14"]]
)
def test_a_category_of_anything_else_is_not(texts: list[str | None]) -> None:
    assert later_dates(features(region=pd.array(texts, dtype="str")), ROLES) == {}


def test_a_category_that_is_no_date_far_down_is_none() -> None:
    texts = [*(f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 2, 3)), "none"]
    rows = pd.DataFrame({"invoice_date": np.repeat(INVOICED[:1], 37), "region": pd.array(texts, dtype="str")})
    assert later_dates(rows, ROLES) == {}


def test_without_invoice_dates_a_category_has_nothing_to_be_compared_with() -> None:
    rows = features(region=pd.array(["2026-09-15"] * 4, dtype="str")).assign(invoice_date=np.datetime64("NaT", "s"))
    expected = LaterDates(feature="region", dates=0, after=0, share=0, latest_days=None)
    assert later_dates(rows, ROLES) == {"region": expected}


def test_a_part_without_rows_has_no_dates() -> None:
    rows = features(contract_start_date_days=np.zeros(4, dtype=np.float32)).iloc[:0]
    expected = LaterDates(feature="contract_start_date_days", dates=0, after=0, share=0, latest_days=None)
    assert later_dates(rows, ROLES) == {"contract_start_date": expected}
