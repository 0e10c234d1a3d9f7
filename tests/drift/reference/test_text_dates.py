"""Dates that a file has as text: they say when, and nothing about the population."""

import pandas as pd
import pytest

from segmentation_model.drift.reference.text_dates import holds_dates
from tests.drift.ways import WAYS, Way

JUNE = pd.Series(pd.date_range("2026-06-01", periods=30))
JULY = pd.Series(pd.date_range("2026-07-01", periods=30))


@pytest.mark.parametrize("judge", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", " %Y-%m-%d %H:%M"])
def test_dates_as_text_are_left_out_and_listed_as_dates_are(judge: Way, written: str) -> None:
    june, july = ([*days.dt.strftime(written), None] * 20 for days in (JUNE, JULY))
    plain = ["a", "b"] * 310
    drift = judge({"when": june, "what": plain}, {"when": july, "what": plain})
    found = {column.column: (column.status, column.reason) for column in drift.columns}
    assert found["when"] == ("not_compared", "left out of the profile: its text holds dates")
    assert found["what"] == ("measured", None)
    assert drift.severity == "none"


@pytest.mark.parametrize("judge", WAYS.values(), ids=WAYS)
def test_two_formats_in_one_column_and_a_typing_error_are_dates_still(judge: Way) -> None:
    june = [*JUNE.dt.strftime("%Y-%m-%d"), *JUNE.dt.strftime("%d/%m/%Y")] * 10
    (when,) = judge({"when": [*june, "31/06/2026", "S/D"]}, {"when": ["b"] * 600}).columns
    assert when.status == "not_compared"


@pytest.mark.parametrize("judge", WAYS.values(), ids=WAYS)
def test_categories_that_are_dates_are_dates(judge: Way) -> None:
    june = pd.Series(pd.Categorical([*JUNE.dt.date] * 20))
    (when,) = judge({"when": june}, {"when": june}).columns
    assert when.status == "not_compared"


@pytest.mark.parametrize(
    "texts",
    [
        ["20260731", "20260730"],
        ["2026-07", "2026-08"],
        ["2026-W31", "2026-W32"],
        ["07/31/2026", "07/30/2026"],
        ["2026-02-30", "30/02/2026"],
        ["1/2", "3/4"],
        ["2026-07-31 or so", "2026-07-30 or so"],
        ["2026-07-31"] * 18 + ["never", "unknown"],
    ],
    ids=["codes", "months", "weeks", "month first", "no such day", "fractions", "sentences", "nine of ten"],
)
def test_what_only_looks_like_dates_is_compared(texts: list[str]) -> None:
    assert not holds_dates({text: texts.count(text) for text in texts})
